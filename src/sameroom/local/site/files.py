"""A request for a file -> what S3 and CloudFront would answer.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from ...project.services import Site
from ...project.site_routing import frame_option
from ...site.content_types import content_type, is_text
from ...site.hashed_names import hashed
from ...site.preparing import NOT_FOUND, output_of_vite
from ...site.values import IMMUTABLE, PLAIN
from ...site.walking import is_left_out
from ..http import HttpAnswer

Headers = tuple[tuple[str, str], ...]
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


class Found(NamedTuple):
    """A file that may be served, or the bytes of a page of ours."""

    key: str
    content: Path | bytes
    size: int
    #: Epoch seconds.
    modified: float


class Part(NamedTuple):
    """An answer whose body is ``length`` bytes of ``content`` from ``start`` on; of 0 it is the head's."""

    head: HttpAnswer
    content: Path | bytes = b""
    start: int = 0
    length: int = 0


def find(root: Path, site: Site, key: str) -> Found | None:
    """The object that a release would have at ``key``; None for what is missing or never published."""
    parts = key.split("/")
    if not key.isprintable() or is_left_out(key) or {"", ".", ".."} & set(parts) or os.sep in parts:
        return None
    path = root / key
    try:
        real = path.resolve(strict=True)
        if real.is_file() and real.is_relative_to(root.resolve()):
            stat = real.stat()
            return Found(key, path, stat.st_size, stat.st_mtime)
    except (OSError, RuntimeError, ValueError):
        pass
    if key == "404.html" == site.not_found and not site.spa and root.is_dir():
        return Found(key, NOT_FOUND, len(NOT_FOUND), 0.0)
    return None


def answer(root: Path, found: Found, site: Site, asked: Mapping[str, str]) -> Part:
    """The file as visitors get it: whole, a range of it, or 304.

    :param asked: the request's headers, their names in small letters.
    :raises OSError: the file has gone, or may not be read.
    """
    tag = f'"{int(found.modified * 1_000_000):x}-{found.size:x}"'
    changed = formatdate(found.modified, usegmt=True)
    headers: Headers = (
        ("Content-Type", _type(found)),
        ("Cache-Control", IMMUTABLE if _is_hashed(root, found.key) else PLAIN),
        ("ETag", tag),
        ("Last-Modified", changed),
        ("Accept-Ranges", "bytes"),
        *security(site),
    )
    if _is_known(asked, tag, found.modified):
        return Part(HttpAnswer(304, headers, b""))
    span = _span(asked.get("range", ""), found.size)
    if span is None or asked.get("if-range", tag) not in (tag, changed):
        return Part(HttpAnswer(200, headers, b""), found.content, 0, found.size)
    if not span:
        refused = (*security(site), ("Content-Range", f"bytes */{found.size}"))
        return Part(HttpAnswer(416, refused, b""))
    part = ("Content-Range", f"bytes {span[0]}-{span[-1]}/{found.size}")
    return Part(HttpAnswer(206, (*headers, part), b""), found.content, span[0], len(span))


def security(site: Site) -> Headers:
    """As the template has them, but for Strict-Transport-Security, which means nothing without TLS."""
    policy = site.content_security_policy
    frame = frame_option(policy)
    return (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        *([("Content-Security-Policy", policy)] if policy else []),
        *([("X-Frame-Options", frame)] if frame else []),
    )


def whole(found: Found) -> bytes:
    """The content.

    :raises OSError: the file has gone, or may not be read.
    """
    return found.content if isinstance(found.content, bytes) else found.content.read_bytes()


def _type(found: Found) -> str:
    utf8 = False
    if is_text(content_type(found.key, utf8=False)):
        try:
            whole(found).decode()
            utf8 = True
        except UnicodeDecodeError:
            pass
    return content_type(found.key, utf8=utf8)


def _is_hashed(root: Path, key: str) -> bool:
    """Whether a release would say that the file never changes: its neighbours' names count, too."""
    folder, _, _ = key.rpartition("/")
    try:
        names = os.listdir(root / folder)
    except OSError:
        names = []
    keys = [f"{folder}/{name}" if folder else name for name in names]
    return key in hashed([found for found in keys if not is_left_out(found)], output_of_vite(root))


def _is_known(asked: Mapping[str, str], tag: str, modified: float) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides where it is there, else If-Modified-Since."""
    if "if-none-match" in asked:
        tags = [one.strip().removeprefix("W/") for one in asked["if-none-match"].split(",")]
        return tag in tags or "*" in tags
    try:
        since = parsedate_to_datetime(asked["if-modified-since"])
        return int(modified) <= since.timestamp()
    except (KeyError, TypeError, ValueError, IndexError):
        return False


def _span(said: str, size: int) -> range | None:
    """The bytes of a Range header; None for all of them, as S3 takes several ranges and nonsense."""
    match = _RANGE.match(said.strip().lower())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return range(max(0, size - int(match[2])), size)
    end = min(int(match[2]), size - 1) if match[2] else size - 1
    if match[2] and int(match[2]) < int(match[1]):
        return None
    return range(int(match[1]), end + 1)
