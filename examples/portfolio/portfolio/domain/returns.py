"""Rates of return. They are ratios, shown and never booked: the one place with floats, inside the root
finder.

``performance``   (value + proceeds) / (cost + cost of what was sold) - 1: the original's percentage, without
dividends
``total_return``  gains and cash dividends over the same cost
``time_weighted`` what one unit of money would have become, however much was paid in meanwhile (TWR)
``money_weighted`` the yearly rate at which all payments come to today's value (MWR, also called XIRR)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from .book import Held, Line
from .money import EXACT, ZERO, six

_YEAR = Decimal(365)
#: A rate of return is looked for between losing all but a billionth and a millionfold in a year.
_WORST, _BEST = -0.999999999, 1e6


class Flow(NamedTuple):
    """Money put in and taken out on a day."""

    on: date
    paid: Decimal = ZERO
    received: Decimal = ZERO


class Valued(NamedTuple):
    """What was held at the end of a day, and what flowed during it."""

    on: date
    value: Decimal
    paid: Decimal = ZERO
    received: Decimal = ZERO


def flows_of(lines: Iterable[Line]) -> list[Flow]:
    """Each day's money in and out; dividends in cash are taken out."""
    days: dict[date, Flow] = {}
    for line in lines:
        if line.paid or line.received:
            flow = days.get(line.on, Flow(line.on))
            days[line.on] = Flow(line.on, flow.paid + line.paid, flow.received + line.received)
    return sorted(days.values())


def performance(value: Decimal, held: Held) -> Decimal | None:
    """As a fraction: 0.083333 is 8.33 %. None where nothing has cost anything."""
    cost = held.cost + held.sold_cost
    return six(EXACT.divide(value + held.proceeds, cost) - 1) if cost else None


def total_return(value: Decimal, held: Held) -> Decimal | None:
    """Realised and unrealised gains and cash dividends, over the cost of all shares ever bought."""
    cost = held.cost + held.sold_cost
    gain = value - held.cost + held.realised + held.dividends
    return six(EXACT.divide(gain, cost)) if cost else None


def time_weighted(days: Iterable[Valued]) -> Decimal | None:
    """The return over all days, not by year. None where never anything was held.

    Money paid in is there from the morning, money taken out until the evening; a day on which nothing was
    held and nothing paid in says nothing.
    """
    growth, before, any_held = Decimal(1), ZERO, False
    with localcontext(EXACT):
        for day in days:
            start = before + day.paid
            if start > 0:
                any_held = True
                growth *= (day.value + day.received) / start
                growth = +growth.quantize(Decimal("1e-30"))
            before = day.value
    return six(growth - 1) if any_held else None


def yearly(growth: Decimal, days: int) -> Decimal | None:
    """A return over some days as one over a year; None for less than a year, which says nothing about a
    year.
    """
    if days < _YEAR or growth <= -1:
        return None
    with localcontext(EXACT):
        return six((1 + growth) ** (_YEAR / days) - 1)


def money_weighted(flows: Sequence[Flow], value: Decimal, until: date) -> Decimal | None:
    """The yearly rate at which what was paid in has become what was taken out and ``value`` on the last day.

    365 days are a year, as spreadsheets' XIRR has it. None where no such rate is: nothing paid in, all of it
    within one day, or a rate beyond all reason.
    """
    nets = [(flow.on, float(flow.received - flow.paid)) for flow in flows if flow.on <= until]
    nets.append((until, float(value)))
    first = min(on for on, _ in nets)
    points = [((on - first).days / 365, net) for on, net in nets if net]
    if len({when for when, _ in points}) < 2:
        return None
    rate = _root(points)
    return None if rate is None else six(Decimal(rate))


def _root(points: Sequence[tuple[float, float]]) -> float | None:
    """Where the present value of all points is nought; the one nearest to no return, if it has several. It is
    looked for from there outwards, in steps that grow, and found by halving.
    """

    def worth(log_rate: float) -> float:
        return sum(net * math.exp(-when * log_rate) for when, net in points)

    at_nought = worth(0.0)
    ups, downs = _outwards(worth, at_nought, 1), _outwards(worth, at_nought, -1)
    for found in itertools.chain.from_iterable(itertools.zip_longest(ups, downs)):
        if found is not None:
            return math.expm1(_halved(worth, *found))
    return None


def _outwards(
    worth: Callable[[float], float], at_nought: float, sign: int
) -> Iterator[tuple[float, float] | None]:
    """From nought to the end of one side: the two places between which the worth changes its sign, else
    None.
    """
    end = math.log1p(_BEST if sign > 0 else _WORST)
    step, before, at_before = 0.002, 0.0, at_nought
    while abs(before) < abs(end):
        place = sign * min(abs(before) + step, abs(end))
        at_place = worth(place)
        yield (before, place) if (at_place <= 0) != (at_before <= 0) else None
        before, at_before, step = place, at_place, step * 1.1


def _halved(worth: Callable[[float], float], left: float, right: float) -> float:
    at_left = worth(left)
    for _ in range(100):
        middle = (left + right) / 2
        if (worth(middle) <= 0) == (at_left <= 0):
            left = middle
        else:
            right = middle
    return (left + right) / 2
