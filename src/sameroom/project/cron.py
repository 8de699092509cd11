"""A crontab's five fields -> EventBridge Scheduler's expression. Pure.

AWS has a sixth field for the year, counts weekdays from SUN = 1 where a crontab counts from 0, and takes
a day of the month or a weekday, never both: the other is ``?``.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..errors import TemplateError

#: An AWS expression's fields: names, numbers, and L, W and # for days.
_AWS = r"[A-Za-z0-9,*/#?-]+"
_PART = re.compile(
    r"(?:(?P<every>\*)|(?P<first>[0-9]+|[A-Za-z]+)(?:-(?P<last>[0-9]+|[A-Za-z]+))?)(?:/(?P<step>[0-9]+))?"
)
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class _Field(NamedTuple):
    name: str
    first: int
    last: int
    names: Mapping[str, int] = {}


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, {name: number for number, name in enumerate(MONTHS, 1)}),
    # 7 is Sunday, too.
    _Field("weekday", 0, 7, {name: number for number, name in enumerate(DAYS)}),
)


def expression(name: str, cron: str) -> str:
    """``0 18 * * 1-5`` is ``cron(0 18 ? * MON-FRI *)``. Six fields are AWS's own, and stay as they are.
    ``name`` is the schedule's, for errors.

    :raises TemplateError: a field is none, or both a day of the month and a weekday are asked for.
    """
    fields = cron.split()
    if len(fields) == 6:
        return _of_aws(name, fields)
    minute, hour, day, month, weekday = (
        _numbers(name, text, field, cron) for text, field in zip(fields, _FIELDS, strict=True)
    )
    weekdays = {number % 7 for number in weekday}
    if len(day) < 31 and len(weekdays) < 7:
        raise TemplateError(
            f"AWS cannot run the schedule {name} at {cron!r}.",
            why="It names days of the month and weekdays; AWS takes one of them.",
            next="Declare two schedules, one for each.",
        )
    # crontab(5): of two fields that do not begin with *, either is enough.
    if fields[2][0] != "*" != fields[4][0]:
        days, of_week = "*", "?"
    elif len(weekdays) == 7:
        days, of_week = _spelled(day, _FIELDS[2]), "?"
    else:
        days, of_week = "?", _named(weekdays)
    parts = (_spelled(minute, _FIELDS[0]), _spelled(hour, _FIELDS[1]), days, _spelled(month, _FIELDS[3]))
    return f"cron({' '.join(parts)} {of_week} *)"


def _of_aws(name: str, fields: Sequence[str]) -> str:
    text = " ".join(fields)
    if (fields[2] == "?") == (fields[4] == "?") or not all(re.fullmatch(_AWS, field) for field in fields):
        raise TemplateError(
            f"AWS cannot run the schedule {name} at {text!r}.",
            why="Of day of the month and weekday, the third and the fifth of six fields, exactly one is ?.",
            next='Write for instance "0 18 ? * MON-FRI *" or "0 9 1 * ? *", or a crontab\'s five fields.',
        )
    return f"cron({text})"


def _numbers(name: str, text: str, field: _Field, cron: str) -> set[int]:
    """What a field stands for: ``*/15``, ``1-5``, ``MON,WED``."""
    found: set[int] = set()
    try:
        for part in text.split(","):
            found.update(_part(part, field))
    except ValueError as error:
        raise TemplateError(
            f"{text!r} is no {field.name} of a crontab, in {cron!r} of the schedule {name}.",
            why=f"It has numbers from {field.first} to {field.last}"
            + (f", names such as {next(iter(field.names))}," if field.names else "")
            + " and between them , - and /.",
            next="Write for instance */15, 1-5 or 0,30.",
        ) from error
    return found


def _part(text: str, field: _Field) -> range:
    found = _PART.fullmatch(text)
    if not found:
        raise ValueError(text)
    step = int(found["step"] or 1)
    if found["every"]:
        low, high = field.first, field.last
    else:
        low = _number(found["first"], field)
        # 5/15 is from 5 to the end, in steps.
        high = _number(found["last"], field) if found["last"] else field.last if found["step"] else low
    if high == 0 < low and field.names:
        high = 7  # SAT-SUN
    if low > high or step < 1:
        raise ValueError(text)
    return range(low, high + 1, step)


def _number(text: str, field: _Field) -> int:
    number = field.names[text.upper()] if text.upper() in field.names else int(text)
    if not field.first <= number <= field.last:
        raise ValueError(text)
    return number


def _spelled(numbers: Collection[int], field: _Field) -> str:
    if len(numbers) == field.last - field.first + 1:
        return "*"
    return ",".join(_spans(numbers, {}))


def _named(weekdays: Collection[int]) -> str:
    return ",".join(_spans(weekdays, dict(enumerate(DAYS))))


def _spans(numbers: Collection[int], names: Mapping[int, str]) -> list[str]:
    """``{1, 2, 3, 5}`` is ``1-3`` and ``5``."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    said = [[names.get(number, str(number)) for number in (span[0], span[-1])] for span in spans]
    return [first if first == last else f"{first}-{last}" for first, last in said]
