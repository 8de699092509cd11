"""When a schedule runs: as EventBridge Scheduler's guide says, and as cronsim reads the same crontab."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sameroom.errors import TemplateError
from sameroom.project.cron import expression
from sameroom.project.occurrences import upcoming

NOW = datetime(2026, 11, 21, 9, 45, 12, tzinfo=timezone.utc)
ZONES = st.sampled_from(
    ["UTC", "Europe/Amsterdam", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(timezone.utc))


def times(said: str, zone: str = "UTC", count: int = 4, *, since: datetime = NOW) -> list[str]:
    """The next ones, as that zone's clocks show them."""
    found = islice(upcoming(said, zone, since, NOW), count)
    return [moment.astimezone(ZoneInfo(zone)).strftime("%a %d %b %Y %H:%M") for moment in found]


def part(low: int, high: int) -> st.SearchStrategy[str]:
    one = st.integers(low, high)
    return st.one_of(
        st.just("*"),
        one.map(str),
        st.integers(1, high).map(lambda step: f"*/{step}"),
        st.tuples(one, one).map(lambda ends: f"{min(ends)}-{max(ends)}"),
        st.lists(one, min_size=1, max_size=4).map(lambda found: ",".join(map(str, found))),
    )


CRONTABS = st.tuples(part(0, 59), part(0, 23), part(1, 31), part(1, 12), part(0, 7)).map(" ".join)


@settings(max_examples=120, deadline=None)
@given(CRONTABS, MOMENTS)
def test_a_crontabs_times_are_those_that_cronsim_knows(line: str, moment: datetime) -> None:
    try:
        said = expression("sweep", line)
        expected = list(islice(CronSim(line, moment), 5))
    except (TemplateError, CronSimError):
        assume(False)
    assert list(islice(upcoming(said, "UTC", moment, moment), len(expected))) == expected


@settings(max_examples=60, deadline=None)
@given(CRONTABS, MOMENTS, ZONES)
def test_times_come_in_order_once_and_as_the_zones_clocks_show_them(
    line: str, moment: datetime, zone: str
) -> None:
    # The same crontab on a wall clock that nobody ever moves, from a little earlier.
    start = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(hours=1)
    try:
        said = expression("sweep", line)
        wall = set(islice(CronSim(line, start), 200))
    except (TemplateError, CronSimError):
        assume(False)
    found = list(islice(upcoming(said, zone, moment, moment), 60))
    assert found == sorted(set(found))
    assert all(one > moment for one in found)
    shown = [one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in found]
    assert len(set(shown)) == len(shown), "what the clocks show twice is one time"
    assert set(shown[:50]) <= wall


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("cron(0 18 ? * MON-FRI *)", ["Mon 23 Nov 2026 18:00", "Tue 24 Nov 2026 18:00"]),
        ("cron(0 10 ? * 6L 2026-2027)", ["Fri 27 Nov 2026 10:00", "Fri 25 Dec 2026 10:00"]),
        ("cron(0 10 ? * FRIL *)", ["Fri 27 Nov 2026 10:00", "Fri 25 Dec 2026 10:00"]),
        ("cron(0 0 ? * 3#2 *)", ["Tue 08 Dec 2026 00:00", "Tue 12 Jan 2027 00:00"]),
        ("cron(0 0 ? * MON#5 *)", ["Mon 30 Nov 2026 00:00", "Mon 29 Mar 2027 00:00"]),
        ("cron(0 9 L * ? *)", ["Mon 30 Nov 2026 09:00", "Thu 31 Dec 2026 09:00"]),
        ("cron(0 9 LW JAN,FEB ? *)", ["Fri 29 Jan 2027 09:00", "Fri 26 Feb 2027 09:00"]),
        # The 1st of May 2027 is a Saturday, the 15th too; a month is not left.
        ("cron(0 9 1W 5 ? 2027)", ["Mon 03 May 2027 09:00"]),
        ("cron(0 9 15W 5 ? 2027)", ["Fri 14 May 2027 09:00"]),
        ("cron(0 9 31W 1 ? 2027)", ["Fri 29 Jan 2027 09:00"]),
        ("cron(0 9 30W 2 ? *)", []),
        ("cron(0 9 ? * L *)", ["Sat 28 Nov 2026 09:00", "Sat 05 Dec 2026 09:00"]),
        ("cron(0 9 ? * FRI-SUN *)", ["Sun 22 Nov 2026 09:00", "Fri 27 Nov 2026 09:00"]),
        ("cron(0/20 23 31 12 ? *)", ["Thu 31 Dec 2026 23:00", "Thu 31 Dec 2026 23:20"]),
        ("cron(0 0 29 2 ? *)", ["Tue 29 Feb 2028 00:00", "Sun 29 Feb 2032 00:00"]),
        ("cron(0 0 31 2 ? *)", []),
        ("cron(0 0 1 1 ? 2020-2026)", []),
        ("cron(45 9 21 11 ? 2026)", []),
        ("cron(46 9 21 11 ? 2026)", ["Sat 21 Nov 2026 09:46"]),
    ],
)
def test_awss_own_marks_mean_what_its_guide_says(said: str, expected: list[str]) -> None:
    assert times(said, count=2) == expected


