"""Files in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Literal, TypeVar

from flask import Response
from pydantic import AfterValidator, Field
from sqlalchemy import insert, select

from ..files import closes, exporting, tables, trades
from ..files.tables import Choices
from ..ledger.keeping import keep
from ..logs import logger
from ..models import Trade
from ..models.base import new_id, now
from . import funds, positions
from .operations import Work, operation
from .payload import Upload
from .problems import Problem
from .wire import Id, Plain, Wire

log = logger("transaction")
#: Rows that a preview shows, and faults that an answer lists.
_SHOWN = 100


P = TypeVar("P")
#: What is being done, and how many rows of how many are.
Told = Callable[[str, int, int], None]


def _known(way: str) -> str:
    if way and way not in tables.DATES:
        raise ValueError(f"is none of {', '.join(tables.DATES)}")
    return way


_WAYS = Field(json_schema_extra={"enum": ["", *tables.DATES]})


class ImportQuery(Wire):
    """What to do with a file. ``dates`` and ``decimal`` settle what it leaves open."""

    preview: bool = False
    dates: Annotated[str, AfterValidator(_known), _WAYS] = ""
    decimal: Literal["", ".", ","] = ""


class TransactionImport(ImportQuery):
    """Into which position, and what to do with rows that are there already."""

    portfolio_fund_id: Id
    duplicates: Literal["refuse", "skip", "keep"] = "refuse"


class PriceImport(ImportQuery):
    """Of which fund."""

    fund_id: Id


class RowFault(Wire):
    """What is wrong with a line of the file."""

    line: int
    column: str
    detail: str


class TransactionRow(Wire):
    """A row as it was understood."""

    line: int
    date: date
    type: str
    shares: Plain
    cost_per_share: Plain
    amount: Plain
    is_duplicate: bool
    same_as_line: int | None


class Imported(Wire):
    """What came of a file; of a preview what would come of it. ``rows`` are the first hundred."""

    imported: int
    skipped: int
    faults: list[RowFault]
    fault_count: int
    warnings: list[str]
    date_format: str
    rows: list[TransactionRow]
    duplicate_count: int


class Template(Wire):
    """What a file has to look like."""

    headers: list[str]
    example: list[str]
    description: str


@operation("POST", "/imports/transactions")
def import_transactions(work: Work, query: TransactionImport, upload: Upload) -> Imported:
    """Import a file of transactions, all or nothing; with ``preview`` only say what would happen."""
    return imported(work, query, upload.data)


def imported(
    work: Work, query: TransactionImport, data: bytes, told: Told = lambda stage, done, total: None
) -> Imported:
    """Import a file of transactions; ``told`` is given now and then how far it is."""
    position_id = positions.one(work, query.portfolio_fund_id).id
    work.session.commit()  # while a large file is read, others may write
    parsed = _parsed(lambda: trades.parse(data, _choices(query), work.today, partial(told, "reading")))
    told("writing", len(parsed.rows), len(parsed.rows))  # the last word: from here on it is one transaction
    columns = (Trade.on, Trade.kind, Trade.shares, Trade.price, Trade.amount)
    there = work.session.execute(select(*columns).where(Trade.position_id == position_id))
    known = [(on, kind, shares, price, amount) for on, kind, shares, price, amount in there]
    doubled = {found.line: found for found in trades.duplicates(parsed.rows, known)}
    kept = [row for row in parsed.rows if query.duplicates != "skip" or row.line not in doubled]
    answer = Imported(
        imported=0 if parsed.faults else len(kept),
        skipped=len(parsed.rows) - len(kept),
        faults=[RowFault(**fault._asdict()) for fault in parsed.faults[:_SHOWN]],
        fault_count=len(parsed.faults),
        warnings=list(parsed.warnings),
        date_format=parsed.dates,
        rows=[_row(row, doubled.get(row.line)) for row in parsed.rows[:_SHOWN]],
        duplicate_count=len(doubled),
    )
    if query.preview:
        return answer
    _whole(answer)
    if doubled and query.duplicates == "refuse":
        raise Problem(
            409,
            f"{len(doubled)} rows are there already, the first on line {min(doubled)}. Skip them, or "
            "keep them.",
            "duplicates",
            lines=sorted(doubled)[:_SHOWN],
        )
    if kept:
        _insert(work, position_id, kept)
    log.info("%d transactions were imported.", len(kept))
    return answer


def _insert(work: Work, position_id: str, rows: list[trades.Row]) -> None:
    made = now()
    work.session.connection().execute(
        insert(Trade),
        [
            {
                "id": new_id(),
                "position_id": position_id,
                "date": row.on,
                "kind": row.kind,
                "shares": row.shares,
                "price": row.price,
                "amount": row.amount,
                "version": 1,
                "created_at": made,
            }
            for row in rows
        ],
    )
    keep(work.session, work.prices, {position_id: min(row.on for row in rows)}, work.today)


@operation("POST", "/imports/prices")
def import_prices(work: Work, query: PriceImport, upload: Upload) -> Imported:
    """Import a file of closing prices, all or nothing; days that are there are replaced."""
    funds.one(work, query.fund_id)
    parsed = _parsed(lambda: closes.parse(upload.data, _choices(query), work.today))
    answer = Imported(
        imported=0 if parsed.faults else len(parsed.prices),
        skipped=0,
        faults=[RowFault(**fault._asdict()) for fault in parsed.faults[:_SHOWN]],
        fault_count=len(parsed.faults),
        warnings=list(parsed.warnings),
        date_format=parsed.dates,
        rows=[],
        duplicate_count=0,
    )
    if query.preview:
        return answer
    _whole(answer)
    if parsed.prices:
        work.prices.keep(query.fund_id, parsed.prices)
        funds.keep_fund(work, query.fund_id, min(price.on for price in parsed.prices))
    logger("fund").info("%d prices were imported.", len(parsed.prices))
    return answer


@operation("GET", "/imports/transactions/template")
def transaction_template() -> Template:
    """What a file of transactions has to look like."""
    return Template(
        headers=list(trades.COLUMNS),
        example=["2024-03-21", "buy", "10.5", "101.25"],
        description="One file is one fund in one portfolio. Types are buy, sell and fee; a fee has its "
        "amount in cost_per_share. Save it as CSV.",
    )


@operation("GET", "/imports/prices/template")
def price_template() -> Template:
    """What a file of prices has to look like."""
    return Template(
        headers=["date", "price"],
        example=["2024-03-21", "101.25"],
        description="One file is one fund. A day that is there is replaced.",
    )


@operation("GET", "/export")
def export_everything(work: Work) -> Response:
    """Everything, as CSV files in one archive."""
    response = Response(exporting.archive(work.session, work.prices, work.today), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="portfolio-{work.today}.zip"'
    return response


@operation("GET", "/export/<sheet>.csv")
def export_sheet(work: Work, sheet: exporting.Sheet) -> Response:
    """One file of the export: all portfolios, all funds, and so on."""
    if sheet not in exporting.NAMES:
        raise Problem(404, f"There is no {sheet}.csv, but {', '.join(exporting.NAMES)}.", "not-found")
    return _file(exporting.sheet(work.session, work.prices, sheet), f"{sheet}.csv")


@operation("GET", "/portfolio-funds/<uuid:position_id>/transactions.csv")
def export_position(work: Work, position_id: str) -> Response:
    """A position's transactions, as an import takes them."""
    positions.one(work, position_id)
    return _file(exporting.rows_of(work.session, exporting.transactions_of(position_id)), "transactions.csv")


def _parsed(parse: Callable[[], P]) -> P:
    try:
        return parse()
    except tables.Refused as refused:
        fault = refused.fault._asdict()
        raise Problem(422, refused.fault.detail, "no-such-file", rows=[fault]) from None


def _whole(answer: Imported) -> None:
    if answer.fault_count:
        raise Problem(
            422,
            f"{answer.fault_count} things are wrong with the file. Nothing was imported.",
            "rows",
            rows=[fault.model_dump() for fault in answer.faults],
        )


def _choices(query: ImportQuery) -> Choices:
    return Choices(query.dates, query.decimal)


def _row(row: trades.Row, doubled: trades.Duplicate | None) -> TransactionRow:
    return TransactionRow(
        line=row.line,
        date=row.on,
        type=row.kind,
        shares=row.shares,
        cost_per_share=row.price,
        amount=row.amount,
        is_duplicate=doubled is not None,
        same_as_line=doubled.of_line if doubled else None,
    )


def _file(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/csv", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
