"""Columns that keep decimals exactly.

PostgreSQL has NUMERIC. SQLite has none: what is declared so is a binary float there, so it keeps whole steps
(millionths of a share, ten-thousandths of a currency) as integers, which sums, comparisons and checks
understand.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric
from sqlalchemy.types import TypeDecorator, TypeEngine


class Exact(TypeDecorator[Decimal]):
    """A decimal of at most eighteen digits, ``scale`` of them after the point."""

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__(18, scale)
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(18, self.scale))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.scale)
        if scaled != int(scaled) or abs(scaled) >= 10**18:
            raise ValueError(f"{value} does not fit a column with {self.scale} decimals")
        return int(scaled) if dialect.name == "sqlite" else Decimal(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Of SQLite's steps; PostgreSQL's driver makes decimals by itself. Histories read very many."""
        if dialect.name != "sqlite":
            return None
        step = Decimal(1).scaleb(-self.scale)

        def of_steps(value: int | None) -> Decimal | None:
            return None if value is None else Decimal(value) * step

        return of_steps


#: Shares and prices: six decimals. Money: four, which hold every currency's minor unit.
SHARES = Exact(6)
PRICE = Exact(6)
MONEY = Exact(4)
#: Exchange rates: a rate of 0.0000012 has some digits left.
RATE = Exact(10)
