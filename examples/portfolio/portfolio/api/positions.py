"""Which portfolio holds which fund."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ..domain.book import Held
from ..domain.money import average
from ..domain.returns import performance
from ..ledger import reading
from ..ledger.keeping import ALWAYS, catch_up, sum_up
from ..models import Dividend, Fund, Portfolio, Position, Trade
from . import funds, portfolios, shapes
from .deleted import gone
from .operations import Reply, Work, operation
from .problems import NotFound, Problem
from .wire import Id, Wire


class PositionQuery(Wire):
    """Of which portfolio."""

    portfolio_id: Id | None = None


class Confirmed(Wire):
    """Whether its transactions may go too."""

    confirm: bool = False


@operation("GET", "/portfolio-funds")
def list_positions(work: Work, query: PositionQuery) -> list[shapes.PositionOut]:
    """The funds of a portfolio, or of all, with what they are worth today."""
    catch_up(work.session, work.prices, work.today)
    return [_out(holding) for holding in reading.holdings(work.session, query.portfolio_id)]


@operation("POST", "/portfolio-funds", status=201)
def create_position(work: Work, body: shapes.PositionIn) -> Reply[shapes.PositionOut]:
    """Add a fund to a portfolio."""
    portfolio = portfolios.one(work, body.portfolio_id)
    fund = funds.one(work, body.fund_id)
    twice = select(Position.id).where(Position.portfolio_id == portfolio.id, Position.fund_id == fund.id)
    if work.session.scalar(twice):
        raise Problem(409, f"{fund.name} is in {portfolio.name} already.", "exists")
    made = Position(portfolio_id=portfolio.id, fund_id=fund.id)
    work.session.add(made)
    work.session.flush()
    return Reply(_out(reading.Holding(made, fund, None)))


@operation("DELETE", "/portfolio-funds/<uuid:position_id>")
def delete_position(work: Work, position_id: str, query: Confirmed) -> Reply[None]:
    """Take a fund out of a portfolio, with its transactions and dividends when that is confirmed."""
    found = one(work, position_id)
    trades, dividends = _counts(work, position_id)
    fund = work.session.get_one(Fund, found.fund_id)
    portfolio = work.session.get_one(Portfolio, found.portfolio_id)
    if trades + dividends and not query.confirm:
        raise Problem(
            409,
            f"{fund.name} in {portfolio.name} has {trades} transactions and {dividends} dividends. They are "
            "deleted with it when you confirm.",
            "confirm",
            requiresConfirmation=True,
            transactionCount=trades,
            dividendCount=dividends,
            fundName=fund.name,
            portfolioName=portfolio.name,
        )
    done = gone(work, found, ("position", f"{fund.name} in {portfolio.name}"[:120], None))
    sum_up(work.session, portfolio.id, ALWAYS)
    return done


def one(work: Work, position_id: str) -> Position:
    """A fund in a portfolio.

    :raises NotFound: there is none
    """
    found = work.session.get(Position, position_id)
    if found is None:
        raise NotFound("fund in a portfolio")
    return found


def _counts(work: Work, position_id: str) -> tuple[int, int]:
    of_trades = select(func.count()).select_from(Trade).where(Trade.position_id == position_id)
    of_dividends = select(func.count()).select_from(Dividend).where(Dividend.position_id == position_id)
    return work.session.scalar(of_trades) or 0, work.session.scalar(of_dividends) or 0


def _out(holding: reading.Holding) -> shapes.PositionOut:
    position, fund, day = holding
    figures = reading.figures_of(day) if day else reading.Figures()
    held: Held = figures.held
    shares = day.shares if day else held.shares
    unrealised = figures.value - figures.cost
    known: dict[str, Any] = {
        "id": position.id,
        "portfolio_id": position.portfolio_id,
        "fund_id": fund.id,
        "fund_name": fund.name,
        "isin": fund.isin,
        "symbol": fund.symbol,
        "currency": fund.currency,
        "investment_type": fund.investment_type,
        "dividend_type": fund.dividend_type,
        "missing_rate": position.missing_rate,
    }
    return shapes.PositionOut(
        **known,
        total_shares=shares,
        latest_price=day.price if day else None,
        average_cost=average(figures.cost, shares),
        total_cost=figures.cost,
        current_value=figures.value,
        unrealized_gain_loss=unrealised,
        realized_gain_loss=figures.realised,
        total_gain_loss=unrealised + figures.realised,
        total_dividends=figures.dividends,
        total_fees=figures.fees,
        performance=performance(figures.value, held),
        **_base(day),
    )


def _base(day: Any) -> dict[str, Any]:
    if day is None or day.base_value is None:
        return {"base_value": None, "base_cost": None, "base_gain_loss": None}
    gain = day.base_value - day.base_cost + day.base_realised
    return {"base_value": day.base_value, "base_cost": day.base_cost, "base_gain_loss": gain}
