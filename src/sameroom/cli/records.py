"""Lines of a function's log -> what they say: level, message, traceback. Pure.

Three forms are understood: Lambda's JSON records, Lambda's text records, which keep a traceback on one line
by carriage returns, and whatever an app prints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

_TEXT_RECORD = re.compile(
    r"^\[(?P<level>[A-Z]+)\](?:\t(?P<time>[^\t]*)\t(?P<id>[^\t]*)\t| )(?P<message>.*)$", re.DOTALL
)
_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s*(?:\| )*File "(?P<file>[^"]*)", line (?P<line>\d+)(?:, in (?P<function>.*))?$')
_BRIDGES = {
    "During handling of the above exception, another exception occurred:": "while handling:",
    "The above exception was the direct cause of the following exception:": "caused by:",
}
_MARKS = re.compile(r"^\s*[\^~ ]+$")


class Frame(NamedTuple):
    """One call on the stack, and its line of source as far as it is known."""

    file: str
    line: int
    function: str
    source: str


class Trace(NamedTuple):
    """One exception: its frames, outermost first, its last lines, and what the one before was to it."""

    frames: tuple[Frame, ...]
    error: str
    bridge: str = ""


class Record(NamedTuple):
    """One thing that the log says. ``level`` is "" for what was printed; ``traces`` end with the exception
    that was seen."""

    level: str
    message: str
    traces: tuple[Trace, ...] = ()


def records(lines: Sequence[str]) -> Iterator[Record]:
    """What ``lines`` say, in order; a traceback that was printed over several lines is one record."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.rstrip() == _TRACEBACK:
            end = _end_of_traceback(lines, at)
            yield Record("", "", tuple(traces(lines[at:end])))
            at = end
        else:
            yield _record(line)
            at += 1


def traces(lines: Sequence[str]) -> list[Trace]:
    """The exceptions of a printed traceback, causes first."""
    found: list[Trace] = []
    frames: list[Frame] = []
    error: list[str] = []
    bridge = ""
    for line in lines:
        frame = _FRAME.match(line)
        if line.strip() in _BRIDGES:
            found.append(Trace(tuple(frames), "\n".join(error).rstrip(), bridge))
            frames, error, bridge = [], [], _BRIDGES[line.strip()]
        elif line.strip() == _TRACEBACK:
            error = []
        elif frame and not error:
            frames.append(Frame(frame["file"], int(frame["line"]), frame["function"] or "", ""))
        elif frames and not error and line.startswith((" ", "\t")):
            if not frames[-1].source and not _MARKS.match(line):
                frames[-1] = frames[-1]._replace(source=line.strip())
        elif line.strip() or error:
            error.append(line)
    found.append(Trace(tuple(frames), "\n".join(error).rstrip(), bridge))
    return found


def _record(line: str) -> Record:
    if line.startswith("{"):
        record = _json_record(line)
        if record is not None:
            return record
    found = _TEXT_RECORD.match(line)
    level, text = (found["level"], found["message"]) if found else ("", line)
    if "\r" not in text:
        return Record(level, text)
    # AWS's client indents with no-break spaces, which CloudWatch keeps.
    message, *rest = text.replace("\xa0", " ").split("\r")
    for at, part in enumerate(rest):
        if part.strip() == _TRACEBACK:
            head = "\n".join([message, *rest[:at]])
            told = traces(rest[at + 1 :])
            if told[-1].frames and not told[-1].error:
                # AWS's client says the error first and then its frames.
                told[-1], head = told[-1]._replace(error=head), ""
            return Record(level, head, tuple(told))
    return Record(level, "\n".join([message, *rest]))


def _json_record(line: str) -> Record | None:
    try:
        said: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or not ("message" in said or "errorMessage" in said):
        return None
    told = said.get("stackTrace")
    stack = [str(part) for part in told] if isinstance(told, list) else []
    lines = [part for entry in stack for part in entry.replace("\xa0", " ").splitlines()]
    level = str(said.get("level", ""))
    error = ": ".join(str(said[key]) for key in ("errorType", "errorMessage") if said.get(key))
    if not lines:
        return Record(level, str(said.get("message") or error))
    found = traces(lines)
    if not found[-1].error:
        found[-1] = found[-1]._replace(error=error)
    return Record(level, str(said.get("message", "")), tuple(found))


def _end_of_traceback(lines: Sequence[str], start: int) -> int:
    """The index after the traceback that begins at ``start``: its error line, and what it was a cause of."""
    at = start + 1
    while at < len(lines) and (lines[at].startswith((" ", "\t")) or not lines[at].strip()):
        at += 1
    at += 1
    if lines[at + 1 : at + 2] and lines[at + 1].strip() in _BRIDGES:
        following = at + 3
        if lines[following : following + 1] and lines[following].strip() == _TRACEBACK:
            return _end_of_traceback(lines, following)
    return min(at, len(lines))
