"""What the dashboard counts, and the bars it draws: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from .store import HANDLED, NEW, SPAM, received

DAYS, WEEKS = 14, 12


class Bar(NamedTuple):
    """One bar: what it is, in short and in full, how many it stands for, and its height in percent."""

    label: str
    title: str
    number: int
    height: float


class Figures(NamedTuple):
    """Days and weeks are those of UTC; a week begins on Monday. What robots sent is in ``spam`` alone."""

    received: int
    new: int
    handled: int
    spam: int
    today: int
    this_week: int
    days: list[Bar]
    weeks: list[Bar]


def figures(ids: Mapping[str, Sequence[str]], now: datetime) -> Figures:
    """The figures of the enquiries with these ids, by their state."""
    today = now.astimezone(timezone.utc).date()
    per_day = Counter(received(one).date() for state in (NEW, HANDLED) for one in ids[state])
    monday = today - timedelta(days=today.weekday())
    per_week: Counter[date] = Counter()
    for day, count in per_day.items():
        per_week[day - timedelta(days=day.weekday())] += count
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return Figures(
        received=len(ids[NEW]) + len(ids[HANDLED]),
        new=len(ids[NEW]),
        handled=len(ids[HANDLED]),
        spam=len(ids[SPAM]),
        today=per_day[today],
        this_week=per_week[monday],
        days=_bars(
            [(f"{day:%a}"[:2] + f"\n{day.day}", f"{day:%A} {day.day} {day:%B}", per_day[day]) for day in days]
        ),
        weeks=_bars(
            [(f"{week.day}\n{week:%b}", f"Week of {week.day} {week:%B %Y}", per_week[week]) for week in weeks]
        ),
    )


def _bars(counts: Sequence[tuple[str, str, int]]) -> list[Bar]:
    tallest = max(1, *(count for _, _, count in counts))
    return [Bar(label, title, count, round(100 * count / tallest, 1)) for label, title, count in counts]
