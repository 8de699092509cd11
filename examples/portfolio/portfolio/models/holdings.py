"""Portfolios, funds, and which portfolio holds which fund."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Identified, Moment, Versioned
from .types import PRICE, RATE


class Portfolio(Versioned, Base):
    """Funds and stocks that are looked at together, in one base currency."""

    __tablename__ = "portfolio"
    __table_args__ = (
        CheckConstraint("method IN ('average', 'fifo')", "method"),
        CheckConstraint("length(currency) = 3", "currency"),
    )

    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500), default="")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    method: Mapped[str] = mapped_column(String(7), default="average")
    is_archived: Mapped[bool] = mapped_column(default=False)
    exclude_from_overview: Mapped[bool] = mapped_column(default=False)


class Fund(Versioned, Base):
    """A fund or a stock, with prices in its own currency."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("investment_type IN ('fund', 'stock')", "investment_type"),
        CheckConstraint("dividend_type IN ('none', 'cash', 'stock')", "dividend_type"),
        CheckConstraint("length(currency) = 3", "currency"),
    )

    name: Mapped[str] = mapped_column(String(100))
    isin: Mapped[str] = mapped_column(String(12), unique=True)
    symbol: Mapped[str | None] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    exchange: Mapped[str] = mapped_column(String(50), default="")
    investment_type: Mapped[str] = mapped_column(String(5), default="fund")
    dividend_type: Mapped[str] = mapped_column(String(5), default="none")
    #: What the last price update had to say against this fund.
    price_error: Mapped[str | None] = mapped_column(String(500))


class Position(Identified, Base):
    """A fund held in a portfolio."""

    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("portfolio_id", "fund_id"),)

    portfolio_id: Mapped[str] = mapped_column(ForeignKey("portfolio.id", ondelete="CASCADE"))
    #: A fund in use is not deleted: its trades would go with it.
    fund_id: Mapped[str] = mapped_column(ForeignKey("fund.id", ondelete="RESTRICT"), index=True)
    #: The last day of its history, which goes on each day.
    kept_until: Mapped[date | None] = mapped_column(index=True)
    #: What is missing to convert it to the base currency: "USD/EUR 2024-03-01".
    missing_rate: Mapped[str | None] = mapped_column(String(20))


class FundPrice(Base):
    """What a share was worth at the close of a day, as it was quoted then."""

    __tablename__ = "fund_price"
    __table_args__ = (CheckConstraint("price > 0", "price"),)

    fund_id: Mapped[str] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column("date", primary_key=True)
    price: Mapped[Decimal] = mapped_column(PRICE)


class FundSplit(Versioned, Base):
    """``new`` shares for ``old`` ones, before trading begins on a day, in every portfolio."""

    __tablename__ = "fund_split"
    __table_args__ = (
        UniqueConstraint("fund_id", "date"),
        CheckConstraint("new > 0 AND old > 0 AND new <> old", "ratio"),
    )

    fund_id: Mapped[str] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"))
    on: Mapped[date] = mapped_column("date")
    new: Mapped[int]
    old: Mapped[int]


class ExchangeRate(Base):
    """One ``base`` buys ``rate`` of ``quote`` from this day on."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        CheckConstraint("rate > 0", "rate"),
        CheckConstraint("base <> quote", "pair"),
    )

    base: Mapped[str] = mapped_column(String(3), primary_key=True)
    quote: Mapped[str] = mapped_column(String(3), primary_key=True)
    on: Mapped[date] = mapped_column("date", primary_key=True)
    rate: Mapped[Decimal] = mapped_column(RATE)


class Symbol(Base):
    """What Yahoo said of a symbol, kept for a week; an unknown one is kept too."""

    __tablename__ = "symbol"

    symbol: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    exchange: Mapped[str] = mapped_column(String(50), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    isin: Mapped[str] = mapped_column(String(12), default="")
    is_known: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
