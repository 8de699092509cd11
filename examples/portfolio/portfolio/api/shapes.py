"""What portfolios, funds and positions look like on the wire."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from .problems import NotFound
from .wire import Currency, Day, Id, Line, Name, Plain, Price, Wire

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")


def _isin(text: str) -> str:
    """ISO 6166: two letters, nine letters or digits, and a check digit that is right."""
    if not _ISIN.fullmatch(text):
        raise ValueError("is not two letters, nine letters or digits, and a digit")
    digits = "".join(str(int(letter, 36)) for letter in text)
    # Counted from the right, every second digit is doubled, the check digit not.
    weights = [int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(digits))]
    if sum(weight // 10 + weight % 10 for weight in weights) % 10:
        raise ValueError("has a wrong check digit; one of its characters is mistyped")
    return text


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


_SYMBOL = re.compile(r"[A-Z0-9.\-=^]{1,20}")


def check_symbol(symbol: str) -> None:
    """That a symbol can be one.

    :raises Problem: 404
    """
    if not _SYMBOL.fullmatch(symbol.upper()):
        raise NotFound("symbol")


Isin = Annotated[
    str,
    BeforeValidator(_upper),
    AfterValidator(_isin),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{2}[A-Za-z0-9]{9}[0-9]$"}, mode="validation"),
]
Symbol = Annotated[
    str,
    Field(pattern=r"^[A-Z0-9.\-=^]{1,20}$"),
    BeforeValidator(_upper),
    WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z0-9.\-=^]{1,20}$"}, mode="validation"),
]
InvestmentType = Annotated[Literal["fund", "stock"], BeforeValidator(_lower)]
DividendType = Annotated[Literal["none", "cash", "stock"], BeforeValidator(_lower)]
Description = Annotated[Line, Field(max_length=500)]


class PortfolioIn(Wire):
    """A portfolio as it is entered."""

    name: Name
    description: Description = ""
    currency: Currency = "EUR"
    method: Literal["average", "fifo"] = "average"
    exclude_from_overview: bool = False


class PortfolioOut(Wire):
    """A portfolio."""

    id: str
    name: str
    description: str
    currency: str
    method: str
    exclude_from_overview: bool
    is_archived: bool
    version: int


class Totals(Wire):
    """Sums of today. Gains are without dividends; ``performance`` and ``totalReturn`` are fractions."""

    total_value: Plain
    total_cost: Plain
    total_dividends: Plain
    total_unrealized_gain_loss: Plain
    total_realized_gain_loss: Plain
    total_gain_loss: Plain
    total_sale_proceeds: Plain
    total_original_cost: Plain
    total_fees: Plain
    performance: Plain | None
    total_return: Plain | None


class PortfolioWithTotals(PortfolioOut, Totals):
    """A portfolio with its sums in its base currency; ``missing`` positions are in none, for want of a
    rate.
    """

    missing: int


class Overview(Wire):
    """All portfolios of the overview, and their sum in the currency of the settings."""

    currency: str
    total: Totals
    portfolios: list[PortfolioWithTotals]
    #: What could not be converted, in words.
    missing_rates: list[str]


class ReturnsOut(Wire):
    """Rates of return as fractions; null where there is no such rate. Yearly ones need a year."""

    start_date: date
    end_date: date
    total: Plain | None
    time_weighted: Plain | None
    time_weighted_yearly: Plain | None
    money_weighted: Plain | None


class SpanQuery(Wire):
    """From which day to which; without them the last year."""

    start_date: Day | None = None
    end_date: Day | None = None


class FundIn(Wire):
    """A fund or stock as it is entered."""

    name: Name
    isin: Isin
    symbol: Symbol | None = None
    currency: Currency
    exchange: Annotated[Line, Field(max_length=50)] = ""
    investment_type: InvestmentType = "fund"
    dividend_type: DividendType = "none"


class FundOut(Wire):
    """A fund or stock, with its latest price."""

    id: str
    name: str
    isin: str
    symbol: str | None
    currency: str
    exchange: str
    investment_type: str
    dividend_type: str
    price_error: str | None
    version: int
    latest_price: Plain | None = None
    latest_price_date: date | None = None


class UsedBy(Wire):
    """A portfolio that holds a fund."""

    id: str
    name: str
    transaction_count: int


class Usage(Wire):
    """Whether a fund may be deleted."""

    in_use: bool
    portfolios: list[UsedBy]


class PriceOut(Wire):
    """A closing price."""

    date: date
    price: Plain


class PriceIn(Wire):
    """A closing price as it is entered."""

    price: Price


class SplitIn(Wire):
    """``new`` shares for ``old`` ones."""

    date: Day
    new: Annotated[int, Field(gt=0, le=10_000)]
    old: Annotated[int, Field(gt=0, le=10_000)]


class SplitOut(Wire):
    """A split of a fund's shares."""

    id: str
    date: date
    new: int
    old: int
    version: int


class PositionIn(Wire):
    """A fund that a portfolio is to hold."""

    portfolio_id: Id
    fund_id: Id


class PositionOut(Wire):
    """A fund in a portfolio, in the fund's currency; ``base`` figures in the portfolio's, or null for want of
    a rate."""

    id: str
    portfolio_id: str
    fund_id: str
    fund_name: str
    isin: str
    symbol: str | None
    currency: str
    investment_type: str
    dividend_type: str
    total_shares: Plain
    latest_price: Plain | None
    average_cost: Plain
    total_cost: Plain
    current_value: Plain
    unrealized_gain_loss: Plain
    realized_gain_loss: Plain
    total_gain_loss: Plain
    total_dividends: Plain
    total_fees: Plain
    performance: Plain | None
    base_value: Plain | None
    base_cost: Plain | None
    base_gain_loss: Plain | None
    missing_rate: str | None
