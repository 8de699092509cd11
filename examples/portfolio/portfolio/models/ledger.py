"""What was entered, and apart from it what follows: gains, payouts and each day, which can be made again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Versioned
from .types import MONEY, PRICE, SHARES


class Trade(Versioned, Base):
    """A buy, a sell or a fee."""

    __tablename__ = "trade"
    __table_args__ = (
        Index("ix_trade_position_date", "position_id", "date"),
        CheckConstraint("kind IN ('buy', 'sell', 'fee')", "kind"),
        CheckConstraint(
            "(kind = 'fee' AND shares = 0 AND price = 0 AND amount > 0)"
            " OR (kind <> 'fee' AND shares > 0 AND price > 0 AND amount = 0)",
            "figures",
        ),
    )

    position_id: Mapped[str] = mapped_column(ForeignKey("position.id", ondelete="CASCADE"))
    on: Mapped[date] = mapped_column("date", index=True)
    kind: Mapped[str] = mapped_column(String(4))
    shares: Mapped[Decimal] = mapped_column(SHARES, default=Decimal(0))
    price: Mapped[Decimal] = mapped_column(PRICE, default=Decimal(0))
    amount: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0))


class Dividend(Versioned, Base):
    """So much per share, in cash or in shares; the reinvestment of a stock dividend is part of it."""

    __tablename__ = "dividend"
    __table_args__ = (
        Index("ix_dividend_position_record", "position_id", "record_on"),
        CheckConstraint("pays IN ('cash', 'stock')", "pays"),
        CheckConstraint("per_share > 0", "per_share"),
        CheckConstraint(
            "(reinvested_shares IS NULL) = (reinvested_price IS NULL)"
            " AND (reinvested_shares IS NULL OR (reinvested_shares > 0 AND reinvested_price > 0))",
            "reinvestment",
        ),
    )

    position_id: Mapped[str] = mapped_column(ForeignKey("position.id", ondelete="CASCADE"))
    record_on: Mapped[date]
    ex_on: Mapped[date]
    per_share: Mapped[Decimal] = mapped_column(PRICE)
    pays: Mapped[str] = mapped_column(String(5))
    buy_order_on: Mapped[date | None]
    reinvested_shares: Mapped[Decimal | None] = mapped_column(SHARES)
    reinvested_price: Mapped[Decimal | None] = mapped_column(PRICE)

    @property
    def reinvested_on(self) -> date:
        """The day of the buy order, or else the first on which there was a right to the dividend."""
        return self.buy_order_on or max(self.record_on, self.ex_on)


class Gain(Base):
    """What a sell realised (or a fee where nothing was held lost), in the fund's currency."""

    __tablename__ = "gain"

    trade_id: Mapped[str] = mapped_column(ForeignKey("trade.id", ondelete="CASCADE"), primary_key=True)
    proceeds: Mapped[Decimal] = mapped_column(MONEY)
    basis: Mapped[Decimal] = mapped_column(MONEY)
    realised: Mapped[Decimal] = mapped_column(MONEY)


class Payout(Base):
    """What a dividend came to: shares owned when its record date ended, and its amount."""

    __tablename__ = "payout"

    dividend_id: Mapped[str] = mapped_column(ForeignKey("dividend.id", ondelete="CASCADE"), primary_key=True)
    owned: Mapped[Decimal] = mapped_column(SHARES)
    total: Mapped[Decimal] = mapped_column(MONEY)


class PositionDay(Base):
    """A position at the end of a day; sums run since its beginning.

    ``value`` to ``paid_in`` are of the fund's currency, those with ``base_`` of the portfolio's: NULL where a
    rate is missing.
    """

    __tablename__ = "position_day"

    position_id: Mapped[str] = mapped_column(ForeignKey("position.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column("date", primary_key=True, index=True)
    shares: Mapped[Decimal] = mapped_column(SHARES)
    price: Mapped[Decimal] = mapped_column(PRICE)
    value: Mapped[Decimal] = mapped_column(MONEY)
    cost: Mapped[Decimal] = mapped_column(MONEY)
    realised: Mapped[Decimal] = mapped_column(MONEY)
    proceeds: Mapped[Decimal] = mapped_column(MONEY)
    sold_cost: Mapped[Decimal] = mapped_column(MONEY)
    dividends: Mapped[Decimal] = mapped_column(MONEY)
    fees: Mapped[Decimal] = mapped_column(MONEY)
    paid_in: Mapped[Decimal] = mapped_column(MONEY)
    base_value: Mapped[Decimal | None] = mapped_column(MONEY)
    base_cost: Mapped[Decimal | None] = mapped_column(MONEY)
    base_realised: Mapped[Decimal | None] = mapped_column(MONEY)
    base_proceeds: Mapped[Decimal | None] = mapped_column(MONEY)
    base_sold_cost: Mapped[Decimal | None] = mapped_column(MONEY)
    base_dividends: Mapped[Decimal | None] = mapped_column(MONEY)
    base_fees: Mapped[Decimal | None] = mapped_column(MONEY)
    base_paid_in: Mapped[Decimal | None] = mapped_column(MONEY)


class PortfolioDay(Base):
    """A portfolio at the end of a day, in its base currency: the sums of its positions.

    ``missing`` counts positions that are in none of the sums, for want of an exchange rate.
    """

    __tablename__ = "portfolio_day"

    portfolio_id: Mapped[str] = mapped_column(
        ForeignKey("portfolio.id", ondelete="CASCADE"), primary_key=True
    )
    on: Mapped[date] = mapped_column("date", primary_key=True, index=True)
    value: Mapped[Decimal] = mapped_column(MONEY)
    cost: Mapped[Decimal] = mapped_column(MONEY)
    realised: Mapped[Decimal] = mapped_column(MONEY)
    proceeds: Mapped[Decimal] = mapped_column(MONEY)
    sold_cost: Mapped[Decimal] = mapped_column(MONEY)
    dividends: Mapped[Decimal] = mapped_column(MONEY)
    fees: Mapped[Decimal] = mapped_column(MONEY)
    paid_in: Mapped[Decimal] = mapped_column(MONEY)
    missing: Mapped[int]
