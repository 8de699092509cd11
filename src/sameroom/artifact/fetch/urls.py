"""URLs: what they name, how they are shown, and why what they name could not be had."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

#: Bytes that are read at once.
CHUNK = 1 << 18
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")


class Refused(Exception):
    """Why a file could not be had this way."""


class Interrupted(Refused):
    """The connection broke while the file came; it may come whole the next time."""


def local(url: str) -> Path | None:
    """The path that ``url`` is or names; None for what lies elsewhere."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return None if "://" in url else Path(url)


def shown(text: str) -> str:
    """``text`` without the credentials of the URLs in it."""
    return _CREDENTIALS.sub("", text)
