"""Where closing prices are kept. One interface: the database's own table has it, and `dynamo_prices`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..domain.history import Price
from ..models import FundPrice

#: What a statement may have of parameters, well below every database's limit.
_AT_ONCE = 5000


class PricesAway(Exception):
    """Prices cannot be reached where they are kept."""


class PriceStore(Protocol):
    """Prices by fund and day. What is there is replaced; nothing is kept twice.

    What is changed is seen at once by the same session, and kept when that commits.

    :raises PricesAway: by any of its methods, and by the commit
    """

    def keep(self, fund_id: str, prices: Iterable[Price]) -> None:
        """Add prices, or replace those of the same days."""

    def forget(self, fund_id: str, on: date) -> bool:
        """Remove a day's price; whether there was one."""

    def forget_all(self, fund_id: str) -> None:
        """Remove all prices of a fund."""

    def of(self, fund_ids: Collection[str], since: date | None = None) -> Mapping[str, list[Price]]:
        """The prices of funds by day, oldest first: from a day on, and the last one before it."""

    def page(self, fund_id: str, before: date | None, after: date | None, limit: int) -> list[Price]:
        """Up to ``limit`` prices before a day and not before another, newest first."""

    def latest(self, fund_ids: Collection[str], until: date) -> Mapping[str, Price]:
        """Each fund's last price on a day or before it."""


class TablePrices:
    """Prices in the database's own table."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, fund_id: str, prices: Iterable[Price]) -> None:
        rows = [{"fund_id": fund_id, "date": on, "price": price} for on, price in dict(prices).items()]
        for start in range(0, len(rows), _AT_ONCE):
            upsert(self._session, FundPrice, rows[start : start + _AT_ONCE])

    def forget(self, fund_id: str, on: date) -> bool:
        found = self._session.execute(
            delete(FundPrice).where(FundPrice.fund_id == fund_id, FundPrice.on == on).returning(FundPrice.on)
        )
        return found.first() is not None

    def forget_all(self, fund_id: str) -> None:
        self._session.execute(delete(FundPrice).where(FundPrice.fund_id == fund_id))

    def of(self, fund_ids: Collection[str], since: date | None = None) -> Mapping[str, list[Price]]:
        query = select(FundPrice.fund_id, FundPrice.on, FundPrice.price)
        query = query.where(FundPrice.fund_id.in_(fund_ids))
        if since is not None:
            before = self.latest(fund_ids, since)
            last = (
                and_(FundPrice.fund_id == fund, FundPrice.on == price.on) for fund, price in before.items()
            )
            query = query.where(or_(FundPrice.on > since, *last))
        found: defaultdict[str, list[Price]] = defaultdict(list)
        for fund_id, on, price in self._session.execute(query.order_by(FundPrice.on)):
            found[fund_id].append(Price(on, price))
        return found

    def page(self, fund_id: str, before: date | None, after: date | None, limit: int) -> list[Price]:
        query = select(FundPrice.on, FundPrice.price).where(FundPrice.fund_id == fund_id)
        if before is not None:
            query = query.where(FundPrice.on < before)
        if after is not None:
            query = query.where(FundPrice.on >= after)
        rows = self._session.execute(query.order_by(FundPrice.on.desc()).limit(limit))
        return [Price(*row) for row in rows]

    def latest(self, fund_ids: Collection[str], until: date) -> Mapping[str, Price]:
        last = (
            select(FundPrice.fund_id, func.max(FundPrice.on).label("on"))
            .where(FundPrice.fund_id.in_(fund_ids), FundPrice.on <= until)
            .group_by(FundPrice.fund_id)
            .subquery()
        )
        rows = self._session.execute(
            select(FundPrice.fund_id, FundPrice.on, FundPrice.price).join(
                last, and_(FundPrice.fund_id == last.c.fund_id, FundPrice.on == last.c.on)
            )
        )
        return {fund_id: Price(on, price) for fund_id, on, price in rows}


def upsert(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows of a table, or replace those with the same primary key; keys are names of columns."""
    if not rows:
        return
    table = model.__table__
    connection = session.connection()
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
