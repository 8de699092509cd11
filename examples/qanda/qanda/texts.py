"""What people write, made fit to keep; and what is too long, too short or no text."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from .errors import Fault

#: Characters that turn the direction of what comes after them, out of their text into the page.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


class Field(NamedTuple):
    """A text that people fill in. ``least`` is 0 where it may be left out; lengths are in characters."""

    name: str
    least: int
    most: int
    lines: bool = True


QUESTION = Field("body", 3, 1000)
ANSWER = Field("body", 1, 3000)
MESSAGE = Field("message", 3, 5000)
NAME = Field("name", 0, 100, lines=False)
EMAIL = Field("email", 0, 254, lines=False)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def cleaned(text: str, lines: bool = True) -> str:
    """Text as it is kept: NFC, ends cut off, no control characters, none that turn the direction, at most
    one empty line in a row; without ``lines``, in one line."""
    text = re.sub(r"\r\n?|[\u2028\u2029\v\f]", "\n", text)
    text = text.encode("utf-8", "replace").decode()  # lone surrogates, which JSON can say and UTF-8 cannot
    kept = "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in _TURNING))
    kept = unicodedata.normalize("NFC", kept)
    if not lines:
        kept = re.sub(r"\s+", " ", kept)
    return _BLANK_LINES.sub("\n\n", kept).strip()


def fault(field: Field, text: str) -> Fault | None:
    """What is wrong with a cleaned text, if anything."""
    # Spaces of no width, joiners and the like are characters, but nobody sees them.
    seen = sum(1 for c in text if unicodedata.category(c) not in ("Cf", "Zs", "Cc") and c != "\u2800")
    if field.least and not seen:
        return Fault(field.name, "Write something here.")
    if field.least > seen:
        return Fault(field.name, f"Write at least {field.least} characters.")
    if len(text) > field.most:
        return Fault(field.name, f"Write at most {field.most:,} characters; these are {len(text):,}.")
    if field is EMAIL and text and not _ADDRESS.fullmatch(text):
        return Fault(field.name, "Write an address such as ada@example.com, or leave it empty.")
    return None
