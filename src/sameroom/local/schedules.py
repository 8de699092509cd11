"""The schedules of a project on this machine: when they are due, and each run as Scheduler sends it.

A run is an ordinary invocation of the function, as on AWS: beside requests, beside a run of the same schedule
that takes longer than the time between two, and on the old code when the app is loaded anew in its middle.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from datetime import datetime, timezone
from itertools import islice, takewhile
from typing import NamedTuple, Protocol

from ..errors import SameroomError
from ..project.occurrences import upcoming
from ..project.scheduled import called, event, when
from ..project.services import Schedule
from .sandboxes.invocation import Invocation

#: Seconds after its time within which Scheduler, too, may begin a run.
LATE = 60.0
#: Seconds after which the clock is looked at again: a laptop that slept does not say so.
STEP = 15.0
#: Seconds between tries while all of the function's concurrency is in use, as Lambda's own queue waits.
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
#: Missed times that are counted; more are "more than".
COUNTED = 10_000


class Plan(NamedTuple):
    """A schedule, and when it runs next: seconds since the epoch, None for never. ``problem`` is why its
    times cannot be told."""

    name: str
    schedule: Schedule
    next: float | None
    problem: SameroomError | None = None


class Run(NamedTuple):
    """One run. ``due`` is the time it was due at, None where somebody asked for it; ``invocation`` is None
    until it has ended."""

    request_id: str
    name: str
    schedule: Schedule
    began: float
    due: float | None = None
    #: Runs of the same schedule that are under way.
    beside: int = 0
    duration_ms: float = 0.0
    invocation: Invocation | None = None


class Missed(NamedTuple):
    """Times that passed while this machine slept, or was too busy to look. They are not made up for."""

    name: str
    first: float
    last: float
    times: int


class Due(NamedTuple):
    """What a schedule asks for now: a run that was due at ``run``, and what it missed before."""

    run: float | None
    missed: Missed | None


class Function(Protocol):
    """What runs the app: a Pool."""

    async def invoke(self, payload: bytes, *, request_id: str) -> Invocation: ...


class Listener(Protocol):
    """Told of every run, and of times that were missed."""

    def run_began(self, run: Run) -> None: ...

    def run_ended(self, run: Run) -> None: ...

    def missed(self, missed: Missed) -> None: ...


class Clock(NamedTuple):
    """Seconds since the epoch, and how to let some pass."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


_CLOCK = Clock()


def plans(schedules: Mapping[str, Schedule], now: float, start: float) -> tuple[Plan, ...]:
    """Every schedule by name with its next time; ``start`` is when rates begin to count."""
    return tuple(_plan(name, schedule, now, start) for name, schedule in sorted(schedules.items()))


def due(name: str, schedule: Schedule, since: float, now: float, start: float) -> Due:
    """What ``schedule`` asks for at ``now`` when it was last looked at ``since``: a time within the last
    minute is run, once; what is older was missed."""
    moments = list(
        islice(takewhile(lambda moment: moment <= now, _times(name, schedule, since, start)), COUNTED)
    )
    run = moments.pop() if moments and now - moments[-1] <= LATE else None
    missed = Missed(name, moments[0], moments[-1], len(moments)) if moments else None
    return Due(run, missed)


def _plan(name: str, schedule: Schedule, now: float, start: float) -> Plan:
    try:
        times = _times(name, schedule, now, start)
    except SameroomError as error:
        return Plan(name, schedule, None, error)
    return Plan(name, schedule, next(times, None))


def _times(name: str, schedule: Schedule, since: float, start: float) -> Iterator[float]:
    if not schedule.enabled:
        return iter(())
    found = upcoming(when(name, schedule), schedule.timezone, _moment(since), _moment(start))
    return (moment.timestamp() for moment in found)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


class Schedules:
    """The schedules of one function. ``declared`` may be replaced when the settings change."""

    def __init__(
        self, declared: Mapping[str, Schedule], function: Function, told: Listener, clock: Clock = _CLOCK
    ) -> None:
        self.declared = declared
        self._function = function
        self._told = told
        self._clock = clock
        self._start = clock.now()
        #: Runs under way by the schedule's name.
        self._running: Counter[str] = Counter()

    def plans(self) -> tuple[Plan, ...]:
        return plans(self.declared, self._clock.now(), self._start)

    async def follow(self, start: Callable[[Coroutine[None, None, None]], None]) -> None:
        """Run every schedule at its times, for ever; ``start`` takes each run as a task of its own."""
        seen = self._clock.now()
        while True:
            plans = self.plans()
            now = self._clock.now()
            times = [plan.next for plan in plans if plan.next is not None]
            await self._clock.sleep(max(0.0, min(STEP, *(at - now for at in times))) if times else STEP)
            now = self._clock.now()
            for plan in plans:
                if plan.problem is None:
                    self._attend(plan, seen, now, start)
            # A clock that is set right by seconds says them again, and what has been run is not run again.
            seen = max(seen, now) if seen - now < LATE else now

    async def run(self, name: str) -> None:
        """Run the schedule ``name`` once, now, as Scheduler would.

        :raises SettingsError: there is none of that name.
        """
        await self._run(name, called(name, self.declared), None)

    async def _run(self, name: str, schedule: Schedule, at: float | None) -> None:
        request_id = str(uuid.uuid4())
        run = Run(request_id, name, schedule, self._clock.now(), at, self._running[name])
        self._told.run_began(run)
        self._running[name] += 1
        begun = time.perf_counter()
        try:
            sent = json.dumps(event(name, schedule, str(uuid.uuid4()))).encode()
            invocation = await self._delivered(sent, request_id)
        finally:
            self._running[name] -= 1
        duration = (time.perf_counter() - begun) * 1000
        self._told.run_ended(run._replace(duration_ms=duration, invocation=invocation))

    async def _delivered(self, payload: bytes, request_id: str) -> Invocation:
        """Lambda queues what Scheduler sends: while there is no room it waits, and is not lost."""
        pause = _PAUSE
        while True:
            invocation = await self._function.invoke(payload, request_id=request_id)
            if invocation.outcome.kind != "throttled":
                return invocation
            await self._clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _attend(
        self, plan: Plan, since: float, now: float, start: Callable[[Coroutine[None, None, None]], None]
    ) -> None:
        asked = due(plan.name, plan.schedule, since, now, self._start)
        if asked.missed is not None:
            self._told.missed(asked.missed)
        if asked.run is not None:
            start(self._run(plan.name, plan.schedule, asked.run))
