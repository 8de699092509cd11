"""What charts draw: portfolios and funds day by day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from operator import add
from typing import Annotated, Any

from pydantic import Field

from ..domain.currency import unchanged
from ..domain.refusals import MissingRate
from ..ledger import histories
from ..ledger.histories import AMOUNTS, FUND_FIGURES, Row
from ..ledger.keeping import catch_up
from ..ledger.loading import load_rates
from ..settings import read
from . import portfolios
from .operations import Work, operation
from .problems import NotFound
from .shapes import SpanQuery
from .wire import Id, Plains, Wire


class DaysQuery(SpanQuery):
    """``points`` is how many days are wanted at most: equally far apart, the last one among them."""

    points: Annotated[int, Field(ge=2, le=10_000)] | None = None


class HistoryQuery(DaysQuery):
    """Of which portfolio; without it of all that are in the overview. With ``totalOnly`` their sum alone."""

    portfolio_id: Id | None = None
    total_only: bool = False


class Series(Wire):
    """One portfolio day by day; null where it had not begun. Money is in its base currency."""

    id: str
    name: str
    currency: str
    value: Plains
    cost: Plains
    realized: Plains
    unrealized: Plains
    gain: Plains
    dividends: Plains
    missing: int


class History(Wire):
    """Days, and for each portfolio a figure for each day. ``total`` is in the currency of the settings."""

    dates: list[date]
    portfolios: list[Series]
    total: Series | None
    missing_rates: list[str]


class FundSeries(Wire):
    """One fund of a portfolio day by day, in the fund's currency; null where it was not held yet."""

    portfolio_fund_id: str
    fund_id: str
    fund_name: str
    currency: str
    shares: Plains
    price: Plains
    value: Plains
    cost: Plains
    realized: Plains
    unrealized: Plains
    gain: Plains
    dividends: Plains
    fees: Plains


class FundHistory(Wire):
    """Days, and for each fund of a portfolio a figure for each day."""

    dates: list[date]
    funds: list[FundSeries]


@operation("GET", "/portfolio-history")
def portfolio_history(work: Work, query: HistoryQuery) -> History:
    """Each day of the overview's portfolios, or of one whether it is in there or not, and of all together in
    the currency of the settings.
    """
    catch_up(work.session, work.prices, work.today)
    found = histories.drawn_portfolios(work.session, query.portfolio_id)
    if query.portfolio_id and not found:
        raise NotFound("portfolio")
    span = portfolios.span_of(query, work.today)
    ids, currency = [one.id for one in found], read(work.session).currency
    alike = [one.id for one in found if query.total_only and one.currency == currency]
    days = histories.portfolio_days(work.session, ids, span, query.points, alike)
    drawn = [(one, days.rows[one.id]) for one in found if one.id in days.rows]
    of_all = [(one.currency, rows) for one, rows in drawn] + [(currency, days.rows.get("", {}))]
    total, missing = _total(work, of_all, currency)
    return History(
        dates=days.dates,
        # Not checked again: a hundred thousand decimals of our own.
        portfolios=[
            Series.model_construct(
                id=one.id,
                name=one.name,
                currency=one.currency,
                missing=rows[max(rows)][-1],
                **_columns(AMOUNTS, days.dates, rows),
            )
            for one, rows in (() if query.total_only else drawn)
        ],
        total=Series.model_construct(
            id="", name="", currency=currency, missing=len(missing), **_columns(AMOUNTS, days.dates, total)
        )
        if total
        else None,
        missing_rates=missing,
    )


@operation("GET", "/portfolios/<uuid:portfolio_id>/fund-history")
def fund_history(work: Work, portfolio_id: str, query: DaysQuery) -> FundHistory:
    """Each day of a portfolio's funds, in the funds' currencies. Funds that were sold stay."""
    portfolios.one(work, portfolio_id)
    catch_up(work.session, work.prices, work.today)
    found = histories.drawn_positions(work.session, portfolio_id)
    span = portfolios.span_of(query, work.today)
    days = histories.position_days(work.session, [position.id for position, _ in found], span, query.points)
    return FundHistory(
        dates=days.dates,
        funds=[
            FundSeries.model_construct(
                portfolio_fund_id=position.id,
                fund_id=fund.id,
                fund_name=fund.name,
                currency=fund.currency,
                **_columns(FUND_FIGURES, days.dates, days.rows[position.id]),
            )
            for position, fund in found
            if position.id in days.rows
        ],
    )


def _total(
    work: Work, of_all: Collection[tuple[str, Mapping[date, Row]]], currency: str
) -> tuple[dict[date, Row], list[str]]:
    """The sums of each day in one currency, and what could not be converted for them."""
    rates = load_rates(work.session, {(own, currency) for own, _ in of_all})
    sums: dict[date, Row] = {}
    missing: set[str] = set()
    for own, rows in of_all:
        exchange = rates.exchange(own, currency)
        for on, (*amounts, _) in rows.items():
            try:
                row = amounts if exchange is unchanged else [exchange(amount, on) for amount in amounts]
            except MissingRate:
                missing.add(f"{own}/{currency}")
                continue
            sums[on] = tuple(map(add, sums[on], row)) if on in sums else tuple(row)
    return sums, sorted(missing)


def _columns(names: Sequence[str], dates: Sequence[date], rows: Mapping[date, Row]) -> dict[str, Any]:
    """A column for each name and for the gains, with a figure for each date; None where there is no such
    day.
    """
    nothing = (None,) * len(names)
    found = zip(*(rows.get(on, nothing) for on in dates), strict=False)
    columns: dict[str, Any] = dict(zip(names, found, strict=False))
    realised = columns["realized"] = columns.pop("realised")
    pairs = zip(columns["value"], columns["cost"], strict=True)
    unrealised = [None if value is None else value - cost for value, cost in pairs]
    columns["unrealized"] = unrealised
    columns["gain"] = [
        None if left is None else left + right for left, right in zip(unrealised, realised, strict=True)
    ]
    return columns
