"""Dated exchange rates: how many of one currency another one buys, from a day on until a newer rate.

A rate is looked up on its day; failing that the nearest earlier one counts, never a later one. A pair that
was entered the other way round is inverted. Of a direct and an inverse rate the newer counts, the direct one
on the same day. No rate is made of two others: what crosses a third currency is entered as its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .money import EXACT, booked
from .refusals import MissingRate

#: An amount of one currency on a day, in another, booked in it.
Exchange = Callable[[Decimal, date], Decimal]


class Quoted(NamedTuple):
    """One ``base`` buys ``rate`` of ``quote``, from this day on."""

    base: str
    quote: str
    on: date
    rate: Decimal


class Found(NamedTuple):
    """A rate, the day it was quoted, and whether it is the inverse of what was entered."""

    rate: Decimal
    quoted_on: date
    inverse: bool = False


class Rates:
    """All rates, to be looked up by pair and day."""

    def __init__(self, quoted: Iterable[Quoted] = ()) -> None:
        pairs: defaultdict[tuple[str, str], list[tuple[date, Decimal]]] = defaultdict(list)
        for base, quote, on, rate in quoted:
            pairs[base, quote].append((on, rate))
        for days in pairs.values():
            days.sort()
        self._pairs = dict(pairs)

    def on(self, base: str, quote: str, day: date) -> Found:
        """The rate from ``base`` to ``quote`` on a day.

        :raises MissingRate: there is none, direct or inverse, on that day or before
        """
        if base == quote:
            return Found(Decimal(1), day)
        direct, inverse = self._latest(base, quote, day), self._latest(quote, base, day)
        if direct and (not inverse or direct[0] >= inverse[0]):
            return Found(direct[1], direct[0])
        if inverse:
            return Found(EXACT.divide(Decimal(1), inverse[1]), inverse[0], inverse=True)
        raise MissingRate(base, quote, day)

    def exchange(self, base: str, quote: str) -> Exchange:
        """A function that turns amounts of ``base`` into booked amounts of ``quote``; it raises
        `MissingRate`.
        """
        if base == quote:
            return unchanged

        known: dict[date, Decimal] = {}  # a day is asked for once with each of its amounts

        def exchanged(amount: Decimal, day: date) -> Decimal:
            if not amount:
                return amount
            if day not in known:
                known[day] = self.on(base, quote, day).rate
            return booked(EXACT.multiply(amount, known[day]), quote)

        return exchanged

    def _latest(self, base: str, quote: str, day: date) -> tuple[date, Decimal] | None:
        days = self._pairs.get((base, quote), [])
        place = bisect_right(days, day, key=lambda quoted: quoted[0])
        return days[place - 1] if place else None


def unchanged(amount: Decimal, day: date) -> Decimal:
    """The exchange of a currency into itself."""
    return amount
