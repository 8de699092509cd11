"""Schedules on this machine, by a clock that the test sets: due, late, missed, overlapping, throttled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timezone

import pytest

from sameroom.errors import SettingsError
from sameroom.local.http import Outcome
from sameroom.local.sandboxes.invocation import Invocation
from sameroom.local.schedules import Clock, Due, Missed, Run, Schedules, due, plans
from sameroom.project.services import Schedule

START = datetime(2026, 11, 21, 9, 45, 12, tzinfo=timezone.utc).timestamp()
FIVE = Schedule(command="prices update", rate="5 minutes")
EVENING = Schedule(command="report", cron="0 18 * * *", timezone="Europe/Amsterdam")


class HandClock:
    """Time passes when somebody sleeps, and jumps as the test has told it to."""

    def __init__(self, until: float) -> None:
        self.seconds = START
        self.until = until
        #: When the time on the left comes, it is at once that on the right.
        self.jumps: list[tuple[float, float]] = []

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        for _ in range(3):
            await asyncio.sleep(0)  # all that was due is under way before time passes
        self.seconds += seconds
        if self.jumps and self.seconds >= self.jumps[0][0]:
            self.seconds = self.jumps.pop(0)[1]
        if self.seconds > self.until:
            raise asyncio.CancelledError

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.sleep)


class FakeFunction:
    """Answers every event at once, save where the test has something else to say."""

    def __init__(self, *answers: Callable[[], Awaitable[Outcome]]) -> None:
        self.events: list[dict[str, object]] = []
        self.answers = list(answers)

    async def invoke(self, payload: bytes, *, request_id: str) -> Invocation:
        self.events.append(json.loads(payload)["sameroom"])
        outcome = await self.answers.pop(0)() if self.answers else Outcome("result", b"{}")
        return Invocation(outcome, request_id)


class Told:
    def __init__(self) -> None:
        self.began: list[Run] = []
        self.ended: list[Run] = []
        self.passed: list[Missed] = []

    def run_began(self, run: Run) -> None:
        self.began.append(run)

    def run_ended(self, run: Run) -> None:
        self.ended.append(run)

    def missed(self, missed: Missed) -> None:
        self.passed.append(missed)


def followed(
    declared: dict[str, Schedule], clock: HandClock, function: FakeFunction | None = None
) -> tuple[FakeFunction, Told]:
    """All that happens until the clock's end."""
    function, told = function or FakeFunction(), Told()

    async def play() -> None:
        tasks: list[asyncio.Task[None]] = []

        def start(work: Coroutine[None, None, None]) -> None:
            tasks.append(asyncio.get_running_loop().create_task(work))

        with pytest.raises(asyncio.CancelledError):
            await Schedules(declared, function, told, clock.clock).follow(start)
        await asyncio.gather(*tasks)

    asyncio.run(play())
    return function, told


def test_a_schedule_runs_at_its_times_with_the_event_that_scheduler_sends() -> None:
    function, told = followed({"prices": FIVE}, HandClock(START + 16 * 60))
    assert [run.due for run in told.began] == [START + 300, START + 600, START + 900]
    assert [run.began - START for run in told.began] == [300, 600, 900]
    assert len(told.ended) == 3
    ids = {event.pop("id") for event in function.events}
    assert len(ids) == 3
    assert function.events == [{"command": ["prices", "update"], "schedule": "prices"}] * 3
    assert not told.passed


def test_each_schedule_keeps_its_own_time_zone() -> None:
    evening = datetime(2026, 11, 21, 17, 0, tzinfo=timezone.utc).timestamp()
    _, told = followed({"prices": FIVE, "report": EVENING}, HandClock(evening + 1))
    assert [run.due for run in told.began if run.name == "report"] == [evening]


def test_one_that_is_switched_off_has_no_next_time_and_never_runs() -> None:
    off = FIVE.model_copy(update={"enabled": False})
    (plan,) = plans({"prices": off}, START, START)
    assert (plan.next, plan.problem) == (None, None)
    assert followed({"prices": off}, HandClock(START + 3600))[0].events == []


def test_times_that_cannot_be_told_are_said_and_keep_nothing_else_from_running() -> None:
    strange = Schedule(command="x", cron="0 9 L-3 * ? *")
    first, second = plans({"a": strange, "b": FIVE}, START, START)
    assert first.problem is not None
    assert "L-3" in first.problem.what
    assert second.next == START + 300
    function, _ = followed({"a": strange, "b": FIVE}, HandClock(START + 301))
    assert [event["schedule"] for event in function.events] == ["b"]


