"""Portfolios: what they are, what they are worth, and how that came about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from ..domain.history import Span
from ..domain.returns import performance, total_return
from ..ledger import reading
from ..ledger.keeping import ALWAYS, catch_up, keep
from ..ledger.loading import positions_of_portfolio
from ..models import Portfolio
from ..settings import read
from . import shapes
from .deleted import gone
from .operations import Reply, Work, check_version, operation
from .problems import Fault, NotFound, Problem
from .wire import Wire

_YEAR = timedelta(365)


class ListQuery(Wire):
    """Which portfolios."""

    include_archived: bool = True
    include_excluded: bool = True


@operation("GET", "/portfolios")
def list_portfolios(work: Work, query: ListQuery) -> list[shapes.PortfolioOut]:
    """All portfolios, by name."""
    found = work.session.scalars(select(Portfolio).order_by(func.lower(Portfolio.name), Portfolio.id))
    return [
        _out(portfolio)
        for portfolio in found
        if (query.include_archived or not portfolio.is_archived)
        and (query.include_excluded or not portfolio.exclude_from_overview)
    ]


@operation("POST", "/portfolios", status=201)
def create_portfolio(work: Work, body: shapes.PortfolioIn) -> Reply[shapes.PortfolioOut]:
    """Make a portfolio."""
    made = Portfolio(**body.model_dump())
    work.session.add(made)
    work.session.flush()
    return Reply(_out(made), made.version, f"/api/portfolios/{made.id}")


@operation("GET", "/portfolios/<uuid:portfolio_id>")
def get_portfolio(work: Work, portfolio_id: str) -> Reply[shapes.PortfolioWithTotals]:
    """A portfolio and its sums of today, in its base currency. Archived ones too."""
    catch_up(work.session, work.prices, work.today)
    found = reading.summaries(work.session, portfolio_id)
    if not found:
        raise NotFound("portfolio")
    return Reply(_with_totals(found[0]), found[0].portfolio.version)


@operation("PUT", "/portfolios/<uuid:portfolio_id>", edits=True)
def update_portfolio(work: Work, portfolio_id: str, body: shapes.PortfolioIn) -> Reply[shapes.PortfolioOut]:
    """Change a portfolio. Another currency or method makes all its figures again."""
    found = one(work, portfolio_id)
    check_version(found.version)
    anew = (found.currency, found.method) != (body.currency, body.method)
    for name, value in body.model_dump().items():
        setattr(found, name, value)
    work.session.flush()
    if anew:
        changed = dict.fromkeys(positions_of_portfolio(work.session, portfolio_id), ALWAYS)
        keep(work.session, work.prices, changed, work.today)
    return Reply(_out(found), found.version)


@operation("DELETE", "/portfolios/<uuid:portfolio_id>")
def delete_portfolio(work: Work, portfolio_id: str) -> Reply[None]:
    """Delete a portfolio with all its transactions and dividends."""
    found = one(work, portfolio_id)
    check_version(found.version)
    return gone(work, found, ("portfolio", found.name, None))


@operation("POST", "/portfolios/<uuid:portfolio_id>/archive")
def archive_portfolio(work: Work, portfolio_id: str) -> Reply[shapes.PortfolioOut]:
    """Put a portfolio away: it leaves the overview, and can be brought back."""
    return _archived(work, portfolio_id, True)


@operation("POST", "/portfolios/<uuid:portfolio_id>/unarchive")
def unarchive_portfolio(work: Work, portfolio_id: str) -> Reply[shapes.PortfolioOut]:
    """Bring a portfolio back."""
    return _archived(work, portfolio_id, False)


def _archived(work: Work, portfolio_id: str, archived: bool) -> Reply[shapes.PortfolioOut]:
    found = one(work, portfolio_id)
    check_version(found.version)
    found.is_archived = archived
    work.session.flush()
    return Reply(_out(found), found.version)


@operation("GET", "/portfolio-summary")
def overview(work: Work) -> shapes.Overview:
    """All portfolios that are neither archived nor excluded, with their sums, and the sum of all."""
    catch_up(work.session, work.prices, work.today)
    found = reading.summaries(work.session)
    whole = reading.total(work.session, found, read(work.session).currency, work.today)
    return shapes.Overview(
        currency=whole.currency,
        total=shapes.Totals(**_totals(whole.figures)),
        portfolios=[_with_totals(summary) for summary in found],
        missing_rates=list(whole.missing),
    )


@operation("GET", "/portfolios/<uuid:portfolio_id>/returns")
def portfolio_returns(work: Work, portfolio_id: str, query: shapes.SpanQuery) -> shapes.ReturnsOut | None:
    """Rates of return over some days; without dates since the portfolio began."""
    one(work, portfolio_id)
    catch_up(work.session, work.prices, work.today)
    span = Span(query.start_date or date(1900, 1, 1), query.end_date or work.today)
    wide = Span(span.since - timedelta(1) if query.start_date else span.since, span.until)
    found = reading.returns_of(reading.portfolio_days(work.session, wide, portfolio_id), span)
    if found is None:
        return None
    return shapes.ReturnsOut(
        start_date=found.since,
        end_date=found.until,
        total=found.total,
        time_weighted=found.time_weighted,
        time_weighted_yearly=found.time_weighted_yearly,
        money_weighted=found.money_weighted,
    )


def one(work: Work, portfolio_id: str) -> Portfolio:
    """A portfolio.

    :raises NotFound: there is none
    """
    found = work.session.get(Portfolio, portfolio_id)
    if found is None:
        raise NotFound("portfolio")
    return found


def span_of(query: shapes.SpanQuery, today: date) -> Span:
    """The days that a query asks for, the last year if it does not say.

    :raises Problem: it ends before it begins
    """
    until = query.end_date or today
    since = query.start_date or until - _YEAR
    if since > until:
        fault = Fault("is after endDate", "#/startDate")
        raise Problem(422, "The days end before they begin.", "invalid", [fault])
    return Span(since, min(until, today))


def _out(portfolio: Portfolio) -> shapes.PortfolioOut:
    return shapes.PortfolioOut.model_validate(portfolio)


def _with_totals(summary: reading.Summary) -> shapes.PortfolioWithTotals:
    entered = _out(summary.portfolio).model_dump()
    return shapes.PortfolioWithTotals(**entered, **_totals(summary.figures), missing=summary.missing)


def _totals(figures: reading.Figures) -> dict[str, Any]:
    unrealised = figures.value - figures.cost
    return {
        "total_value": figures.value,
        "total_cost": figures.cost,
        "total_dividends": figures.dividends,
        "total_unrealized_gain_loss": unrealised,
        "total_realized_gain_loss": figures.realised,
        "total_gain_loss": unrealised + figures.realised,
        "total_sale_proceeds": figures.proceeds,
        "total_original_cost": figures.sold_cost,
        "total_fees": figures.fees,
        "performance": performance(figures.value, figures.held),
        "total_return": total_return(figures.value, figures.held),
    }
