"""Colours and marks for a terminal, or none for anything else. Pure strings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple, TextIO

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "error": "1;31",
    "title": "1;36",
}
#: A log level -> its style.
LEVELS = {
    "TRACE": "dim",
    "DEBUG": "dim",
    "INFO": "blue",
    "WARN": "yellow",
    "WARNING": "yellow",
    "ERROR": "red",
    "CRITICAL": "error",
    "FATAL": "error",
}
_ASCII = str.maketrans("│…⋮✓✗→·▲↻±", "|.:+x>-!~*")


class Paint(NamedTuple):
    """How text may look on one stream."""

    colour: bool
    unicode: bool

    def __call__(self, style: str, text: str) -> str:
        """``text`` in a style of ours, for instance "red"."""
        text = text if self.unicode else text.translate(_ASCII)
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and text else text

    def plain(self, text: str) -> str:
        return text if self.unicode else text.translate(_ASCII)


def paint_for(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Paint:
    """What ``stream`` can show. NO_COLOR and FORCE_COLOR decide where they are set (https://no-color.org)."""
    if environ.get("NO_COLOR"):
        colour = False
    elif environ.get("FORCE_COLOR"):
        colour = True
    else:
        colour = stream.isatty() and environ.get("TERM", "") != "dumb"
    try:
        "│✗".encode(stream.encoding or "ascii")
    except (UnicodeError, LookupError):
        return Paint(colour, False)
    return Paint(colour, True)


def harmless(text: str) -> str:
    """``text`` from outside, without the control characters that could play with the terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
