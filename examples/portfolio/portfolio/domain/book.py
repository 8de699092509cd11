"""A position's book: its entries walked in order, with cost, gains and dividends after each.

The same walk runs in the fund's currency and, with an exchange, in the portfolio's: there each amount is
converted at the rate of its own day, so gains in the base currency hold what the currency itself gained or
lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from . import entries as kinds
from .currency import Exchange, unchanged
from .money import EXACT, MOST_AMOUNT, MOST_SUM, SHARE, ZERO, Method, allocate, booked, minor_unit, six
from .refusals import NoRight, NotHeld, TooEarly, TooLarge, Vanished


class Terms(NamedTuple):
    """How a book is kept: prices are in ``currency``, the book in ``books_in`` by ``exchange``."""

    currency: str
    method: Method = "average"
    books_in: str = ""
    exchange: Exchange = unchanged


class Held(NamedTuple):
    """A position after an entry; all but ``shares`` are amounts of the book's currency."""

    shares: Decimal = ZERO
    cost: Decimal = ZERO  #: of the shares held
    realised: Decimal = ZERO  #: gains of all sells so far, less fees paid while nothing was held
    proceeds: Decimal = ZERO  #: of all sells
    sold_cost: Decimal = ZERO  #: cost of all shares sold
    dividends: Decimal = ZERO  #: in cash
    fees: Decimal = ZERO
    paid_in: Decimal = ZERO  #: for buys, fees, and reinvestments beyond their dividend


class Lot(NamedTuple):
    """Shares with one cost. A book at average cost has a single one, since the day of its first buy."""

    since: date
    shares: Decimal
    cost: Decimal


class Line(NamedTuple):
    """What one entry did. ``paid`` is money put in, ``received`` money taken out."""

    entry: str
    on: date
    paid: Decimal = ZERO
    received: Decimal = ZERO
    basis: Decimal = ZERO  #: cost of the shares sold
    realised: Decimal = ZERO
    sold: Decimal = ZERO  #: shares sold
    owned: Decimal = ZERO  #: shares held when a dividend's record date ended
    total: Decimal = ZERO  #: a dividend's amount
    after: Held = Held()


class Book(NamedTuple):
    """A position's lines in the order they happened, how it stands, and the lots it holds, oldest first."""

    lines: tuple[Line, ...] = ()
    held: Held = Held()
    lots: tuple[Lot, ...] = ()


_Key = tuple[date, int, Decimal, Decimal, Decimal, date, str]


class _Recorded(NamedTuple):
    """The end of a dividend's record date."""

    dividend: kinds.Dividend


class _Reinvested(NamedTuple):
    dividend: kinds.Dividend
    bought: kinds.Reinvestment


_Step = kinds.Entry | _Recorded | _Reinvested


def book(entries: Iterable[kinds.Entry], terms: Terms) -> Book:
    """The book of one position. Order of ``entries`` does not matter; see `entries` for a day's order.

    :raises Refused: an entry cannot be
    :raises MissingRate: the exchange has none for an amount
    """
    with localcontext(EXACT):
        desk = _Desk(terms)
        for step in _in_order(entries):
            desk.take(step)
        return Book(tuple(desk.lines), desk.held, tuple(desk.lots))


def _in_order(entries: Iterable[kinds.Entry]) -> list[_Step]:
    steps: list[tuple[_Key, _Step]] = []
    for entry in entries:
        on, day = entry.on, entry.on
        match entry:
            case kinds.Split():
                ratio = Decimal(entry.new) / Decimal(entry.old)
                steps.append(((on, 0, ratio, Decimal(entry.new), ZERO, day, entry.id), entry))
            case kinds.Buy():
                steps.append(((on, 1, entry.price, entry.shares, ZERO, day, entry.id), entry))
            case kinds.Fee():
                steps.append(((on, 2, entry.amount, ZERO, ZERO, day, entry.id), entry))
            case kinds.Sell():
                steps.append(((on, 3, entry.price, entry.shares, ZERO, day, entry.id), entry))
            case kinds.Dividend():
                steps += _steps_of(entry)
    return [step for _, step in sorted(steps, key=lambda keyed: keyed[0])]


def _steps_of(dividend: kinds.Dividend) -> list[tuple[_Key, _Step]]:
    per_share, record = dividend.per_share, dividend.record_on
    steps: list[tuple[_Key, _Step]] = [
        ((record, 4, per_share, ZERO, ZERO, record, dividend.id), _Recorded(dividend)),
        ((dividend.on, 5, per_share, ZERO, ZERO, record, dividend.id), dividend),
    ]
    if bought := dividend.reinvestment:
        if bought.on < dividend.on:
            raise TooEarly(dividend.id, bought.on, dividend.on)
        key = (bought.on, 6, bought.price, bought.shares, per_share, record, bought.id)
        steps.append((key, _Reinvested(dividend, bought)))
    return steps