def test_a_time_that_the_clocks_skip_is_left_out() -> None:
    # 28 March 2027: 01:59 is followed by 03:00.
    since = datetime(2027, 3, 27, 12, tzinfo=timezone.utc)
    assert times("cron(30 2 * * ? *)", "Europe/Amsterdam", 2, since=since) == [
        "Mon 29 Mar 2027 02:30",
        "Tue 30 Mar 2027 02:30",
    ]
    assert times("cron(0/30 1-3 28 * ? 2027)", "Europe/Amsterdam", 4, since=since) == [
        "Sun 28 Mar 2027 01:00",
        "Sun 28 Mar 2027 01:30",
        "Sun 28 Mar 2027 03:00",
        "Sun 28 Mar 2027 03:30",
    ]


def test_a_time_that_the_clocks_show_twice_comes_once_at_its_first() -> None:
    # 31 October 2027: 02:59 in summer time is followed by 02:00.
    since = datetime(2027, 10, 30, 12, tzinfo=timezone.utc)
    found = list(islice(upcoming("cron(30 2 * * ? *)", "Europe/Amsterdam", since, since), 2))
    assert found == [
        datetime(2027, 10, 31, 0, 30, tzinfo=timezone.utc),
        datetime(2027, 11, 1, 1, 30, tzinfo=timezone.utc),
    ]
    between = datetime(2027, 10, 31, 0, 45, tzinfo=timezone.utc)
    assert next(upcoming("cron(30 2 * * ? *)", "Europe/Amsterdam", between, since)) == found[1]


def test_a_rate_counts_hours_that_pass_whatever_the_clocks_show() -> None:
    start = datetime(2027, 3, 27, 12, tzinfo=timezone.utc)
    found = list(islice(upcoming("rate(1 day)", "Europe/Amsterdam", start, start), 2))
    assert [one - start for one in found] == [timedelta(days=1), timedelta(days=2)]
    assert [one.astimezone(ZoneInfo("Europe/Amsterdam")).hour for one in found] == [14, 14]


@pytest.mark.parametrize(
    ("said", "minutes"), [("rate(5 minutes)", 5), ("rate(1 minute)", 1), ("rate(2 hours)", 120)]
)
def test_a_rate_keeps_its_beat_from_its_start(said: str, minutes: int) -> None:
    beat = timedelta(minutes=minutes)
    assert next(upcoming(said, "UTC", NOW, NOW)) == NOW + beat
    assert next(upcoming(said, "UTC", NOW + beat, NOW)) == NOW + 2 * beat
    assert next(upcoming(said, "UTC", NOW + 7.5 * beat, NOW)) == NOW + 8 * beat


@pytest.mark.parametrize(
    ("said", "culprit"),
    [
        ("cron(60 * * * ? *)", "'60'"),
        ("cron(0 9 ? * 6#6 *)", "'6'"),
        ("cron(0 9 0W * ? *)", "'0'"),
        ("cron(0 9 L-3 * ? *)", "'L'"),
        ("cron(0 9 ? * MONL,FRI *)", "'MONL'"),
        ("cron(0 9 1 * ? 2300)", "'2300'"),
        ("cron(0/0 9 1 * ? *)", "'0/0'"),
        ("cron(0 9 1 * ?)", "six fields"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_part(said: str, culprit: str) -> None:
    with pytest.raises(TemplateError) as refused:
        upcoming(said, "UTC", NOW, NOW)
    assert culprit in refused.value.why
    assert said in refused.value.what
