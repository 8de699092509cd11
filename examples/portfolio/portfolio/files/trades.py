"""Rows as transactions: the columns ``date,type,shares,cost_per_share``, in any order; others are ignored.

A fee has its amount in ``cost_per_share`` and no shares, as the original's files have it, or in a column
``amount``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..domain.money import MOST_AMOUNT, MOST_PRICE, MOST_SHARES, SHARE, ZERO
from . import tables
from .tables import Choices, Fault, Refused

COLUMNS = ("date", "type", "shares", "cost_per_share")
KINDS = ("buy", "sell", "fee")
_FIRST = date(1900, 1, 1)
#: Rows between two words about how far it is.
_STEP = 2000
#: Day, kind, shares, price, amount.
Content = tuple[date, str, Decimal, Decimal, Decimal]


class Row(NamedTuple):
    """A transaction of a file, and the line it is on."""

    line: int
    on: date
    kind: str
    shares: Decimal
    price: Decimal
    amount: Decimal

    @property
    def content(self) -> Content:
        """What two transactions have in common that are one."""
        return (self.on, self.kind, self.shares, self.price, self.amount)


class Duplicate(NamedTuple):
    """A row that is there already: in the portfolio, or on an earlier line."""

    line: int
    of_line: int | None


class Parsed(NamedTuple):
    """A file as it was understood. With faults nothing of it is imported."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]
    dates: str


def parse(
    data: bytes, choices: Choices, today: date, told: Callable[[int, int], None] = lambda done, total: None
) -> Parsed:
    """The transactions of a file, and all that is wrong with it.

    :param told: is given now and then how many rows are read, and how many there are
    :raises Refused: it is no file of transactions
    """
    table = tables.read(data)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing and "price" in table.columns and "date" in table.columns:
        raise Refused("This is a file of prices; import it at the fund.")
    if missing:
        raise Refused(f"The first line lacks {', '.join(missing)}. It has to be {','.join(COLUMNS)}.")
    dated, faults = tables.dates_of(((line, row["date"]) for line, row in table.rows), "date", choices.dates)
    names = ("shares", "cost_per_share", "amount")
    cells = (row.get(name, "") for _, row in table.rows for name in names)
    number = tables.numbers_of(cells, choices.decimal)
    rows: list[Row] = []
    wrong: list[Fault] = []
    for start in range(0, len(table.rows), _STEP):
        told(start, len(table.rows))
        for line, texts in table.rows[start : start + _STEP]:
            row, bad = _row(line, texts, dated.days.get(line), number, today)
            rows += [row] if row else []
            wrong += bad
    faults = sorted([*table.faults, *faults, *wrong])
    return Parsed(tuple(rows), tuple(faults), table.warnings, dated.way)


def duplicates(rows: Iterable[Row], there: Iterable[Content]) -> list[Duplicate]:
    """The rows that are there already. Of two equal rows the second is one as well."""
    known, first = Counter(there), dict[Content, int]()
    found: list[Duplicate] = []
    for row in rows:
        if known[row.content]:
            known[row.content] -= 1
            found.append(Duplicate(row.line, None))
        elif row.content in first:
            found.append(Duplicate(row.line, first[row.content]))
        first.setdefault(row.content, row.line)
    return found


def _row(
    line: int, cells: Mapping[str, str], on: date | None, number: Callable[[str], Decimal], today: date
) -> tuple[Row | None, list[Fault]]:
    """A line's transaction, unless something is wrong with it."""
    wrong: list[Fault] = []
    kind = cells["type"].lower()
    if kind not in KINDS:
        wrong.append(Fault(line, "type", f"{cells['type']!r} is none of {', '.join(KINDS)}."))
    if on is not None and not _FIRST <= on <= today:
        wrong.append(Fault(line, "date", f"{on} is before {_FIRST} or after today."))
    row = Row(line, on or _FIRST, kind, ZERO, ZERO, ZERO)
    if kind == "fee":
        amount, bad = number_in(line, "amount", cells.get("amount") or cells["cost_per_share"], number)
        row = row._replace(amount=amount)
        wrong += bad or limits_of(line, "amount", amount, MOST_AMOUNT, Decimal("0.0001"))
    elif kind in KINDS:
        shares, bad = number_in(line, "shares", cells["shares"], number)
        wrong += bad or limits_of(line, "shares", shares, MOST_SHARES, SHARE)
        price, bad = number_in(line, "cost_per_share", cells["cost_per_share"], number)
        wrong += bad or limits_of(line, "cost_per_share", price, MOST_PRICE, SHARE)
        row = row._replace(shares=shares, price=price)
    return (None if on is None or wrong else row), wrong


def number_in(
    line: int, column: str, text: str, number: Callable[[str], Decimal]
) -> tuple[Decimal, list[Fault]]:
    """A cell's number, and what is wrong with it, if anything."""
    if not text:
        return ZERO, [Fault(line, column, "There is no number.")]
    try:
        return number(text), []
    except ValueError as error:
        return ZERO, [Fault(line, column, f"{error}.")]


def limits_of(line: int, column: str, value: Decimal, most: Decimal, step: Decimal) -> list[Fault]:
    """What is wrong with a number, if anything."""
    if value <= 0:
        return [Fault(line, column, f"{value} is not more than 0.")]
    if value >= most:
        return [Fault(line, column, f"{value:,f} is too much: it has to be below {most:,f}.")]
    if value % step:
        return [Fault(line, column, f"{value:f} has more than {-int(step.adjusted())} decimals.")]
    return []
