"""The first request after the alias has moved: whether the app answers through its door.

A status of 500 or more is a failure. Anything below is an answer: a page, a redirect, "sign in first".
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ReleaseFailed, SameroomError
from .asking import Answer, ask
from .clock import Clock
from .tracebacks import from_log, told

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Seconds for which a new URL may not be served yet: its name is not known, nobody listens.
UNTIL_SERVED = 60.0
#: Seconds that CloudWatch may need to show what was logged.
UNTIL_LOGGED = 10.0

Asks = Callable[[str, str], Answer]


class Door(NamedTuple):
    """What is asked, and where its log is. ``path`` "" asks nothing."""

    url: str
    path: str
    #: The log group's name.
    logs: str
    #: The project's folder, for the places in a traceback.
    folder: Path = Path()


def smoke(cloud: Cloud, door: Door, clock: Clock, asks: Asks | None = None) -> Answer:
    """What the app answers to a GET of ``door.path``.

    :raises ReleaseFailed: with a status of 500 or more, and then with the app's traceback where the log
        has one; or not at all.
    """
    since = clock.time()
    answer = _answer(door, clock, asks or _asks(cloud))
    if answer.status < 500:
        return answer
    trace = _logged(cloud, door, clock, since, answer.request)
    said = trace or " ".join(answer.body.split())[:500]
    named = f"\nThe request's id is {answer.request}." if answer.request else ""
    raise ReleaseFailed(
        f"GET {door.path} answers {answer.status}.",
        why=f"{said}{named}".strip(),
        next='Mend it and deploy again. Another path is asked with smoke = "/health" in [tool.sameroom], '
        'and nothing with smoke = "".',
    )


def answer_of(cloud: Cloud, url: str, path: str) -> Answer | None:
    """What the app answers to one GET; None when nothing is to be asked, or nobody answers."""
    said = _tried(Door(url, path, ""), _asks(cloud)) if url and path else None
    return said if isinstance(said, Answer) else None


def _asks(cloud: Cloud) -> Asks:
    endpoint = cloud.endpoint
    return lambda url, path: ask(url, path, endpoint)


def _answer(door: Door, clock: Clock, asks: Asks) -> Answer:
    began, pause = clock.monotonic(), 0.5
    while True:
        said = _tried(door, asks)
        if isinstance(said, Answer):
            return said
        waited = clock.monotonic() - began
        if waited >= UNTIL_SERVED:
            raise ReleaseFailed(
                f"{door.url}{door.path} does not answer.",
                why=f"{type(said).__name__}: {said}. It was asked for {waited:.0f} seconds.",
                next='If it cannot be reached from here (a private door, a VPN), set smoke = "" in '
                "[tool.sameroom].",
            ) from said
        clock.sleep(pause)
        pause = min(pause * 1.5, 5.0)


def _tried(door: Door, asks: Asks) -> Answer | Exception:
    try:
        return asks(door.url, door.path)
    except (OSError, http.client.HTTPException) as error:
        return error


def _logged(cloud: Cloud, door: Door, clock: Clock, since: float, request: str) -> str:
    """The traceback of the failed request; "" where the log has none, or we may not read it."""
    give_up = clock.monotonic() + UNTIL_LOGGED
    while True:
        lines = _events(cloud, door.logs, since, request)
        found = told(from_log("\n".join(lines or ())), door.folder)
        if lines is None or found or clock.monotonic() >= give_up:
            return found
        clock.sleep(1.0)


def _events(cloud: Cloud, group: str, since: float, request: str) -> list[str] | None:
    """The lines of the request where they can be told, and else all since it was sent; None where the log
    cannot be read."""
    start = int(since * 1000) - 1000
    try:
        page = cloud.call("logs", "filter_log_events", logGroupName=group, startTime=start, limit=1000)
    except SameroomError:
        return None
    lines = [event["message"].rstrip("\n") for event in page["events"]]
    own = [line for line in lines if request and request in line and ("Traceback" in line or "{" in line)]
    return own or lines
