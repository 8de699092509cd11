"""What can happen to a position: one fund or stock held in one portfolio.

Dates are calendar days of the exchange, without a zone. On one day things happen in this order, whatever
order they were typed in:

1. splits, before trading begins
2. buys
3. fees, spread over what is then held
4. sells: shares bought that morning can be sold that day
5. dividends: who holds shares when a record date ends has a right to one
6. reinvestments: their shares are there the next day

Equal ones of a day go by price, then shares, so that order of insertion changes nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Pays = Literal["cash", "stock"]


class Buy(NamedTuple):
    """Shares bought at a price, in the fund's currency."""

    id: str
    on: date
    shares: Decimal
    price: Decimal


class Sell(NamedTuple):
    """Shares sold at a price, in the fund's currency."""

    id: str
    on: date
    shares: Decimal
    price: Decimal


class Fee(NamedTuple):
    """Money paid for holding shares. It adds to their cost; where none are held it is a loss at once."""

    id: str
    on: date
    amount: Decimal


class Split(NamedTuple):
    """``new`` shares for every ``old`` ones. 4 for 1 is a split, 1 for 10 a reverse split."""

    id: str
    on: date
    new: int
    old: int


class Reinvestment(NamedTuple):
    """What a stock dividend was turned into: shares at a price. They cost nothing, up to the dividend's
    amount.
    """

    id: str
    on: date
    shares: Decimal
    price: Decimal


class Dividend(NamedTuple):
    """So much for every share held when the record date ended.

    It counts from the record date or the ex-dividend date, whichever is later. A stock dividend is pending,
    and counts nothing, until it is reinvested; what the reinvestment did not use came as cash, what it used
    beyond was paid in.
    """

    id: str
    record_on: date
    ex_on: date
    per_share: Decimal
    pays: Pays = "cash"
    reinvestment: Reinvestment | None = None

    @property
    def on(self) -> date:
        """The day it counts from."""
        return max(self.record_on, self.ex_on)


Entry = Buy | Sell | Fee | Split | Dividend
