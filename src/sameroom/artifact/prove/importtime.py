"""Reads what ``python -X importtime`` writes. Pure.

A line per module, a module after those it imported, two spaces deeper per level (Python/import.c,
``import_find_and_load``, the same from 3.10 to 3.14):

    import time: self [us] | cumulative | imported package
    import time:       102 |        102 |     zipimport
    import time:       590 |       1224 |   site

3.14 can add lines whose times are ``cached``; they took no time. What the program itself writes to standard
error lies between, or before a line on the same one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(r"import time: +(\d+) \| +(\d+) \| ((?:  )*)(\S.*)$")
_NO_TIME = re.compile(r"import time: (?:self \[us\] \| cumulative|cached +\| cached) +\| ")


class Timed(NamedTuple):
    """One module, and how long it took to import. A module that failed and was tried again is there twice."""

    module: str
    #: Milliseconds of its own, and with all that it was the first to import.
    self_ms: float
    cumulative_ms: float
    #: The module that imported it first; "" for those that the program itself imported.
    parent: str


class Trace(NamedTuple):
    """What was imported, in the order in which it was finished, and what else was written."""

    imports: tuple[Timed, ...]
    #: Lines of the program.
    said: tuple[str, ...]


def read(text: str) -> Trace:
    """``text`` taken apart. A line that is no line of importtime is the program's."""
    found: list[Timed] = []
    said: list[str] = []
    waiting: list[tuple[int, int]] = []  # depth and number of those whose importer is not finished
    for line in text.splitlines():
        at = line.find("import time: ")
        match = _LINE.match(line, at) if at >= 0 else None
        if match is None and not (at >= 0 and _NO_TIME.match(line, at)):
            said.append(line)
            continue
        if at:
            said.append(line[:at])
        if match is None:
            continue
        depth = len(match[3]) // 2
        timed = Timed(match[4], int(match[1]) / 1000, int(match[2]) / 1000, "")
        while waiting and waiting[-1][0] > depth:
            _, child = waiting.pop()
            found[child] = found[child]._replace(parent=timed.module)
        waiting.append((depth, len(found)))
        found.append(timed)
    return Trace(tuple(found), tuple(said))