def test_after_a_sleep_what_was_missed_is_said_once_and_not_run() -> None:
    clock = HandClock(START + 3 * 3600 + 320)
    clock.jumps = [(START + 310, START + 3 * 3600 + 90)]
    function, told = followed({"prices": FIVE}, clock)
    # At 300 as ever; 600 to 10800 passed in its sleep; the next is on time.
    assert [run.due for run in told.began] == [START + 300, START + 3 * 3600 + 300]
    assert told.passed == [Missed("prices", START + 600, START + 3 * 3600, 35)]
    assert len(function.events) == 2


def test_a_time_within_the_last_minute_is_still_run_as_scheduler_does() -> None:
    assert due("prices", FIVE, START, START + 359, START) == Due(START + 300, None)
    assert due("prices", FIVE, START, START + 361, START) == Due(
        None, Missed("prices", START + 300, START + 300, 1)
    )
    late = due("prices", FIVE, START, START + 930, START)
    assert late == Due(START + 900, Missed("prices", START + 300, START + 600, 2))
    assert due("prices", FIVE, START, START + 299, START) == Due(None, None)


def test_a_clock_set_right_by_seconds_repeats_nothing() -> None:
    clock = HandClock(START + 420)
    clock.jumps = [(START + 301, START + 285)]
    _, told = followed({"prices": FIVE}, clock)
    assert [run.due for run in told.began] == [START + 300]


def test_a_clock_set_back_by_hours_goes_on_from_there() -> None:
    clock = HandClock(START + 610)
    clock.jumps = [(START + 301, START - 7200)]
    minutely = Schedule(command="x", cron="45 * * * *")
    _, told = followed({"x": minutely}, clock)
    assert [run.began < START for run in told.began] == [True, True]


def test_a_run_that_takes_longer_than_its_interval_runs_beside_the_next() -> None:
    async def long() -> Outcome:
        for _ in range(200):
            await asyncio.sleep(0)
        return Outcome("result", b"{}")

    _, told = followed({"prices": FIVE}, HandClock(START + 601), FakeFunction(long))
    assert [run.beside for run in told.began] == [0, 1]
    assert {run.due for run in told.ended} == {START + 300, START + 600}


def test_a_run_that_fails_keeps_none_from_coming() -> None:
    async def fail() -> Outcome:
        return Outcome("error", b'{"errorType": "ScheduledCommandFailed", "errorMessage": "no"}')

    _, told = followed({"prices": FIVE}, HandClock(START + 601), FakeFunction(fail))
    kinds = [run.invocation.outcome.kind for run in told.ended if run.invocation]
    assert kinds == ["error", "result"]


def test_while_all_concurrency_is_in_use_a_run_waits_and_is_not_lost() -> None:
    async def throttle() -> Outcome:
        return Outcome("throttled", b"{}")

    function, told = FakeFunction(throttle, throttle, throttle), Told()
    clock = HandClock(START + 3600)
    asyncio.run(Schedules({"prices": FIVE}, function, told, clock.clock).run("prices"))
    assert len(function.events) == 4
    assert len({event["id"] for event in function.events}) == 1, "it is one run"
    assert clock.seconds == START + 1 + 2 + 4
    assert [run.invocation.outcome.kind for run in told.ended if run.invocation] == ["result"]


def test_one_that_is_asked_for_runs_though_it_is_switched_off() -> None:
    off = FIVE.model_copy(update={"enabled": False})
    function, told = FakeFunction(), Told()
    asyncio.run(Schedules({"prices": off}, function, told, HandClock(START).clock).run("prices"))
    assert len(function.events) == 1
    assert told.ended[0].due is None


def test_a_name_that_is_none_is_told_with_those_there_are() -> None:
    schedules = Schedules({"prices": FIVE, "report": EVENING}, FakeFunction(), Told())
    with pytest.raises(SettingsError) as refused:
        asyncio.run(schedules.run("price"))
    assert refused.value.why == "The settings declare prices, report."
    assert refused.value.next == "Did you mean prices?"
    with pytest.raises(SettingsError, match="none is declared"):
        asyncio.run(Schedules({}, FakeFunction(), Told()).run("price"))
