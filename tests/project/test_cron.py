"""A crontab's line fires at the same minutes as the expression that AWS gets for it.

Both sides are read here anew: a crontab as crontab(5) has it, AWS's as its guide says.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sameroom.errors import TemplateError
from sameroom.project.cron import expression

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
CRONTAB_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def matches(field: str, value: int, lowest: int, highest: int, names: dict[str, int]) -> bool:
    """Whether ``value`` is among those of a field; the two languages differ in ``names`` and limits only."""

    def number(text: str) -> int:
        return names[text] if text in names else int(text)

    for part in field.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = lowest, highest
        elif "-" in span:
            first, last = map(number, span.split("-"))
        else:
            first = number(span)
            last = highest if step else first
        if first <= value <= last and (value - first) % int(step or 1) == 0:
            return True
    return False


def month_and_time(fields: list[str], at: datetime, month: str) -> bool:
    names = {name: number for number, name in enumerate(MONTHS, 1)}
    return (
        matches(fields[0], at.minute, 0, 59, {})
        and matches(fields[1], at.hour, 0, 23, {})
        and matches(month, at.month, 1, 12, names)
    )


def crontab_fires(line: str, at: datetime) -> bool:
    """crontab(5): Sunday is 0 and 7; of two fields that do not begin with * either is enough."""
    fields = line.split()
    day, weekday = fields[2], fields[4]
    names = {name: number for number, name in enumerate(CRONTAB_DAYS)}
    by_day = matches(day, at.day, 1, 31, {})
    by_weekday = any(
        matches(weekday, number, 0, 7, names) for number in {at.isoweekday(), at.isoweekday() % 7}
    )
    both = day.startswith("*") or weekday.startswith("*")
    days = by_day and by_weekday if both else by_day or by_weekday
    return month_and_time(fields, at, fields[3]) and days


def aws_fires(said: str, at: datetime) -> bool:
    """EventBridge Scheduler: Sunday is 1; of day and weekday one is a question mark."""
    assert said.startswith("cron(")
    assert said.endswith(")")
    fields = said[5:-1].split()
    assert len(fields) == 6
    day, month, weekday, year = fields[2:]
    assert (day == "?") != (weekday == "?")
    assert year == "*"
    names = {name: number for number, name in enumerate(CRONTAB_DAYS, 1)}
    days = (day == "?" or matches(day, at.day, 1, 31, {})) and (
        weekday == "?" or matches(weekday, at.isoweekday() % 7 + 1, 1, 7, names)
    )
    return month_and_time(fields, at, month) and days


def numbers(lowest: int, highest: int, names: list[str] | None = None) -> st.SearchStrategy[str]:
    one = st.integers(lowest, highest).map(str)
    if names:
        one = st.one_of(one, st.sampled_from(names))
    span = st.tuples(st.integers(lowest, highest), st.integers(lowest, highest)).map(
        lambda ends: f"{min(ends)}-{max(ends)}"
    )
    step = st.integers(1, highest + 2)
    part = st.one_of(
        one,
        span,
        st.tuples(span, step).map(lambda pair: f"{pair[0]}/{pair[1]}"),
        step.map(lambda number: f"*/{number}"),
    )
    return st.one_of(st.just("*"), part, st.lists(part, min_size=1, max_size=3).map(",".join))


CRONTABS = st.tuples(
    numbers(0, 59), numbers(0, 23), numbers(1, 31), numbers(1, 12, MONTHS), numbers(0, 7, CRONTAB_DAYS)
).map(" ".join)
TIMES = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31))


@settings(max_examples=100, deadline=None)
@given(CRONTABS, st.lists(TIMES, min_size=20, max_size=20))
def test_aws_runs_a_crontabs_line_at_the_crontabs_minutes(line: str, times: list[datetime]) -> None:
    try:
        said = expression("sweep", line)
    except TemplateError as error:
        assume("one of them" not in str(error))
        raise
    assert len(said) <= 256
    for at in times:
        assert crontab_fires(line, at) == aws_fires(said, at), (said, at)


@settings(max_examples=100, deadline=None)
@given(numbers(0, 59), numbers(0, 23), numbers(1, 12, MONTHS))
def test_every_minute_hour_and_month_by_itself_is_the_same(minute: str, hour: str, month: str) -> None:
    at = datetime(2027, 1, 1)
    for line, times in (
        (f"{minute} * * * *", [at.replace(minute=number) for number in range(60)]),
        (f"* {hour} * * *", [at.replace(hour=number) for number in range(24)]),
        (f"* * * {month} *", [at.replace(month=number) for number in range(1, 13)]),
    ):
        said = expression("sweep", line)
        assert [one for one in times if crontab_fires(line, one)] == [
            one for one in times if aws_fires(said, one)
        ]


@settings(max_examples=60, deadline=None)
@given(numbers(1, 31), numbers(0, 7, CRONTAB_DAYS))
def test_every_day_of_five_years_is_the_same(day: str, weekday: str) -> None:
    line = f"0 12 {day} * {weekday}"
    try:
        said = expression("sweep", line)
    except TemplateError:
        return
    noon = datetime(2024, 1, 1, 12)
    for days in range(5 * 365):
        at = noon + timedelta(days)
        assert crontab_fires(line, at) == aws_fires(said, at), (said, at)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("* * * * *", "cron(* * * * ? *)"),
        ("0 18 * * 1-5", "cron(0 18 ? * MON-FRI *)"),
        ("0 18 * * MON-FRI", "cron(0 18 ? * MON-FRI *)"),
        ("*/15 * * * *", "cron(0,15,30,45 * * * ? *)"),
        ("0 9 1 * *", "cron(0 9 1 * ? *)"),
        ("30 4 * * 0", "cron(30 4 ? * SUN *)"),
        ("30 4 * * 7", "cron(30 4 ? * SUN *)"),
        ("0 0 * * SAT-SUN", "cron(0 0 ? * SUN,SAT *)"),
        ("0 0 * JAN,jul *", "cron(0 0 * 1,7 ? *)"),
        ("0 0 1 * 0-6", "cron(0 0 * * ? *)"),
        ("0 0 */10 * 0-6", "cron(0 0 1,11,21,31 * ? *)"),
        ("0 18 ? * MON-FRI *", "cron(0 18 ? * MON-FRI *)"),
        ("0  9 L * ? 2027-2030", "cron(0 9 L * ? 2027-2030)"),
        ("0 9 ? * 6#3 *", "cron(0 9 ? * 6#3 *)"),
    ],
)
def test_lines_that_people_write_become_these(line: str, said: str) -> None:
    assert expression("sweep", line) == said


@pytest.mark.parametrize(
    ("line", "culprit"),
    [
        ("60 * * * *", "'60' is no minute"),
        ("* 24 * * *", "'24' is no hour"),
        ("* * 0 * *", "'0' is no day of the month"),
        ("* * * 13 *", "'13' is no month"),
        ("* * * * 8", "'8' is no weekday"),
        ("* * * * FUN", "'FUN' is no weekday"),
        ("*/0 * * * *", "'*/0' is no minute"),
        ("*/ * * * *", "'*/' is no minute"),
        ("5- * * * *", "'5-' is no minute"),
        ("5-1 * * * *", "'5-1' is no minute"),
        ("1,,2 * * * *", "'1,,2' is no minute"),
        ("+5 * * * *", "'+5' is no minute"),
        ("٣ * * * *", "'٣' is no minute"),
        ("@daily * * * *", "'@daily' is no minute"),
        ("0 9 1 * MON", "names days of the month and weekdays"),
        ("0 9 * * MON *", "exactly one is ?"),
        ("0 9 ? * ? *", "exactly one is ?"),
        ("0 9 ? * MÅN *", "exactly one is ?"),
    ],
)
def test_what_is_no_crontab_is_told_by_field_and_schedule(line: str, culprit: str) -> None:
    with pytest.raises(TemplateError) as refused:
        expression("sweep", line)
    assert culprit in str(refused.value)
    assert "schedule sweep" in refused.value.what
    assert refused.value.next
