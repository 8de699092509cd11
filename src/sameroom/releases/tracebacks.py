"""Python tracebacks out of what Lambda answers and logs, with the project's own files named. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Where the zip's files lie on Lambda.
TASK_ROOT = "/var/task/"

_HEAD = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line \d+')
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
#: Frames that lead to the app, and that nobody can mend.
_OURS = re.compile(r"/sameroom/runtime/|^/var/runtime/|/awslambdaric/|^<frozen |/importlib/__init__\.py$")


def from_answer(payload: Any) -> str:
    """The traceback of Lambda's error object: ``errorType``, ``errorMessage``, ``stackTrace``; "" for none.

    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """
    if not isinstance(payload, dict) or not payload.get("errorType"):
        return ""
    said = payload.get("errorMessage")
    last = f"{payload['errorType']}: {said}" if said else str(payload["errorType"])
    trace = payload.get("stackTrace")
    frames = "".join(str(frame).rstrip("\n") + "\n" for frame in trace) if isinstance(trace, list) else ""
    # An error with a cause comes with all that the interpreter would print, its heading and end too.
    if _HEAD in frames:
        return frames.rstrip("\n")
    return f"{_HEAD}\n{frames}{last}" if frames else last


def from_log(text: str) -> str:
    """The last traceback in a log, of text or of JSON objects; "" for none. Those that it was raised from
    belong to it."""
    found = ""
    lines = _lines(text)
    blocks = list(_blocks(lines))
    for place, (start, end) in enumerate(blocks):
        between = lines[blocks[place - 1][1] : start] if place else []
        chained = any(line.startswith(_CHAINED) for line in between)
        block = "\n".join([_HEAD, *lines[start + 1 : end]])
        found = "\n".join([found, *between, block]) if chained else block
    return found


def at_home(traceback: str, folder: Path) -> str:
    """``traceback`` without frames that only lead to the app; files of the project are named as they are
    here: ``/var/task/app.py`` is ``./app.py`` where ``folder`` has an app.py."""
    kept: list[str] = []
    skipping = False
    for line in traceback.splitlines():
        frame = _FRAME.match(line)
        if frame:
            skipping = bool(_OURS.search(frame["file"]))
            line = line.replace(frame["file"], _local(frame["file"], folder), 1)
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            kept.append(line)
    return "\n".join(kept)


def told(traceback: str, folder: Path) -> str:
    """For a person: what was raised comes first, then where, the outermost call first."""
    lines = at_home(traceback, folder).splitlines()
    if len(lines) < 2:
        return "\n".join(lines)
    return "\n".join([lines[-1], *lines[:-1]])


def _local(file: str, folder: Path) -> str:
    inside = file.removeprefix(TASK_ROOT)
    ours = inside != file and ".." not in inside.split("/") and (folder / inside).is_file()
    return f"./{inside}" if ours else file


def _lines(text: str) -> list[str]:
    """A record's seams are carriage returns in text, and a list in JSON."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        said = _object(line)
        lines += from_answer(said).split("\n") if "stackTrace" in said else [line]
    return lines


def _object(line: str) -> dict[str, Any]:
    if not line.startswith("{"):
        return {}
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _blocks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Where each traceback starts, and the line after its end."""
    start = -1
    for number, line in enumerate(lines):
        if _HEAD in line:
            start = number
        elif start >= 0 and line and not line[0].isspace():
            yield start, number + 1
            start = -1
