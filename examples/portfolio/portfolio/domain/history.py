"""A position day by day: what was held, at what price, worth what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import NamedTuple

from .book import Book, Held
from .currency import Exchange, unchanged
from .entries import Buy, Dividend, Entry, Sell, Split
from .money import EXACT, MOST_SUM, ZERO, booked, six
from .refusals import MissingRate, TooLarge


class Price(NamedTuple):
    """What one share was worth at the close of a day, as it was quoted then (not adjusted for later
    splits).
    """

    on: date
    price: Decimal


class Day(NamedTuple):
    """A position at the end of a day. ``value`` is None where a rate to convert it is missing."""

    on: date
    price: Decimal
    value: Decimal | None
    held: Held

    @property
    def unrealised(self) -> Decimal | None:
        return None if self.value is None else self.value - self.held.cost

    @property
    def gain(self) -> Decimal | None:
        """Realised and unrealised, without dividends."""
        return None if self.value is None else self.value - self.held.cost + self.held.realised


class Span(NamedTuple):
    """Days, both ends included."""

    since: date
    until: date

    def days(self) -> Iterator[date]:
        for number in range((self.until - self.since).days + 1):
            yield self.since + timedelta(number)


def prices_by_day(prices: Sequence[Price], entries: Iterable[Entry], span: Span) -> list[Decimal]:
    """The price of each day of a span: the last known one, so gaps are flat.

    Before the first quoted price, what the position's own trades were made at stands in. A price carried over
    a split is divided by it; one quoted that day is after it already. 0 where nothing is known.
    """
    quoted = dict(prices)
    first = min(quoted, default=None)
    splits: dict[date, Decimal] = {}
    traded: dict[date, Decimal] = {}
    with localcontext(EXACT):
        for entry in entries:
            match entry:
                case Split():
                    splits[entry.on] = splits.get(entry.on, Decimal(1)) * entry.old / entry.new
                case Buy() | Sell():
                    traded[entry.on] = max(entry.price, traded.get(entry.on, ZERO))
                case Dividend(reinvestment=bought) if bought:
                    traded.setdefault(bought.on, bought.price)
        known = {on: price for on, price in traded.items() if first is None or on < first} | quoted
        changes = sorted({*known, *splits})
        price, place, found = ZERO, 0, []
        for day in span.days():
            while place < len(changes) and changes[place] <= day:
                on = changes[place]
                price = known[on] if on in known else price * splits[on]
                place += 1
            found.append(six(price))
    return found


def by_day(
    book: Book, prices: Sequence[Decimal], span: Span, currency: str, exchange: Exchange = unchanged
) -> list[Day]:
    """Each day of a span.

    :param prices: one for each day, in ``currency``
    :param exchange: from ``currency`` to that of the book
    """
    days: list[Day] = []
    held, place = Held(), 0
    for day, price in zip(span.days(), prices, strict=True):
        while place < len(book.lines) and book.lines[place].on <= day:
            held = book.lines[place].after
            place += 1
        days.append(Day(day, price, value_of(held.shares, price, day, currency, exchange), held))
    return days


def value_of(
    shares: Decimal, price: Decimal, day: date, currency: str, exchange: Exchange = unchanged
) -> Decimal | None:
    """What shares are worth, booked; None where the exchange has no rate.

    :raises TooLarge: more than any book holds
    """
    try:
        value = exchange(booked(EXACT.multiply(shares, price), currency), day)
    except MissingRate:
        return None
    if value >= MOST_SUM:
        raise TooLarge("", day)
    return value
