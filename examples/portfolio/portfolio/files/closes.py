"""Rows as closing prices: the columns ``date,price``."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ..domain.history import Price
from ..domain.money import MOST_PRICE, SHARE
from . import tables
from .tables import Choices, Fault, Refused
from .trades import limits_of, number_in


class Parsed(NamedTuple):
    """A file as it was understood. With faults nothing of it is imported."""

    prices: tuple[Price, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]
    dates: str


def parse(data: bytes, choices: Choices, today: date) -> Parsed:
    """The prices of a file, and all that is wrong with it.

    :raises Refused: it is no file of prices
    """
    table = tables.read(data)
    if "type" in table.columns and "shares" in table.columns:
        raise Refused("This is a file of transactions; import it at the portfolio.")
    missing = [name for name in ("date", "price") if name not in table.columns]
    if missing:
        raise Refused(f"The first line lacks {', '.join(missing)}. It has to be date,price.")
    dated, found = tables.dates_of(((line, row["date"]) for line, row in table.rows), "date", choices.dates)
    faults = [*table.faults, *found]
    number = tables.numbers_of((row["price"] for _, row in table.rows), choices.decimal)
    prices: dict[date, Price] = {}
    lines: dict[date, int] = {}
    for line, row in table.rows:
        price, wrong = number_in(line, "price", row["price"], number)
        wrong = wrong or limits_of(line, "price", price, MOST_PRICE, SHARE)
        on = dated.days.get(line)
        if on is not None and on > today:
            wrong.append(Fault(line, "date", f"{on} is after today."))
        if on is not None and on in prices and prices[on].price != price:
            wrong.append(Fault(line, "price", f"Line {lines[on]} has another price for {on}."))
        faults += wrong
        if on is not None and not wrong:
            prices[on] = Price(on, price)
            lines.setdefault(on, line)
    return Parsed(tuple(prices.values()), tuple(sorted(faults)), table.warnings, dated.way)
