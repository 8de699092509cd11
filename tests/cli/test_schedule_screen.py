"""Schedules in words."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from sameroom.cli.dev_screen import title_room
from sameroom.cli.paint import Paint
from sameroom.cli.schedule_screen import failure, hints, missed_text, notes, rows, spoken
from sameroom.local.http import Outcome
from sameroom.local.sandboxes.invocation import Invocation
from sameroom.local.schedules import Missed, Run, plans
from sameroom.project.services import Schedule

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=timezone.utc)
PLAIN = Paint(colour=False, unicode=True)
FAILED = (
    b'{"errorType": "ScheduledCommandFailed", "errorMessage": "the schedule x: '
    b"'boom' ended with the status 1: KeyError: 'price'\"}"
)
RATE = Schedule(command="sweep", rate="1 hour")


def row(schedule: Schedule, now: datetime = NOW) -> str:
    """What is said of its time."""
    planned = plans({"prices": schedule}, now.timestamp(), now.timestamp())
    head, time = rows(planned, PLAIN, now)
    assert head == f"prices  flask {schedule.command}"
    return time.strip()


@pytest.mark.parametrize(
    ("cron", "zone", "said"),
    [
        ("0 18 * * *", "UTC", "next 18:00"),
        ("0 9 * * *", "UTC", "next Sun 09:00"),
        ("0 18 * * *", "Europe/Amsterdam", "next 18:00 Europe/Amsterdam, 17:00 here"),
        ("0 6 * * MON", "Pacific/Auckland", "next Mon 06:00 Pacific/Auckland, 17:00 on Sun here"),
        ("0 6 1 1 *", "UTC", "next Fri 1 Jan 2027 06:00"),
        ("0 6 24 12 *", "UTC", "next Thu 24 Dec 06:00"),
        ("0 18 * * *", "Africa/Abidjan", "next 18:00"),
        ("0 0 31 2 *", "UTC", "never again: cron = '0 0 31 2 *'"),
    ],
)
def test_the_next_time_is_said_in_its_zone_and_here(cron: str, zone: str, said: str) -> None:
    assert row(Schedule(command="prices update", cron=cron, timezone=zone)) == said


def test_here_is_where_this_machine_is() -> None:
    here = NOW.astimezone(ZoneInfo("America/New_York"))
    assert row(Schedule(command="x", cron="0 18 * * *"), here) == "next 18:00 UTC, 13:00 here"


def test_a_rate_says_how_often_and_when_first() -> None:
    assert row(RATE) == "every hour, next 10:45"
    assert row(Schedule(command="x", rate="90 minutes")) == "every 90 minutes, next 11:15"
    off = RATE.model_copy(update={"enabled": False})
    assert row(off) == "every hour, switched off (enabled = false)"


def test_a_time_that_cannot_be_told_says_why() -> None:
    assert "cannot have 'L' there" in row(Schedule(command="x", cron="0 9 L-3 * ? *"))


def test_the_hints_name_a_schedule_and_the_flag() -> None:
    planned = plans({"sweep": RATE}, 0, 0)
    assert hints(planned, False) == [
        "Type a schedule's name (sweep) and Enter to run it now.",
        "By themselves they run with --schedules only.",
    ]
    assert len(hints(planned, True)) == 1
    assert hints((), False) == []


def test_a_run_that_was_late_or_not_alone_says_so() -> None:
    began = NOW.timestamp()
    assert notes(Run("id", "sweep", RATE, began, began - 1)) == ""
    assert notes(Run("id", "sweep", RATE, began, None, 1)) == " · beside 1 more that goes on"
    assert notes(Run("id", "sweep", RATE, began, began - 30, 2), timezone.utc) == (
        " · due at 09:44:30 · beside 2 more that go on"
    )


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (
            FAILED,
            "status 1: KeyError: 'price'",
        ),
        (
            b'{"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out"}',
            "Sandbox.Timedout: Task timed out",
        ),
        (b"nonsense", "nonsense"),
        (b"[]", "[]"),
    ],
)
def test_a_failure_says_what_the_command_ended_with(payload: bytes, said: str) -> None:
    assert failure(Invocation(Outcome("error", payload), "id")) == said


def test_of_the_log_what_the_command_printed_is_shown() -> None:
    at = "2026-11-21T09:53:57.791Z\tid"
    trace = 'Traceback (most recent call last):\r  File "/x/commands.py", line 1, in answer\r    raise'
    lines = [
        f"[INFO]\t{at}\trunning: flask boom [boom] [x]",
        f"[INFO]\t{at}\tbefore",
        f"[WARNING]\t{at}\tlogged",
        '{"level": "INFO", "message": "as JSON", "timestamp": "x", "requestId": "id"}',
        f"[ERROR]\t{at}\tScheduledCommandFailed: no\r{trace}\rScheduledCommandFailed: no",
    ]
    assert list(spoken(lines)) == ["before", f"[WARNING]\t{at}\tlogged", "as JSON"]


def test_what_was_missed_is_one_line() -> None:
    first = NOW.timestamp()
    assert missed_text(Missed("sweep", first, first + 3600, 2), 9, timezone.utc) == (
        "schedule sweep: 2 times from Sat 09:45 to Sat 10:45 have passed while this machine slept. "
        "What was missed is not run now."
    )
    assert "Sat 09:45 has passed" in missed_text(Missed("sweep", first, first, 1), 9, timezone.utc)
    assert "more than 8 times" in missed_text(Missed("sweep", first, first + 3600, 9), 9, timezone.utc)


@pytest.mark.parametrize(("columns", "room"), [(200, 48), (92, 48), (80, 36), (40, 24)])
def test_a_narrow_terminal_leaves_less_room_for_a_title(columns: int, room: int) -> None:
    assert title_room(columns) == room
