"""Content types by a table of ours: Python's ``mimetypes`` reads the host's files, and hosts differ."""

from __future__ import annotations

import mimetypes

#: What web pages are made of, as the IANA and the WHATWG have it.
_TYPES = {
    "avif": "image/avif",
    "css": "text/css",
    "csv": "text/csv",
    "gif": "image/gif",
    "gz": "application/gzip",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/x-icon",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "jxl": "image/jxl",
    "m4a": "audio/mp4",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "rss": "application/rss+xml",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xhtml": "application/xhtml+xml",
    "xml": "application/xml",
    "zip": "application/zip",
}
#: Python's own table, without the host's.
_BUILT_IN = mimetypes.MimeTypes(filenames=())
#: Types that say their charset themselves, or have none, are not in here: JSON is UTF-8 always.
_WITH_CHARSET = {"image/svg+xml", "application/xml", "application/xhtml+xml", "application/rss+xml"}


def content_type(name: str, *, utf8: bool) -> str:
    """Content-Type of the file ``name``.

    :param utf8: the content is UTF-8; the type of a text says so then. One that is not is left to what it
        says itself (``<meta charset>``, ``@charset``), which a header would overrule.
    """
    _, dot, extension = name.lower().rpartition(".")
    kind = _TYPES.get(extension, "") if dot else ""
    if not kind:
        guessed, encoding = _BUILT_IN.guess_type(f"x.{extension}") if dot else (None, None)
        kind = guessed if guessed and not encoding else "application/octet-stream"
    return f"{kind}; charset=utf-8" if utf8 and is_text(kind) else kind


def is_text(kind: str) -> bool:
    """Whether a charset belongs to the content type ``kind``."""
    return kind.startswith("text/") or kind in _WITH_CHARSET