class _Desk:
    """Keeps the lots while the entries pass."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.unit = minor_unit(terms.books_in or terms.currency)
        self.lots: list[Lot] = []
        self.held = Held()
        self.lines: list[Line] = []
        self._owned: dict[str, Decimal] = {}

    def take(self, step: _Step) -> None:
        match step:
            case kinds.Buy():
                self._buy(step)
            case kinds.Sell():
                self._sell(step)
            case kinds.Fee():
                self._fee(step)
            case kinds.Split():
                self._split(step)
            case _Recorded():
                self._owned[step.dividend.id] = self.held.shares
                if not self.held.shares:
                    raise NoRight(step.dividend.id, step.dividend.record_on)
            case kinds.Dividend():
                self._dividend(step)
            case _Reinvested():
                self._reinvest(step)

    def _buy(self, buy: kinds.Buy) -> None:
        cost = self._amount(buy, buy.shares * buy.price)
        self._add(Lot(buy.on, buy.shares, cost))
        self._note(
            Line(buy.id, buy.on, paid=cost),
            shares=self.held.shares + buy.shares,
            cost=self.held.cost + cost,
            paid_in=self.held.paid_in + cost,
        )

    def _sell(self, sell: kinds.Sell) -> None:
        if sell.shares > self.held.shares:
            raise NotHeld(sell.id, sell.on, sell.shares, self.held.shares)
        proceeds = self._amount(sell, sell.shares * sell.price)
        basis = self._take_out(sell.shares)
        self._note(
            Line(
                sell.id,
                sell.on,
                received=proceeds,
                basis=basis,
                realised=proceeds - basis,
                sold=sell.shares,
            ),
            shares=self.held.shares - sell.shares,
            cost=self.held.cost - basis,
            realised=self.held.realised + proceeds - basis,
            proceeds=self.held.proceeds + proceeds,
            sold_cost=self.held.sold_cost + basis,
        )

    def _fee(self, fee: kinds.Fee) -> None:
        amount = self._amount(fee, fee.amount)
        held = self.held
        fees, paid_in = held.fees + amount, held.paid_in + amount
        if not held.shares:
            line = Line(fee.id, fee.on, paid=amount, realised=-amount)
            self._note(line, realised=held.realised - amount, fees=fees, paid_in=paid_in)
            return
        parts = allocate(amount, [lot.shares for lot in self.lots], self.unit)
        self.lots = [lot._replace(cost=lot.cost + part) for lot, part in zip(self.lots, parts, strict=True)]
        self._note(Line(fee.id, fee.on, paid=amount), cost=held.cost + amount, fees=fees, paid_in=paid_in)

    def _split(self, split: kinds.Split) -> None:
        held = self.held.shares
        if not held:
            return
        total = six(held * split.new / split.old)
        if not total:
            raise Vanished(split.id, split.on, held)
        parts = allocate(total, [lot.shares for lot in self.lots], SHARE)
        self.lots = [lot._replace(shares=part) for lot, part in zip(self.lots, parts, strict=True)]
        self._note(Line(split.id, split.on), shares=total)

    def _dividend(self, dividend: kinds.Dividend) -> None:
        owned = self._owned[dividend.id]
        total = self._amount(dividend, owned * dividend.per_share)
        cash = total if dividend.pays == "cash" else ZERO
        self._note(
            Line(dividend.id, dividend.on, received=cash, owned=owned, total=total),
            dividends=self.held.dividends + cash,
        )

    def _reinvest(self, step: _Reinvested) -> None:
        dividend, bought = step
        currency = self.terms.currency
        total = booked(self._owned[dividend.id] * dividend.per_share, currency)
        beyond = booked(bought.shares * bought.price, currency) - total
        cost = self._amount(bought, max(beyond, ZERO))
        rest = self._amount(bought, max(-beyond, ZERO))
        self._add(Lot(bought.on, bought.shares, cost))
        self._note(
            Line(bought.id, bought.on, paid=cost, received=rest),
            shares=self.held.shares + bought.shares,
            cost=self.held.cost + cost,
            dividends=self.held.dividends + rest,
            paid_in=self.held.paid_in + cost,
        )

    def _amount(self, entry: kinds.Entry | kinds.Reinvestment, amount: Decimal) -> Decimal:
        """An amount of the fund's currency, booked, in the book's currency."""
        in_book = self.terms.exchange(booked(amount, self.terms.currency), entry.on)
        if in_book + self.held.cost >= MOST_AMOUNT:
            raise TooLarge(entry.id, entry.on)
        return in_book

    def _add(self, lot: Lot) -> None:
        if self.terms.method == "average" and self.lots:
            only = self.lots[0]
            self.lots[0] = only._replace(shares=only.shares + lot.shares, cost=only.cost + lot.cost)
        else:
            self.lots.append(lot)

    def _take_out(self, shares: Decimal) -> Decimal:
        """Takes shares out of the oldest lots, and returns what they had cost."""
        basis, left = ZERO, shares
        gone = 0
        for lot in self.lots:
            if lot.shares > left:
                break
            basis += lot.cost
            left -= lot.shares
            gone += 1
        del self.lots[:gone]
        if left:
            lot = self.lots[0]
            part = (lot.cost * left / lot.shares).quantize(self.unit)
            self.lots[0] = lot._replace(shares=lot.shares - left, cost=lot.cost - part)
            basis += part
        return basis

    def _note(self, line: Line, **changed: Decimal) -> None:
        self.held = self.held._replace(**changed)
        held = self.held
        if held.shares >= MOST_AMOUNT or max(held.paid_in, held.proceeds, held.dividends) >= MOST_SUM:
            raise TooLarge(line.entry, line.on)
        self.lines.append(line._replace(after=self.held))
