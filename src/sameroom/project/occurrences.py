"""An expression of EventBridge Scheduler's -> the times at which it runs. Pure.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html: a time that the clocks skip in
spring is no time; one that they show twice in autumn is the first of the two, once; and a rate counts hours
that have passed, whatever the clocks show.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..errors import TemplateError
from .cron import DAYS, MONTHS

_MONTHS = {name: number for number, name in enumerate(MONTHS, 1)}
#: AWS counts weekdays from Sunday = 1.
_WEEKDAYS = {name: number for number, name in enumerate(DAYS, 1)}
_SPAN = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>[0-9]+))?", re.ASCII)
_RATE = re.compile(r"rate\((?P<count>[0-9]+) (?P<unit>minute|hour|day)s?\)")
#: Years that are looked through before there is no next time: the rarest, a leap day on a given weekday that
#: a century's end puts off, comes within 40.
_PATIENCE = 40


class MonthDay(NamedTuple):
    """``L``, ``LW``, ``15W``: a day of the month, 0 for its last; or the working day nearest to it."""

    day: int
    working: bool


class Nth(NamedTuple):
    """``6L``, ``3#2``: a weekday's last (0) or nth time in the month."""

    weekday: int
    nth: int


class Times(NamedTuple):
    """A cron expression, read. Of ``days`` and ``weekdays`` (from SUN = 1) one is None, for ``?``."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | MonthDay | None
    months: frozenset[int]
    weekdays: frozenset[int] | Nth | None
    years: frozenset[int]


def upcoming(expression: str, zone: str, moment: datetime, start: datetime) -> Iterator[datetime]:
    """The times of ``expression`` in the time zone ``zone`` that come after ``moment``, in order, in UTC.
    ``start`` is when a rate begins to count: its first time is one interval later.

    :raises TemplateError: the expression cannot be read.
    """
    rate = _RATE.fullmatch(expression)
    if rate:
        return _every(timedelta(**{f"{rate['unit']}s": int(rate["count"])}), moment, start)
    return _on_the_clock(read(expression), ZoneInfo(zone), moment)


def read(expression: str) -> Times:
    """
    :raises TemplateError: it is no cron expression as Scheduler has them; the message names the field.
    """
    fields = expression.removeprefix("cron(").removesuffix(")").upper().split()
    if len(fields) != 6:
        raise _unreadable(expression, "it has six fields.")
    minutes, hours, days, months, weekdays, years = fields
    try:
        return Times(
            _numbers(minutes, 0, 59),
            _numbers(hours, 0, 23),
            _month_days(days),
            _numbers(months, 1, 12, _MONTHS),
            _week_days(weekdays),
            _numbers(years, 1970, 2199),
        )
    except ValueError as error:
        raise _unreadable(expression, f"it cannot have {error} there.") from None


def _unreadable(expression: str, why: str) -> TemplateError:
    return TemplateError(
        f"When {expression} runs cannot be told.",
        why=f"As EventBridge Scheduler reads it, {why}",
        next="Write it as a crontab's five fields, or as that page has it: "
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
    )


def _every(interval: timedelta, moment: datetime, start: datetime) -> Iterator[datetime]:
    count = max(1, (moment - start) // interval + 1)
    while True:
        yield (start + count * interval).astimezone(timezone.utc)
        count += 1


def _on_the_clock(times: Times, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    here = moment.astimezone(zone)
    for day in _days(times, here.date()):
        for hour in sorted(times.hours):
            for minute in sorted(times.minutes):
                shown = datetime(day.year, day.month, day.day, hour, minute)
                found = shown.replace(tzinfo=zone).astimezone(timezone.utc)
                skipped = found.astimezone(zone).replace(tzinfo=None) != shown
                if not skipped and found > moment:
                    yield found


def _days(times: Times, first: date) -> Iterator[date]:
    for year in range(first.year, first.year + _PATIENCE + 1):
        if year not in times.years:
            continue
        for month in sorted(times.months):
            for day in _days_of_month(times, year, month):
                if date(year, month, day) >= first:
                    yield date(year, month, day)


def _days_of_month(times: Times, year: int, month: int) -> list[int]:
    """Those days of the month at which ``times`` are, in order."""
    before, last = monthrange(year, month)  # the weekday of its first, from Monday = 0
    if isinstance(times.days, MonthDay):
        day = times.days.day or last
        if day > last:
            return []
        return [_working_day((before + day - 1) % 7, day, last)] if times.days.working else [day]
    if times.days is not None:
        return sorted(day for day in times.days if day <= last)
    wanted = times.weekdays
    if isinstance(wanted, Nth):
        every = [day for day in range(1, last + 1) if _weekday(before, day) == wanted.weekday]
        return every[wanted.nth - 1 :][:1]
    return [day for day in range(1, last + 1) if wanted is None or _weekday(before, day) in wanted]


def _weekday(before: int, day: int) -> int:
    """From SUN = 1, of a month whose first is ``before`` from Monday = 0."""
    return (before + day) % 7 + 1


def _working_day(weekday: int, day: int, last: int) -> int:
    """From Monday to Friday, nearest to ``day``, and in the same month. ``weekday`` is from Monday = 0."""
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < last else day - 2
    return day


def _month_days(text: str) -> frozenset[int] | MonthDay | None:
    if text == "?":
        return None
    if text in ("L", "LW"):
        return MonthDay(0, text == "LW")
    if text.endswith("W"):
        return MonthDay(_number(text[:-1], 1, 31, {}), working=True)
    return _numbers(text, 1, 31)


def _week_days(text: str) -> frozenset[int] | Nth | None:
    if text == "?":
        return None
    if text == "L":
        return frozenset({7})
    if text.endswith("L"):
        return Nth(_number(text[:-1], 1, 7, _WEEKDAYS), 0)
    day, hash_sign, nth = text.partition("#")
    if hash_sign:
        return Nth(_number(day, 1, 7, _WEEKDAYS), _number(nth, 1, 5, {}))
    return _numbers(text, 1, 7, _WEEKDAYS)


def _numbers(text: str, low: int, high: int, names: Mapping[str, int] = {}) -> frozenset[int]:
    """What ``0/15``, ``1-5`` or ``MON,WED`` stand for. A span may go over the end: ``22-2``, ``FRI-MON``.

    :raises ValueError: with the part that stands for nothing.
    """
    return frozenset(chain.from_iterable(_span(part, low, high, names) for part in text.split(",")))


def _span(text: str, low: int, high: int, names: Mapping[str, int]) -> Iterator[int]:
    found = _SPAN.fullmatch(text)
    step = int(found["step"] or 1) if found else 0
    if found is None or step < 1:
        raise ValueError(repr(text))
    if found["first"] == "*":
        first, last = low, high
    else:
        first = _number(found["first"], low, high, names)
        last = first if not found["step"] else high
    if found["last"]:
        last = _number(found["last"], low, high, names)
    around = last + high - low + 1 if last < first else last
    return ((number - low) % (high - low + 1) + low for number in range(first, around + 1, step))


def _number(text: str, low: int, high: int, names: Mapping[str, int]) -> int:
    number = names[text] if text in names else int(text) if text.isascii() and text.isdecimal() else -1
    if not low <= number <= high:
        raise ValueError(repr(text))
    return number
