"""Everything, as files of comma-separated values in one archive."""

from __future__ import annotations

import csv
import io
import typing
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from ..ledger.prices import PriceStore
from ..models import (
    Dividend,
    ExchangeRate,
    Fund,
    FundSplit,
    Gain,
    Payout,
    Portfolio,
    Position,
    Setting,
    Trade,
)

#: What a spreadsheet would run as a formula. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_QUOTE = "'"


def portfolios() -> Executable:
    return select(
        Portfolio.id,
        Portfolio.name,
        Portfolio.description,
        Portfolio.currency,
        Portfolio.method,
        Portfolio.is_archived,
        Portfolio.exclude_from_overview,
    ).order_by(Portfolio.name)


def funds() -> Executable:
    return select(
        Fund.id,
        Fund.name,
        Fund.isin,
        Fund.symbol,
        Fund.currency,
        Fund.exchange,
        Fund.investment_type,
        Fund.dividend_type,
    ).order_by(Fund.name)


def positions() -> Executable:
    columns = (Portfolio.id.label("portfolio_id"), Portfolio.name.label("portfolio"), Fund.isin)
    return (
        select(*columns, Fund.name.label("fund"))
        .select_from(Position)
        .join(Fund, Fund.id == Position.fund_id)
        .join(Portfolio, Portfolio.id == Position.portfolio_id)
        .order_by(Portfolio.name, Portfolio.id, Fund.isin)
    )


def transactions() -> Executable:
    return (
        select(
            Portfolio.id.label("portfolio_id"),
            Portfolio.name.label("portfolio"),
            Fund.isin,
            Fund.name.label("fund"),
            Fund.currency,
            Trade.on.label("date"),
            Trade.kind.label("type"),
            Trade.shares,
            Trade.price.label("cost_per_share"),
            Trade.amount,
            Gain.basis.label("cost_basis"),
            Gain.realised.label("realized_gain_loss"),
        )
        .join(Position, Position.id == Trade.position_id)
        .join(Fund, Fund.id == Position.fund_id)
        .join(Portfolio, Portfolio.id == Position.portfolio_id)
        .outerjoin(Gain, Gain.trade_id == Trade.id)
        .order_by(Portfolio.name, Fund.isin, Trade.on, Trade.id)
    )


def transactions_of(position_id: str) -> Executable:
    """One position's, in the columns that an import takes."""
    columns = (Trade.on.label("date"), Trade.kind.label("type"), Trade.shares)
    return (
        select(*columns, Trade.price.label("cost_per_share"), Trade.amount)
        .where(Trade.position_id == position_id)
        .order_by(Trade.on, Trade.id)
    )


def dividends() -> Executable:
    return (
        select(
            Portfolio.id.label("portfolio_id"),
            Portfolio.name.label("portfolio"),
            Fund.isin,
            Fund.name.label("fund"),
            Fund.currency,
            Dividend.record_on.label("record_date"),
            Dividend.ex_on.label("ex_dividend_date"),
            Dividend.per_share.label("dividend_per_share"),
            Dividend.pays.label("dividend_type"),
            Payout.owned.label("shares_owned"),
            Payout.total.label("total_amount"),
            Dividend.buy_order_on.label("buy_order_date"),
            Dividend.reinvested_shares.label("reinvestment_shares"),
            Dividend.reinvested_price.label("reinvestment_price"),
        )
        .join(Position, Position.id == Dividend.position_id)
        .join(Fund, Fund.id == Position.fund_id)
        .join(Portfolio, Portfolio.id == Position.portfolio_id)
        .outerjoin(Payout, Payout.dividend_id == Dividend.id)
        .order_by(Portfolio.name, Fund.isin, Dividend.record_on)
    )


def splits() -> Executable:
    return (
        select(Fund.isin, FundSplit.on.label("date"), FundSplit.new, FundSplit.old)
        .join(Fund, Fund.id == FundSplit.fund_id)
        .order_by(Fund.isin, FundSplit.on)
    )


def exchange_rates() -> Executable:
    columns = (ExchangeRate.base.label("from_currency"), ExchangeRate.quote.label("to_currency"))
    return select(*columns, ExchangeRate.on.label("date"), ExchangeRate.rate).order_by(
        ExchangeRate.base, ExchangeRate.quote, ExchangeRate.on
    )


def settings() -> Executable:
    return select(Setting.name, Setting.value).order_by(Setting.name)


SHEETS: dict[str, Callable[[], Executable]] = {
    "portfolios": portfolios,
    "funds": funds,
    "portfolio-funds": positions,
    "transactions": transactions,
    "dividends": dividends,
    "splits": splits,
    "exchange-rates": exchange_rates,
    "settings": settings,
}
#: All that there is; prices are not always in the database.
Sheet = Literal[
    "portfolios",
    "funds",
    "portfolio-funds",
    "transactions",
    "dividends",
    "splits",
    "exchange-rates",
    "settings",
    "prices",
]
NAMES: tuple[str, ...] = typing.get_args(Sheet)


def sheet(session: Session, prices: PriceStore, name: str) -> str:
    """One of NAMES as a file."""
    return _prices(session, prices) if name == "prices" else rows_of(session, SHEETS[name]())


def _prices(session: Session, prices: PriceStore) -> str:
    funds = session.execute(select(Fund.id, Fund.isin).order_by(Fund.isin)).all()
    found = prices.of([fund.id for fund in funds])
    rows = ((fund.isin, *price) for fund in funds for price in found.get(fund.id, ()))
    return written(("isin", "date", "price"), rows)


def rows_of(session: Session, query: Executable) -> str:
    """A query's rows as a file."""
    found = session.execute(query)
    return written(list(found.keys()), found)


def written(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Rows as a file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def archive(session: Session, prices: PriceStore, today: date) -> bytes:
    """All sheets in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in NAMES:
            packed.writestr(f"portfolio-{today}/{name}.csv", sheet(session, prices, name))
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, str) and value.startswith((*_FORMULAS, _QUOTE)):
        return _QUOTE + value
    return str(value)


def text_of(cell: str) -> str:
    """The text that a cell was made of."""
    return cell[1:] if cell.startswith(tuple(_QUOTE + mark for mark in (*_FORMULAS, _QUOTE))) else cell
