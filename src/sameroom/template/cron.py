"""A crontab's five fields -> EventBridge Scheduler's expression. Pure.

AWS has a sixth field for the year, counts weekdays from SUN = 1 where a crontab counts from 0, and takes
a day of the month or a weekday, never both: the other is ``?``.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..errors import TemplateError

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class _Field(NamedTuple):
    name: str
    first: int
    last: int
    names: Mapping[str, int] = {}


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    # 7 is Sunday, too.
    _Field("weekday", 0, 7, {name: number for number, name in enumerate(_DAYS)}),
)


def expression(cron: str) -> str:
    """``0 18 * * 1-5`` is ``cron(0 18 ? * MON-FRI *)``. Six fields are AWS's own, and stay as they are.

    :raises TemplateError: a field is none, or both a day of the month and a weekday are asked for.
    """
    fields = cron.split()
    if len(fields) == 6:
        return f"cron({' '.join(fields)})"
    minute, hour, day, month, weekday = (
        _numbers(text, field, cron) for text, field in zip(fields, _FIELDS, strict=True)
    )
    weekdays = {number % 7 for number in weekday}
    if len(day) < 31 and len(weekdays) < 7:
        raise TemplateError(
            f"AWS has no schedule for {cron!r}.",
            why="A crontab runs it on the day of the month and on the weekday, too; AWS takes one of them.",
            next="Declare two schedules, one for each.",
        )
    days, of_week = (_spelled(day, _FIELDS[2]), "?") if len(weekdays) == 7 else ("?", _named(weekdays))
    parts = (_spelled(minute, _FIELDS[0]), _spelled(hour, _FIELDS[1]), days, _spelled(month, _FIELDS[3]))
    return f"cron({' '.join(parts)} {of_week} *)"


def _numbers(text: str, field: _Field, cron: str) -> set[int]:
    """What a field stands for: ``*/15``, ``1-5``, ``MON,WED``."""
    found: set[int] = set()
    try:
        for part in text.split(","):
            span, _, step = part.partition("/")
            first, _, last = span.partition("-")
            if span == "*":
                low, high = field.first, field.last
            else:
                low = _number(first, field)
                # 5/15 is from 5 to the end, in steps.
                high = _number(last, field) if last else field.last if step else low
            if low > high or (step and int(step) < 1):
                raise ValueError(part)
            found.update(range(low, high + 1, int(step or 1)))
    except ValueError as error:
        raise TemplateError(
            f"{text!r} is no {field.name} of a crontab, in {cron!r}.",
            why=f"It has numbers from {field.first} to {field.last}"
            + (f", names such as {next(iter(field.names))}," if field.names else "")
            + " and between them , - and /.",
            next="Write for instance */15, 1-5 or 0,30.",
        ) from error
    return found


def _number(text: str, field: _Field) -> int:
    number = field.names[text.upper()] if text.upper() in field.names else int(text)
    if not (field.first <= number <= field.last and text.isascii()):
        raise ValueError(text)
    return number


def _spelled(numbers: set[int], field: _Field) -> str:
    if len(numbers) == field.last - field.first + 1:
        return "*"
    return ",".join(_spans(numbers, {}))


def _named(weekdays: set[int]) -> str:
    return ",".join(_spans(weekdays, dict(enumerate(_DAYS))))


def _spans(numbers: set[int], names: Mapping[int, str]) -> list[str]:
    """``{1, 2, 3, 5}`` is ``1-3`` and ``5``."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    said = [[names.get(number, str(number)) for number in (span[0], span[-1])] for span in spans]
    return [first if first == last else f"{first}-{last}" for first, last in said]
