"""Deleting that can be undone: what goes is kept for a week, whole, and comes back under its old ids.

What belongs to a row is found by the tables' own foreign keys. What follows from entries (`keeping`) is not
kept but made again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, UniqueConstraint, and_, delete, insert, inspect, select, tuple_
from sqlalchemy.orm import Session

from ..domain.history import Price
from ..models import Base, Deleted, FundPrice, Gain, Payout, PortfolioDay, PositionDay
from .keeping import ALWAYS, keep
from .loading import positions_between, positions_of_fund
from .prices import PriceStore

KEPT = timedelta(7)
#: Bytes of all that is kept; the oldest gives way to the newest, which stays whatever its size.
_ROOM = 64 * 1024 * 1024
_AT_ONCE = 500
#: What `keep` makes again, and prices, which are where the price store has them.
_LEFT_OUT = {model.__tablename__ for model in (Gain, Payout, PositionDay, PortfolioDay, FundPrice)}
_MADE_AGAIN = {"position": ("kept_until", "missing_rate")}
_TABLES: dict[str, Table] = {table.name: table for table in Base.metadata.sorted_tables}
_NAMES = {"position": "fund in a portfolio", "trade": "transaction", "fund_split": "split"}
_TAKEN = {
    "fund": "Another fund has the ISIN {isin} by now.",
    "position": "The fund is in that portfolio again.",
    "fund_split": "There is another split on {date} by now.",
    "exchange_rate": "There is another rate of {base}/{quote} on {date} by now.",
}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Gone(NamedTuple):
    """What was deleted: rows by table, prices by fund, and the day from which on figures follow from it."""

    rows: Rows
    prices: dict[str, list[Price]]
    since: date


class Note(NamedTuple):
    """What is said of something deleted, and when that was."""

    kind: str
    name: str
    on: date | None
    at: datetime


class NotKept(Exception):
    """There is nothing to bring back under this id: it was brought back, or its week is over."""


class InTheWay(Exception):
    """It cannot come back as it was; the text says why."""


def throw_away(session: Session, prices: PriceStore, row: Base, note: Note, since: date = ALWAYS) -> str:
    """Delete a row and all that belongs to it; the id under which it is kept.

    :param since: the day from which on figures follow from it; making them again is the caller's
    """
    session.flush()
    state = inspect(row)
    table = _TABLES[row.__tablename__]
    assert state.identity is not None
    key = zip(table.primary_key, state.identity, strict=True)
    rows = _belonging(session, table, and_(*(column == value for column, value in key)))
    funds = [fund["id"] for fund in rows.get("fund", ())]
    closes = {fund_id: found for fund_id in funds if (found := prices.of([fund_id]).get(fund_id))}
    for fund_id in closes:
        prices.forget_all(fund_id)
    session.delete(row)
    session.flush()
    return _put(session, Gone(rows, closes, since), note)


def throw_price_away(session: Session, prices: PriceStore, fund_id: str, price: Price, note: Note) -> str:
    """Delete a closing price; the id under which it is kept."""
    prices.forget(fund_id, price.on)
    return _put(session, Gone({}, {fund_id: [price]}, price.on), note)


def bring_back(session: Session, prices: PriceStore, deleted_id: str, at: datetime, today: date) -> Note:
    """Put back what was deleted, under its old ids, and make again what follows from it.

    :raises NotKept: there is nothing under this id
    :raises InTheWay: something else has its place
    :raises Refused: the entries that were made since do not go with it
    """
    columns = (Deleted.kind, Deleted.name, Deleted.on, Deleted.at, Deleted.content)
    kept = Deleted.id == deleted_id, Deleted.at >= at - KEPT
    found = session.execute(delete(Deleted).where(*kept).returning(*columns)).first()
    if found is None:
        raise NotKept(deleted_id)
    gone = _read(found.content)
    _check(session, gone)
    _check_prices(prices, gone)
    for name in _TABLES:
        if rows := gone.rows.get(name):
            again = dict.fromkeys(_MADE_AGAIN.get(name, ()))
            session.connection().execute(insert(_TABLES[name]), [row | again for row in rows])
    for fund_id, closes in gone.prices.items():
        prices.keep(fund_id, closes)
    if changed := dict.fromkeys(_touched(session, gone), gone.since):
        keep(session, prices, changed, today)
    return Note(found.kind, found.name, found.on, found.at)


def kept_now(session: Session, at: datetime) -> list[Deleted]:
    """What can be brought back, the last deleted first."""
    query = select(Deleted).where(Deleted.at >= at - KEPT).order_by(Deleted.at.desc(), Deleted.id)
    return list(session.scalars(query))


def _belonging(session: Session, table: Table, where: ColumnElement[bool]) -> Rows:
    """A table's rows, and those of other tables that refer to them: tables come after those they refer to."""
    found: Rows = {table.name: [dict(row) for row in session.execute(select(table).where(where)).mappings()]}
    for child in _TABLES.values():
        if child.name in _LEFT_OUT:
            continue
        rows: dict[tuple[Any, ...], Row] = {}
        for key in child.foreign_keys:
            parents = [row[key.column.key] for row in found.get(key.column.table.name, ())]
            for some in _chunks(parents):
                for row in session.execute(select(child).where(key.parent.in_(some))).mappings():
                    rows[tuple(row[column.key] for column in child.primary_key)] = dict(row)
        if rows:
            found[child.name] = list(rows.values())
    return found


