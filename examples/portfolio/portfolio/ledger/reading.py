"""Figures for pages: each in a fixed number of queries, however much there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ..domain import returns
from ..domain.book import Held
from ..domain.currency import Rates
from ..domain.history import Span
from ..domain.money import ZERO
from ..domain.refusals import MissingRate
from ..models import Fund, Portfolio, PortfolioDay, Position, PositionDay
from .loading import load_rates


class Figures(NamedTuple):
    """A day's sums in one currency."""

    value: Decimal = ZERO
    cost: Decimal = ZERO
    realised: Decimal = ZERO
    proceeds: Decimal = ZERO
    sold_cost: Decimal = ZERO
    dividends: Decimal = ZERO
    fees: Decimal = ZERO
    paid_in: Decimal = ZERO

    @property
    def held(self) -> Held:
        """As the domain's rates of return want it."""
        _, cost, realised, proceeds, sold_cost, dividends, fees, paid_in = self
        return Held(ZERO, cost, realised, proceeds, sold_cost, dividends, fees, paid_in)

    def plus(self, other: Figures) -> Figures:
        return Figures(*(one + another for one, another in zip(self, other, strict=True)))


class Summary(NamedTuple):
    """A portfolio today, in its base currency."""

    portfolio: Portfolio
    figures: Figures
    missing: int


class Total(NamedTuple):
    """All portfolios in one currency, and what of them could not be converted."""

    currency: str
    figures: Figures
    missing: tuple[str, ...]


class Holding(NamedTuple):
    """A position today; ``day`` is None when nothing has happened to it yet."""

    position: Position
    fund: Fund
    day: PositionDay | None


class PortfolioOnDay(NamedTuple):
    """One day of a portfolio, in its base currency; ``missing`` positions are not in it."""

    portfolio_id: str
    name: str
    currency: str
    on: date
    missing: int
    figures: Figures


_SUMS = [getattr(PortfolioDay, name) for name in Figures._fields]


def figures_of(row: PortfolioDay | PositionDay) -> Figures:
    """The sums in a row, of a position in the fund's currency."""
    return Figures(
        row.value, row.cost, row.realised, row.proceeds, row.sold_cost, row.dividends, row.fees, row.paid_in
    )


def summaries(session: Session, only: str | None = None) -> list[Summary]:
    """The portfolios of the overview, or one portfolio, archived or not."""
    last = (
        select(PortfolioDay.portfolio_id, func.max(PortfolioDay.on).label("on"))
        .group_by(PortfolioDay.portfolio_id)
        .subquery()
    )
    query = (
        select(Portfolio, PortfolioDay)
        .outerjoin(last, last.c.portfolio_id == Portfolio.id)
        .outerjoin(
            PortfolioDay, and_(PortfolioDay.portfolio_id == Portfolio.id, PortfolioDay.on == last.c.on)
        )
        .order_by(func.lower(Portfolio.name), Portfolio.id)
    )
    if only is None:
        query = query.where(~Portfolio.is_archived, ~Portfolio.exclude_from_overview)
    else:
        query = query.where(Portfolio.id == only)
    return [
        Summary(portfolio, figures_of(day) if day else Figures(), day.missing if day else 0)
        for portfolio, day in session.execute(query)
    ]


def total(session: Session, found: Collection[Summary], currency: str, on: date) -> Total:
    """The sum of portfolios, at today's rates."""
    rates = load_rates(session, {(one.portfolio.currency, currency) for one in found})
    whole, missing = Figures(), set()
    for one in found:
        converted = exchanged(one.figures, rates, (one.portfolio.currency, currency), on)
        if isinstance(converted, MissingRate):
            missing.add(str(converted))
        else:
            whole = whole.plus(converted)
    return Total(currency, whole, tuple(sorted(missing)))


def exchanged(figures: Figures, rates: Rates, pair: tuple[str, str], on: date) -> Figures | MissingRate:
    """Figures of a pair's first currency in its second one, all at one day's rate; or what is missing for
    it.
    """
    if pair[0] == pair[1]:
        return figures
    exchange = rates.exchange(*pair)
    try:
        return Figures(*(exchange(amount, on) for amount in figures))
    except MissingRate as missing:
        return missing


def holdings(session: Session, portfolio_id: str | None = None) -> list[Holding]:
    """The positions of a portfolio, or all, as they are on the last day of their history."""
    query = (
        select(Position, Fund, PositionDay)
        .join(Fund, Fund.id == Position.fund_id)
        .outerjoin(
            PositionDay,
            and_(PositionDay.position_id == Position.id, PositionDay.on == Position.kept_until),
        )
        .order_by(func.lower(Fund.name), Position.id)
    )
    if portfolio_id is not None:
        query = query.where(Position.portfolio_id == portfolio_id)
    return [Holding(*row) for row in session.execute(query)]


def portfolio_days(session: Session, span: Span, only: str | None = None) -> list[PortfolioOnDay]:
    """The days of the overview's portfolios, or of one, by portfolio and day."""
    query = (
        select(
            Portfolio.id, Portfolio.name, Portfolio.currency, PortfolioDay.on, PortfolioDay.missing, *_SUMS
        )
        .join(PortfolioDay, PortfolioDay.portfolio_id == Portfolio.id)
        .where(PortfolioDay.on >= span.since, PortfolioDay.on <= span.until)
        .order_by(func.lower(Portfolio.name), Portfolio.id, PortfolioDay.on)
    )
    if only is None:
        query = query.where(~Portfolio.is_archived, ~Portfolio.exclude_from_overview)
    else:
        query = query.where(Portfolio.id == only)
    return [
        PortfolioOnDay(id_, name, currency, on, missing, Figures(*sums))
        for id_, name, currency, on, missing, *sums in session.execute(query)
    ]


class Returns(NamedTuple):
    """Rates of return of a portfolio over some days; None where there is no such rate."""

    since: date
    until: date
    total: Decimal | None
    time_weighted: Decimal | None
    time_weighted_yearly: Decimal | None
    money_weighted: Decimal | None


def returns_of(days: Iterable[PortfolioOnDay], span: Span) -> Returns | None:
    """The rates of return within a span, of a portfolio's days from the one before the span on; None if it
    has none.

    What was held when the span began counts as paid in then.
    """
    found = [(day.on, day.figures) for day in days if day.on <= span.until]
    if not found or found[-1][0] < span.since:
        return None
    before = Figures()
    if found[0][0] < span.since:
        before = found.pop(0)[1]
    valued: list[returns.Valued] = []
    flows: list[returns.Flow] = []
    if before.value:
        opened = found[0][0] - timedelta(1)
        valued.append(returns.Valued(opened, before.value, before.value, ZERO))
        flows.append(returns.Flow(opened, before.value, ZERO))
    for on, now in found:
        paid = now.paid_in - before.paid_in
        received = now.proceeds - before.proceeds + now.dividends - before.dividends
        valued.append(returns.Valued(on, now.value, paid, received))
        if paid or received:
            flows.append(returns.Flow(on, paid, received))
        before = now
    growth = returns.time_weighted(valued)
    length = (valued[-1].on - valued[0].on).days
    return Returns(
        valued[0].on,
        valued[-1].on,
        returns.total_return(before.value, before.held),
        growth,
        None if growth is None else returns.yearly(growth, length),
        returns.money_weighted(flows, before.value, valued[-1].on),
    )
