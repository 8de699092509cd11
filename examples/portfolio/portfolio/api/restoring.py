"""An export taken in again, into a database without portfolios and funds: a move to another server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Literal, TypeVar

from pydantic import ValidationError
from sqlalchemy import select

from .. import settings
from ..domain.history import Price
from ..files import tables
from ..files.unpacking import Line, unpacked
from ..ledger.keeping import ALWAYS, keep
from ..ledger.prices import upsert
from ..models import Dividend, ExchangeRate, Fund, FundSplit, Portfolio, Position, Trade
from . import dividends, rates, shapes, transactions
from .operations import Work, operation
from .owner import SettingsShape
from .payload import Archive
from .problems import Problem, faults_of
from .wire import Day, Id, Wire

W = TypeVar("W", bound=Wire)
#: A position by its portfolio's id and its fund's ISIN.
Positions = Mapping[tuple[str, str], str]


class Restored(Wire):
    """How much there is now."""

    portfolios: int
    funds: int
    transactions: int
    dividends: int
    prices: int


class _Portfolio(shapes.PortfolioIn):
    id: Id
    is_archived: bool


class _Fund(shapes.FundIn):
    id: Id


class _Dividend(dividends.DividendIn):
    dividend_type: Literal["cash", "stock"]


class _Close(shapes.PriceIn):
    isin: str
    date: Day


@operation("POST", "/imports/everything")
def import_everything(work: Work, upload: Archive) -> Restored:
    """Take in an archive of /api/export, all or nothing. Refused with 409 where there are portfolios or funds
    already.
    """
    if work.session.scalar(select(Portfolio.id).limit(1)) or work.session.scalar(select(Fund.id).limit(1)):
        raise Problem(409, "There are portfolios or funds already; an export goes where none are.", "exists")
    try:
        sheets = unpacked(upload.data)
    except tables.Refused as refused:
        raise Problem(422, refused.fault.detail, "no-such-file", rows=[refused.fault._asdict()]) from None
    return restored(work, sheets)


def restored(work: Work, sheets: Mapping[str, list[Line]]) -> Restored:
    """Put rows of an export into an empty database.

    :raises Problem: 422, a row is none
    """
    session = work.session
    for line in sheets["portfolios"]:
        session.add(Portfolio(**_read(_Portfolio, "portfolios", line).model_dump()))
    for line in sheets["funds"]:
        session.add(Fund(**_read(_Fund, "funds", line).model_dump()))
    session.flush()
    funds = {isin: fund_id for fund_id, isin in session.execute(select(Fund.id, Fund.isin))}
    places = _positions(work, sheets["portfolio-funds"], funds)
    for line in sheets["splits"]:
        body = _read(shapes.SplitIn, "splits", line, "isin")
        fund_id = _of(funds, line.cells.get("isin", ""), "splits", line)
        session.add(FundSplit(fund_id=fund_id, on=body.date, new=body.new, old=body.old))
    _entries(work, sheets, places)
    quoted = [_read(rates.RateIn, "exchange-rates", line) for line in sheets["exchange-rates"]]
    names = ("base", "quote", "rate", "date")
    rows = [dict(zip(names, rate.model_dump().values(), strict=True)) for rate in quoted]
    upsert(session, ExchangeRate, rows)
    closes = [_read(_Close, "prices", line) for line in sheets["prices"]]
    _not_after(
        work, "prices", ((line, close.date) for line, close in zip(sheets["prices"], closes, strict=True))
    )
    for isin, found in groupby(closes, key=lambda close: close.isin):
        fund_id = _of(funds, isin, "prices", Line(1, {}))
        work.prices.keep(fund_id, [Price(close.date, close.price) for close in found])
    chosen = {line.cells.get("name", ""): line.cells.get("value", "") for line in sheets["settings"]}
    kept = _read(SettingsShape, "settings", Line(1, chosen))
    settings.write(session, kept.model_dump(exclude_unset=True))
    keep(session, work.prices, dict.fromkeys(places.values(), ALWAYS), work.today)
    counted = ("portfolios", "funds", "transactions", "dividends", "prices")
    return Restored(**{name: len(sheets[name]) for name in counted})


def _positions(work: Work, lines: Iterable[Line], funds: Mapping[str, str]) -> Positions:
    made: dict[tuple[str, str], Position] = {}
    for line in lines:
        isin = line.cells.get("isin", "")
        place = (line.cells.get("portfolio_id", ""), isin)
        made[place] = Position(portfolio_id=place[0], fund_id=_of(funds, isin, "portfolio-funds", line))
    work.session.add_all(made.values())
    work.session.flush()
    return {place: position.id for place, position in made.items()}


def _entries(work: Work, sheets: Mapping[str, list[Line]], places: Positions) -> None:
    #: What is said of an entry besides, for those who read the sheet.
    about = ("portfolio_id", "portfolio", "isin", "fund", "currency")
    trades: list[tuple[Line, date]] = []
    for line in sheets["transactions"]:
        figures = ("amount",) if line.cells.get("type") != "fee" else ("shares", "cost_per_share")
        entered = _entered(line, (*about, "cost_basis", "realized_gain_loss", *figures))
        place = _place(places, "transactions", line)
        whole = Line(line.number, entered | {"portfolio_fund_id": place})
        trade = _read(transactions.TransactionIn, "transactions", whole)
        work.session.add(Trade(position_id=place, **transactions.columns_of(trade)))
        trades.append((line, trade.date))
    _not_after(work, "transactions", trades)
    for line in sheets["dividends"]:
        entered = _entered(line, (*about, "shares_owned", "total_amount"))
        place = _place(places, "dividends", line)
        whole = Line(line.number, entered | {"portfolio_fund_id": place})
        dividend = _read(_Dividend, "dividends", whole)
        columns = dividends.columns_of(dividend)
        work.session.add(Dividend(position_id=place, pays=dividend.dividend_type, **columns))
    work.session.flush()


def _not_after(work: Work, sheet: str, found: Iterable[tuple[Line, date]]) -> None:
    for line, on in found:
        if on > work.today:
            raise _wrong(sheet, line, f"{on} is after today.")


def _entered(line: Line, left_out: Iterable[str]) -> dict[str, str]:
    return {name: cell for name, cell in line.cells.items() if name not in set(left_out)}


def _place(places: Positions, sheet: str, line: Line) -> str:
    place = (line.cells.get("portfolio_id", ""), line.cells.get("isin", ""))
    return _of(places, place, sheet, line)


def _of(found: Mapping[Any, str], key: Any, sheet: str, line: Line) -> str:
    if key not in found:
        raise _wrong(sheet, line, f"There is no {' with '.join([key] if isinstance(key, str) else key)}.")
    return found[key]


def _read(shape: type[W], sheet: str, line: Line, *left_out: str) -> W:
    try:
        return shape.model_validate(_entered(line, left_out))
    except ValidationError as error:
        fault = faults_of(error)[0]
        raise _wrong(sheet, line, f"{fault.pointer[2:]} {fault.detail}".strip()) from None


def _wrong(sheet: str, line: Line, detail: str) -> Problem:
    row = {"line": line.number, "column": "", "detail": f"{sheet}.csv: {detail}"}
    return Problem(
        422, f"{sheet}.csv, line {line.number}: {detail} Nothing was imported.", "rows", rows=[row]
    )
