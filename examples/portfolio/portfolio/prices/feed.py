"""What a provider of prices does, and what can go wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, Protocol

from ..domain.history import Price, Span


class Facts(NamedTuple):
    """What a provider knows of a symbol."""

    symbol: str
    name: str
    exchange: str
    currency: str
    isin: str = ""


class NoPrices(Exception):
    """A provider gave no prices; ``why`` is for people, and shown at the fund."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unknown(NoPrices):
    """The provider does not know the symbol, or not any more."""


class Away(NoPrices):
    """The provider cannot be reached, or answers what is no answer."""


class Feed(Protocol):
    """A provider of closing prices, as they were quoted on their day: not adjusted for later splits."""

    name: str

    def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
        """The closing prices of a symbol within a span, by day; days without trading are missing.

        :raises Unknown, Away: there are none
        """

    def look_up(self, symbol: str) -> Facts:
        """What is known of a symbol.

        :raises Unknown, Away: nothing is
        """


#: Makes the feed of a name in the settings.
Feeds = Callable[[str], Feed]


def within(prices: list[Price], since: date, until: date) -> list[Price]:
    """The prices of some days, oldest first."""
    return sorted(price for price in prices if since <= price.on <= until)
