"""Events of a function's log -> what a person reads. Pure but for what ``Reader`` remembers.

Text and JSON records are understood, of our runtime and of AWS's client, which keeps a traceback one event
by carriage returns and indents with no-break spaces.
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from . import reports
from .reports import Report

_RECORD = re.compile(r"^\[(?P<level>[A-Z]+)\](?:\t[^\t\n]*\t(?P<id>[^\t\n]*)\t| )(?P<message>.*)$", re.DOTALL)
_START = re.compile(r"^START RequestId: (\S+)")
_END = re.compile(r"^END RequestId: (\S+)")
_HEAD = "Traceback (most recent call last):"
_BRIDGES = ("During handling of the above exception", "The above exception was the direct cause")
#: Of Lambda's own lines, those that say nothing to an app's author.
_NOISE = ("INIT_START ", "RESTORE_START ", "EXTENSION\t", "TELEMETRY\t", "LOGS\t")
_QUIET_TYPES = ("platform.start", "platform.runtimeDone", "platform.initStart", "platform.initRuntimeDone")
#: Keys of a JSON record that are shown elsewhere, or that are nobody's message.
_KNOWN = {
    *("timestamp", "level", "message", "logger", "requestId", "tenantId", "log_level"),
    *("stackTrace", "errorType", "errorMessage", "location"),
}


class LogEvent(NamedTuple):
    """One event as CloudWatch keeps it; ``at`` in milliseconds since the epoch."""

    id: str
    at: int
    stream: str
    message: str


class Entry(NamedTuple):
    """One thing the log says. ``level`` is "" for what was printed, ``request`` Lambda's request id, "" where
    none is known. ``traceback`` is as Python prints it; with ``report`` there is no message."""

    at: int
    level: str
    request: str
    message: str
    traceback: str = ""
    report: Report | None = None
    stream: str = ""

    def text(self) -> str:
        """All that it says, for searching."""
        return "\n".join(part for part in (self.message, self.traceback) if part)


class Reader:
    """Remembers which request each stream is at: a stream is one sandbox, which serves one at a time. What an
    app prints says no request, and belongs to the one between whose START and END it stands."""

    def __init__(self) -> None:
        self._serving: dict[str, str] = {}

    def read(self, events: Iterable[LogEvent]) -> Iterator[Entry]:
        """Entries of ``events``, which come in the order of their time. A traceback that was printed over
        several events is one entry."""
        open_at: dict[str, Entry] = {}
        waiting: list[Entry] = []
        for event in events:
            message = event.message.rstrip("\r\n")
            before = open_at.get(event.stream)
            if before is not None and _continues(before, message):
                grown = before._replace(traceback=f"{before.traceback}\n{message}")
                waiting[_last(waiting, before)] = open_at[event.stream] = grown
                continue
            open_at.pop(event.stream, None)
            entry = self._entry(event, message)
            if entry is None:
                continue
            if entry.traceback:
                open_at[event.stream] = entry
            waiting.append(entry)
        yield from (entry._replace(traceback=entry.traceback.rstrip("\n")) for entry in waiting)

    def _entry(self, event: LogEvent, message: str) -> Entry | None:
        if start := _START.match(message):
            self._serving[event.stream] = start[1]
            return None
        if _END.match(message) or message.startswith(_NOISE):
            return None
        if report := reports.parse(message):
            self._serving.pop(event.stream, None)
            return Entry(event.at, "", report.request, "", "", report, event.stream)
        request = self._serving.get(event.stream, "")
        if message.startswith("{"):
            said = _object(message)
            if said.get("type") in _QUIET_TYPES and isinstance(said.get("record"), dict):
                if said["type"] == "platform.start":
                    self._serving[event.stream] = str(said["record"].get("requestId", ""))
                return None
            if "message" in said or "errorMessage" in said:
                return _of_json(said, event, request)
        return _of_text(message, event, request)


def of_error(payload: dict[str, Any]) -> Entry:
    """What Lambda answers when a function fails: ``{"errorType", "errorMessage", "stackTrace"}``.

    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """
    return _of_json({"level": "ERROR", **payload}, LogEvent("", 0, "", ""), str(payload.get("requestId", "")))


def _of_text(message: str, event: LogEvent, request: str) -> Entry:
    found = _RECORD.match(message)
    level = found["level"] if found else ""
    if found:
        request, message = found["id"] or request, found["message"]
    message = message.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    before, head, frames = message.partition(_HEAD)
    if not head:
        return Entry(event.at, level, request, message.rstrip("\n"), stream=event.stream)
    before, traceback = before.rstrip("\n"), f"{head}{frames}".rstrip("\n")
    if level and _is_open(traceback) and frames.strip():
        # AWS's client says the error first and then its frames; Python, the other way round.
        traceback, before = f"{traceback}\n{before}", ""
    return Entry(event.at, level, request, before, traceback, None, event.stream)


def _of_json(said: dict[str, Any], event: LogEvent, request: str) -> Entry:
    level = str(said.get("level", said.get("log_level", "")))
    error = ": ".join(str(said[key]) for key in ("errorType", "errorMessage") if said.get(key))
    stack = said.get("stackTrace")
    frames = (
        "\n".join(str(part).replace("\xa0", " ").rstrip("\n") for part in stack)
        if isinstance(stack, list)
        else ""
    )
    traceback = frames if _HEAD in frames else f"{_HEAD}\n{frames}\n{error}" if frames else ""
    message = said.get("message")
    text = (
        message
        if isinstance(message, str)
        else ""
        if message is None
        else json.dumps(message, ensure_ascii=False)
    )
    more = {key: value for key, value in said.items() if key not in _KNOWN}
    if more and said.get("logger") != "sameroom.access":
        text += "".join(f"  {key}={_short(value)}" for key, value in more.items())
    request = str(said.get("requestId") or request)
    return Entry(
        event.at, level, request, text or ("" if traceback else error), traceback, None, event.stream
    )


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _object(message: str) -> dict[str, Any]:
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_open(traceback: str) -> bool:
    """Whether its last line is not yet the one that names the error."""
    last = traceback.rstrip("\n").rpartition("\n")[2]
    return last == _HEAD or last.startswith((" ", "\t", *_BRIDGES))


def _continues(before: Entry, message: str) -> bool:
    if message.startswith(("START ", "END ", "REPORT ", "{", "[")):
        return False
    return _is_open(before.traceback) or message.startswith(_BRIDGES) or not message.strip()


def _last(waiting: list[Entry], entry: Entry) -> int:
    return next(at for at in reversed(range(len(waiting))) if waiting[at] is entry)
