"""The orders in which transactions are listed, and where a list goes on in each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Float, Select, cast, func, literal, tuple_

from ..models import Fund, Gain, Position, Trade
from . import cursor

#: What they are sorted by; with "-" the last comes first. What has no gain counts as 0.
Order = Literal[
    "date",
    "-date",
    "fund",
    "-fund",
    "type",
    "-type",
    "shares",
    "-shares",
    "costPerShare",
    "-costPerShare",
    "total",
    "-total",
    "realizedGainLoss",
    "-realizedGainLoss",
]


def in_order(
    statement: Select[Trade, Position, Fund, Gain], order: Order, dialect: str, after: str | None
) -> Select[Any]:
    """The statement in that order, from the cursor ``after`` on; each row ends with what it is sorted by
    before its date and its id, for `cursor_at`.

    :raises Problem: it is no cursor of this order
    """
    key = _key(order.lstrip("-"), dialect)
    row = (key.of, Trade.on, Trade.id)
    if after is not None:
        place = tuple_(*(literal(value) for value in _place(after, order, key)))
        statement = statement.where(tuple_(*row) < place if order[0] == "-" else tuple_(*row) > place)
    by = (one.desc() if order[0] == "-" else one.asc() for one in row)
    return statement.add_columns(key.of).order_by(*by)


def cursor_at(order: Order, value: Any, trade: Trade) -> str:
    """The cursor of what comes after a transaction, whose key is ``value``."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return cursor.encode(order, text, trade.on.isoformat(), trade.id)


class _Key(NamedTuple):
    """An expression, and how its value is read from a cursor."""

    of: ColumnElement[Any]
    read: Callable[[str], Any]


def _key(name: str, dialect: str) -> _Key:
    """Numbers are compared as floats, which are never shown: what comes out equal is told apart by date and
    id.
    """

    def number(column: Any) -> ColumnElement[Any]:
        steps = 10**column.type.scale if dialect == "sqlite" else 1
        return cast(column, Float) / float(steps)

    match name:
        case "date":
            return _Key(Trade.on.expression, date.fromisoformat)
        case "fund":
            return _Key(func.lower(Fund.name), str)
        case "type":
            return _Key(Trade.kind.expression, str)
        case "shares":
            return _Key(number(Trade.shares), float)
        case "costPerShare":
            return _Key(number(Trade.price), float)
        case "total":
            return _Key(number(Trade.shares) * number(Trade.price) + number(Trade.amount), float)
        case _:
            return _Key(func.coalesce(number(Gain.realised), 0.0), float)


def _place(after: str, order: Order, key: _Key) -> tuple[Any, date, str]:
    try:
        value, on, trade_id = cursor.decode(after, order)
        if "\0" in value + trade_id:
            raise ValueError
        (value + trade_id).encode()
        return key.read(value), date.fromisoformat(on), trade_id
    except ValueError:
        raise cursor.not_of_this_list() from None
