"""Folder -> Prepared: every object of a release, with its name, its type and how long caches keep it."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import SiteError
from ..project.services import Site
from ..project.site_routing import matches
from .content_types import content_type
from .hashed_names import hashed
from .references import hashed_key, page_with_hashes, style_with_hashes
from .values import Entry, File, Prepared
from .walking import Found, walk

#: Hex digits of SHA-256 in the names that we make.
_DIGITS = 8
_CHUNK = 1 << 20
#: The page of status 404 where the folder has none.
NOT_FOUND = (
    b'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Not found</title>\n'
    b"<h1>Not found</h1>\n<p>There is no such page here.</p>\n</html>\n"
)


def prepare(project: Path, site: Site) -> Prepared:
    """All that the site of the project in the folder ``project`` publishes. Nothing is written.

    :raises SiteError: the folder is missing or empty, has no index.html, or holds what cannot be published.
    """
    root = _root(project, site.folder)
    folder = walk(root)
    found = {file.key: file for file in folder.files}
    if not found:
        raise SiteError(
            f"{root} is empty.",
            why="There is nothing to publish.",
            next="Build the front end first; `build` in [tool.sameroom.site] can name the command.",
        )
    if "index.html" not in found:
        raise SiteError(
            f"{root} has no index.html.",
            why="That is what visitors of / get.",
            next="Is it the folder that the build writes to? `folder` in [tool.sameroom.site] names it.",
        )
    _refuse_hidden_by_api(root, found, site.api)
    made = {file.key: file for file in _Release(root, found).files()}
    if site.not_found and not site.spa and site.not_found not in made:
        made[site.not_found] = _page_of_ours(root, site.not_found)
    files = tuple(made[key] for key in sorted(made))
    return Prepared(files, _digest(files), folder.left_out)


def _root(project: Path, folder: str) -> Path:
    root = project / folder
    if not root.exists():
        raise SiteError(
            f"The site's folder {root} is missing.",
            next="Build the front end first (`build` in [tool.sameroom.site] can name the command), or mend "
            "`folder`.",
        )
    if not root.is_dir():
        raise SiteError(f"The site's folder {root} is a file.", next="Name its folder.")
    if project.resolve().is_relative_to(root.resolve()):
        raise SiteError(
            f"The site's folder {root} holds the whole project.",
            why="Everybody could read the app's source.",
            next='Put the files into a folder of their own: folder = "public".',
        )
    return root


def _refuse_hidden_by_api(root: Path, keys: Iterable[str], patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for key in keys:
            if matches(pattern, "/" + key):
                raise SiteError(
                    f"Nobody could reach {root / key}.",
                    why=f"Its path belongs to the app: api = {pattern!r}.",
                    next="Move the file, or narrow `api` in [tool.sameroom.site].",
                )


def _page_of_ours(root: Path, key: str) -> File:
    if key != "404.html":
        raise SiteError(
            f"{root} has no {key}.",
            why="not_found in [tool.sameroom.site] names it.",
            next='Make that page, or say not_found = "" for none.',
        )
    return File(key, entry_of(key, NOT_FOUND, immutable=False), NOT_FOUND)


def entry_of(key: str, content: bytes | Path, *, immutable: bool) -> Entry:
    """Hashes, size and type of a file's content."""
    # MD5 is what S3's ETags are; nothing is trusted because of it.
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = True
    for chunk in _chunks(content):
        sha256.update(chunk)
        md5.update(chunk)
        size += len(chunk)
        utf8 = utf8 and _decodes(decoder, chunk)
    utf8 = utf8 and _decodes(decoder, b"", final=True)
    kind = content_type(key, utf8=utf8)
    return Entry(sha256.hexdigest(), md5.hexdigest(), size, kind, immutable)


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    try:
        with content.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise SiteError(f"{content} cannot be read.", why=f"{error.strerror}.") from error


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _digest(files: Iterable[File]) -> str:
    lines = [[file.key, *file.entry] for file in files]
    return hashlib.sha256(json.dumps(lines, ensure_ascii=True).encode()).hexdigest()


class _Release:
    """Objects made of a folder's files; keeps the hashed copies, each made when it is first referred to."""

    def __init__(self, root: Path, found: Mapping[str, Found]) -> None:
        self._found = found
        self._immutable = hashed(found, output_of_vite(root))
        #: Key -> the copy's hash; "" while it is being made: whoever refers back keeps the plain name.
        self._hashes: dict[str, str] = {}
        self._copies: dict[str, File] = {}

    def files(self) -> Iterator[File]:
        """Pages with their references rewritten, everything else as it is, and the hashed copies."""
        for key, found in self._found.items():
            immutable = key in self._immutable
            content: bytes | Path = found.path
            if _is_page(key) and not immutable:
                content = page_with_hashes(b"".join(_chunks(found.path)), key, self.hash_of)
            yield File(key, entry_of(key, content, immutable=immutable), content)
        for key, copy in self._copies.items():
            there = self._found.get(key)
            if there is not None and entry_of(key, there.path, immutable=True) != copy.entry:
                raise SiteError(
                    f"{there.path} is in the way.",
                    why="A copy with the hash of its content in the name would be called the same.",
                    next="Remove that file, if an earlier build left it there, or rename it.",
                )
            yield copy

    def hash_of(self, key: str) -> str:
        """The hash in the name of the file's copy; "" for what is not ours, or keeps its name."""
        if key in self._hashes:
            return self._hashes[key]
        if key not in self._found or key in self._immutable or _is_page(key):
            return ""
        self._hashes[key] = ""
        content: bytes | Path = self._found[key].path
        if key.lower().endswith(".css"):
            content = style_with_hashes(b"".join(_chunks(content)), key, self.hash_of)
        entry = entry_of(key, content, immutable=True)
        digits = entry.sha256[:_DIGITS]
        self._copies[hashed_key(key, digits)] = File(hashed_key(key, digits), entry, content)
        self._hashes[key] = digits
        return digits


def _is_page(key: str) -> bool:
    return key.lower().endswith((".html", ".htm", ".xhtml"))


def output_of_vite(root: Path) -> set[str]:
    """Files that Vite says it has named: https://vite.dev/guide/backend-integration"""
    try:
        chunks: Any = json.loads((root / ".vite" / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return set()
    every = chunks.values() if isinstance(chunks, dict) else ()
    named: list[Any] = []
    for chunk in every:
        if isinstance(chunk, dict):
            for part in (chunk.get("file"), chunk.get("css"), chunk.get("assets")):
                named += part if isinstance(part, list) else [part]
    return {name for name in named if isinstance(name, str)}
