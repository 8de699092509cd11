"""A function's log, read and followed.

FilterLogEvents costs nothing and sees an event at once; Logs Insights costs $0.005 per GB that it scans, and
is some minutes behind. So nothing here asks Insights.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import NotDeployed, Refused, Throttled, Unreachable
from .log_lines import Entry, LogEvent, Reader

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Seconds between two looks, and the longest pause when AWS says that there are too many.
PAUSE = 2.0
_LONGEST = 30.0
#: Seconds that every look goes back over: events of other sandboxes come late.
_OVERLAP = 60.0
#: Seconds on both sides of a line with a request's id, in which the rest of that request is.
_AROUND = 900.0


class Look(NamedTuple):
    """What of a log is wanted; ``since`` and ``until`` are epoch seconds, ``until`` 0 is now."""

    since: float
    until: float = 0.0
    #: CloudWatch's filter pattern, "" for everything.
    pattern: str = ""
    streams: tuple[str, ...] = ()


def events(cloud: Cloud, group: str, look: Look) -> Iterator[LogEvent]:
    """The events of the log group ``group``, in the order of their time, a page at a time.

    :raises NotDeployed: there is no such log group.
    """
    asked: dict[str, Any] = {"logGroupName": group, "startTime": int(look.since * 1000)}
    if look.until:
        asked["endTime"] = int(look.until * 1000)
    if look.pattern:
        asked["filterPattern"] = look.pattern
    if look.streams:
        asked["logStreamNames"] = list(look.streams)
    try:
        for page in cloud.pages("logs", "filter_log_events", **asked):
            for said in page["events"]:
                yield _event(said)
    except Refused as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise NotDeployed(
            f"There is no log group {group}.",
            why="The stack makes it; somebody deleted it by hand.",
            next="sameroom deploy makes it again; the next request begins a new log there in any case.",
        ) from error


def read(cloud: Cloud, group: str, look: Look) -> Iterator[Entry]:
    """What the log says. Errors as for ``events``."""
    yield from Reader().read(events(cloud, group, look))


def follow(
    cloud: Cloud,
    group: str,
    since: float,
    pause: float = PAUSE,
    waited: Callable[[str], None] = lambda why: None,
) -> Iterator[tuple[Entry, ...]]:
    """What the log says from ``since`` (epoch seconds) on, without an end; () where there is nothing new.

    Every look goes back a minute, and what was seen is left out. ``waited`` is told when AWS is busy or away:
    that ends nothing.
    """
    reader, seen, newest, busy = Reader(), dict[str, int](), since, pause
    while True:
        try:
            found = [e for e in events(cloud, group, Look(max(since, newest - _OVERLAP))) if e.id not in seen]
            busy = pause
        except (Throttled, Unreachable) as error:
            busy = min(busy * 2, _LONGEST)
            waited(f"{error.what} {error.why}".strip())
            time.sleep(busy)
            continue
        seen.update((event.id, event.at) for event in found)
        newest = max((newest, *(event.at / 1000 for event in found)))
        yield tuple(reader.read(found))
        old = (newest - _OVERLAP) * 1000 - 1
        seen = {name: at for name, at in seen.items() if at >= old}
        time.sleep(busy)


def of_request(cloud: Cloud, group: str, request: str, since: float) -> tuple[Entry, ...]:
    """All that the log says of one request: ``request`` is Lambda's id, or another that some line of it has,
    as API Gateway's or X-Ray's. () when no line has it."""
    # Quotes end a term of CloudWatch's pattern, and no id has any.
    lines = list(events(cloud, group, Look(since, pattern=f'"{request.replace(chr(34), "")}"')))
    if not lines:
        return ()
    first, last = min(e.at for e in lines) / 1000, max(e.at for e in lines) / 1000
    streams = tuple(dict.fromkeys(event.stream for event in lines))[:100]
    around = Look(max(since, first - _AROUND), last + _AROUND, streams=streams)
    entries = tuple(Reader().read(events(cloud, group, around)))
    named = {e.request for e in entries if e.request and _names(e, request)}
    return tuple(entry for entry in entries if entry.request in named or request in entry.text())


def _names(entry: Entry, request: str) -> bool:
    trace = entry.report.trace if entry.report else ""
    return request in (entry.request, trace) or request in entry.text()


def _event(said: Mapping[str, Any]) -> LogEvent:
    at, stream, message = int(said["timestamp"]), said.get("logStreamName", ""), said.get("message", "")
    return LogEvent(said.get("eventId") or f"{stream} {at} {hash(message)}", at, stream, message)