def _put(session: Session, gone: Gone, note: Note) -> str:
    prices = {fund_id: [(on, price) for on, price in closes] for fund_id, closes in gone.prices.items()}
    text = json.dumps({"rows": gone.rows, "prices": prices, "since": gone.since}, default=str)
    content = zlib.compress(text.encode())
    session.execute(delete(Deleted).where(Deleted.at < note.at - KEPT))
    room = _ROOM - len(content)
    for kept_id, size in session.execute(select(Deleted.id, Deleted.size).order_by(Deleted.at.desc())).all():
        room -= size
        if room < 0:
            session.execute(delete(Deleted).where(Deleted.id == kept_id))
    made = Deleted(**note._asdict(), content=content, size=len(content))
    session.add(made)
    session.flush()
    return made.id


def _read(content: bytes) -> Gone:
    found = json.loads(zlib.decompress(content))
    prices = {
        fund_id: [Price(date.fromisoformat(on), Decimal(price)) for on, price in closes]
        for fund_id, closes in found["prices"].items()
    }
    rows = {name: [_typed(name, row) for row in rows] for name, rows in found["rows"].items()}
    return Gone(rows, prices, date.fromisoformat(found["since"]))


def _typed(name: str, row: Row) -> Row:
    """A row's values as its columns have them.

    :raises InTheWay: they are of other columns than there are now
    """
    table = _TABLES.get(name)
    if table is None or {column.key for column in table.columns} != row.keys():
        raise InTheWay("It was deleted by another version of this app, which knew other fields.")
    return {column.key: _value(column, row[column.key]) for column in table.columns}


def _value(column: Any, value: Any) -> Any:
    kind = getattr(column.type, "impl_instance", column.type).python_type
    if value is None:
        return None
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value


def _check(session: Session, gone: Gone) -> None:
    """That what the rows belong to is there, and that nothing has their place."""
    for name, rows in gone.rows.items():
        table = _TABLES[name]
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            parent = key.column.table.name
            there = {row[key.column.key] for row in gone.rows.get(parent, ())}
            wanted = {row[key.parent.key] for row in rows} - there
            if wanted - set(_there(session, (key.column,), [(value,) for value in wanted])):
                raise InTheWay(_parent_gone(parent))
        for unique in _uniques(table):
            columns = tuple(unique)
            places = [tuple(row[column.key] for column in columns) for row in rows]
            taken = set(_there(session, columns, places))
            for row, place in zip(rows, places, strict=True):
                if (place if len(place) > 1 else place[0]) in taken:
                    is_id = unique is table.primary_key and len(columns) == 1
                    told = "It is there already." if is_id else _TAKEN[name]
                    raise InTheWay(told.format(**row))


def _check_prices(prices: PriceStore, gone: Gone) -> None:
    new = {fund["id"] for fund in gone.rows.get("fund", ())}
    for fund_id, closes in gone.prices.items():
        for on, _ in () if fund_id in new else closes:
            last = prices.latest([fund_id], on).get(fund_id)
            if last is not None and last.on == on:
                raise InTheWay(f"There is another price of {on} by now.")


def _uniques(table: Table) -> Iterator[Iterable[Any]]:
    """The columns of each of a table's unique keys."""
    yield table.primary_key
    yield from (found for found in table.constraints if isinstance(found, UniqueConstraint))


def _there(session: Session, columns: tuple[Any, ...], places: list[tuple[Any, ...]]) -> Iterator[Any]:
    """Which of these values of columns are in the table."""
    for some in _chunks(places):
        if len(columns) == 1:
            yield from session.scalars(select(columns[0]).where(columns[0].in_([one for (one,) in some])))
        else:
            rows = session.execute(select(*columns).where(tuple_(*columns).in_(some)))
            yield from (tuple(row) for row in rows)


def _parent_gone(name: str) -> str:
    noun = _NAMES.get(name, name.replace("_", " "))
    return f"The {noun} that it belongs to is deleted. Bring that back first."


def _touched(session: Session, gone: Gone) -> set[str]:
    """The positions whose figures follow from it."""
    rows = [(name, row) for name, found in gone.rows.items() for row in found]
    positions = {row["id"] for name, row in rows if name == "position"}
    positions |= {row["position_id"] for _, row in rows if "position_id" in row}
    funds = {row["fund_id"] for name, row in rows if name == "fund_split"} | gone.prices.keys()
    for fund_id in funds:
        positions |= set(positions_of_fund(session, fund_id))
    for name, row in rows:
        if name == "exchange_rate":
            positions |= set(positions_between(session, row["base"], row["quote"]))
    return positions


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
