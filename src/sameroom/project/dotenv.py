"""``.env`` and ``.flaskenv``, which Flask reads before it looks for the app.

Flask itself needs python-dotenv for it (https://flask.palletsprojects.com/en/stable/cli/#dotenv). The
syntax kept here is the part that all readers agree on: ``NAME=value``, ``export``, comments, quotes.
"""

from __future__ import annotations

import re
from pathlib import Path

#: The first wins, as in Flask.
FILES = (".env", ".flaskenv")

_LINE = re.compile(
    r"""^[ \t]* (?:export[ \t]+)? (?P<name>[A-Za-z_][A-Za-z0-9_.]*) [ \t]*=[ \t]*
        (?: '(?P<literal>[^']*)' | "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<bare>[^\n]*?) )
        [ \t\r]* (?:(?<=\s)\#.*)? $""",
    re.VERBOSE | re.MULTILINE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def parse(text: str) -> dict[str, str]:
    """The variables that ``text`` sets; lines of any other form are passed over, as Flask passes them."""
    values = {}
    for line in _LINE.finditer(text):
        if line["literal"] is not None:
            value = line["literal"]
        elif line["quoted"] is not None:
            value = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), line["quoted"])
        else:
            value = line["bare"]
        values[line["name"]] = value
    return values


def read(folder: Path) -> dict[str, str]:
    """The variables of both files in ``folder``; files that are not there set none."""
    values: dict[str, str] = {}
    for name in reversed(FILES):
        path = folder / name
        if path.is_file():
            values.update(parse(path.read_text(encoding="utf-8", errors="replace")))
    return values
