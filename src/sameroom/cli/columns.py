"""Painted text in a terminal's columns."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterator

_COLOURS = re.compile(r"\x1b\[[\d;]*m")
_WORDS = re.compile(r" *[^ ]+")


def columns() -> int:
    """The terminal's width, or what COLUMNS says; 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def width_of(text: str) -> int:
    """Columns that ``text`` takes: its colours none, a wide character two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in _COLOURS.sub("", text)
    )


def padded(text: str, width: int) -> str:
    """``text`` with spaces up to ``width`` columns."""
    return text + " " * (width - width_of(text))


def wrapped(text: str, width: int, indent: int = 0) -> Iterator[str]:
    """``text`` in lines of at most ``width`` columns, broken at spaces, all but the first ``indent`` columns
    further in. A longer word stays whole, for what is broken cannot be copied."""
    line, used = "", 0
    for word in _WORDS.findall(text):
        if line and used + width_of(word) > width:
            yield line
            word = " " * indent + word.lstrip(" ")
            line, used = "", 0
        line, used = line + word, used + width_of(word)
    if line:
        yield line


def cut(text: str, width: int) -> str:
    """``text``, which has no colours, without its middle where it is wider than ``width`` columns."""
    if width_of(text) <= width:
        return text
    head = tail = ""
    while width_of(head + tail) < width - 2:
        head, tail = text[: len(head) + 1], text[len(text) - len(tail) - 1 :]
    return f"{head}…{tail}"
