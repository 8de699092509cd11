"""Days as a chart wants them: in a fixed number of queries, and no more days than it has room for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..domain.history import Span
from ..models import Fund, Portfolio, PortfolioDay, Position, PositionDay

#: A day's figures.
Row = tuple[Any, ...]
AMOUNTS = ("value", "cost", "realised", "dividends")
FUND_FIGURES = (*AMOUNTS, "fees", "shares", "price")


class Days(NamedTuple):
    """Dates, and for each portfolio or position its figures by date; not every one has all dates."""

    dates: list[date]
    rows: dict[str, dict[date, Row]]


def drawn_portfolios(session: Session, only: str | None) -> list[Portfolio]:
    """The portfolios of the overview, or one, in the overview or not."""
    query = select(Portfolio).order_by(func.lower(Portfolio.name), Portfolio.id)
    if only is None:
        query = query.where(~Portfolio.is_archived, ~Portfolio.exclude_from_overview)
    else:
        query = query.where(Portfolio.id == only)
    return list(session.scalars(query))


def drawn_positions(session: Session, portfolio_id: str) -> list[tuple[Position, Fund]]:
    """A portfolio's positions, by fund."""
    query = (
        select(Position, Fund)
        .join(Fund, Fund.id == Position.fund_id)
        .where(Position.portfolio_id == portfolio_id)
        .order_by(func.lower(Fund.name), Position.id)
    )
    return [(position, fund) for position, fund in session.execute(query)]


def portfolio_days(
    session: Session, ids: Collection[str], span: Span, points: int | None, together: Collection[str] = ()
) -> Days:
    """The days of portfolios, each in its base currency: AMOUNTS, and how many positions are missing. Those
    ``together`` are one, with "" for an id: their sum.
    """
    figures = [getattr(PortfolioDay, name) for name in (*AMOUNTS, "missing")]
    return _days(session, (PortfolioDay.portfolio_id, PortfolioDay.on, *figures), ids, span, points, together)


def position_days(session: Session, ids: Collection[str], span: Span, points: int | None) -> Days:
    """The days of positions, each in its fund's currency: FUND_FIGURES."""
    figures = [getattr(PositionDay, name) for name in FUND_FIGURES]
    return _days(session, (PositionDay.position_id, PositionDay.on, *figures), ids, span, points)


def _days(
    session: Session,
    columns: tuple[Any, ...],
    ids: Collection[str],
    span: Span,
    points: int | None,
    together: Collection[str] = (),
) -> Days:
    of, on, *figures = columns
    there = of.in_(ids) & on.between(span.since, span.until)
    first, last = session.execute(select(func.min(on), func.max(on)).where(there)).one()
    if first is None:
        return Days([], {})
    dates = spread(Span(first, last), points)
    if len(dates) <= (last - first).days:
        there &= on.in_(dates)
    rows: dict[str, dict[date, Row]] = {}
    if together:
        sums = select(on, *map(func.sum, figures)).where(there & of.in_(together)).group_by(on)
        rows[""] = {day: tuple(found) for day, *found in session.execute(sums)}
        there &= of.not_in(together)
    for owner, day, *found in session.execute(select(*columns).where(there)):
        rows.setdefault(owner, {})[day] = tuple(found)
    return Days(dates, rows)


def spread(span: Span, points: int | None) -> list[date]:
    """The days of a span, or at most ``points`` of them, equally far apart, the last among them."""
    length = (span.until - span.since).days
    step = 1 if points is None else max(1, -(-length // (points - 1)))
    return [span.until - timedelta(number) for number in range(0, length + 1, step)][::-1]
