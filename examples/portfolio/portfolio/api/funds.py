"""Funds and stocks, their prices and splits."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field
from sqlalchemy import func, select

from ..domain.history import Price
from ..ledger.keeping import ALWAYS, keep
from ..ledger.loading import positions_of_fund
from ..models import Fund, FundSplit, Portfolio, Position, Trade
from . import cursor, shapes
from .deleted import gone, price_gone
from .operations import Reply, Work, check_version, operation
from .problems import Fault, NotFound, Problem
from .wire import FIRST, Day, DayText, Wire


class PriceQuery(Wire):
    """Which prices, newest first."""

    start_date: Day | None = None
    end_date: Day | None = None
    limit: Annotated[int, Field(ge=1, le=5000)] = 100
    cursor: str | None = None


class PricePage(Wire):
    """Prices, and where the list goes on."""

    items: list[shapes.PriceOut]
    next_cursor: str | None


@operation("GET", "/funds")
def list_funds(work: Work) -> list[shapes.FundOut]:
    """All funds and stocks, by name, each with its latest price."""
    found = list(work.session.scalars(select(Fund).order_by(func.lower(Fund.name), Fund.id)))
    latest = work.prices.latest([fund.id for fund in found], work.today)
    return [_out(fund, latest.get(fund.id)) for fund in found]


@operation("POST", "/funds", status=201)
def create_fund(work: Work, body: shapes.FundIn) -> Reply[shapes.FundOut]:
    """Enter a fund or stock. Its ISIN is its own."""
    _check_isin(work, body.isin)
    made = Fund(**body.model_dump())
    work.session.add(made)
    work.session.flush()
    return Reply(_out(made, None), made.version, f"/api/funds/{made.id}")


@operation("GET", "/funds/<uuid:fund_id>")
def get_fund(work: Work, fund_id: str) -> Reply[shapes.FundOut]:
    """A fund or stock with its latest price."""
    found = one(work, fund_id)
    return Reply(_out(found, work.prices.latest([fund_id], work.today).get(fund_id)), found.version)


@operation("PUT", "/funds/<uuid:fund_id>", edits=True)
def update_fund(work: Work, fund_id: str, body: shapes.FundIn) -> Reply[shapes.FundOut]:
    """Change a fund. Another currency makes the figures of all who hold it again."""
    found = one(work, fund_id)
    check_version(found.version)
    if body.isin != found.isin:
        _check_isin(work, body.isin)
    anew = body.currency != found.currency
    if body.symbol != found.symbol:
        found.price_error = None
    for name, value in body.model_dump().items():
        setattr(found, name, value)
    work.session.flush()
    if anew:
        keep_fund(work, fund_id, ALWAYS)
    return Reply(_out(found, work.prices.latest([fund_id], work.today).get(fund_id)), found.version)


@operation("DELETE", "/funds/<uuid:fund_id>")
def delete_fund(work: Work, fund_id: str) -> Reply[None]:
    """Delete a fund with its prices. Refused while a portfolio has it."""
    found = one(work, fund_id)
    check_version(found.version)
    used = fund_usage(work, fund_id)
    if used.in_use:
        names = ", ".join(portfolio.name for portfolio in used.portfolios)
        raise Problem(
            409,
            f"{found.name} is held in {names}. Remove it there first.",
            "in-use",
            portfolios=[portfolio.model_dump(by_alias=True) for portfolio in used.portfolios],
        )
    return gone(work, found, ("fund", found.name, None))


@operation("GET", "/funds/<uuid:fund_id>/usage")
def fund_usage(work: Work, fund_id: str) -> shapes.Usage:
    """Which portfolios have a fund, and how many transactions in it."""
    one(work, fund_id)
    rows = work.session.execute(
        select(Portfolio.id, Portfolio.name, func.count(Trade.id))
        .join(Position, Position.portfolio_id == Portfolio.id)
        .outerjoin(Trade, Trade.position_id == Position.id)
        .where(Position.fund_id == fund_id)
        .group_by(Portfolio.id, Portfolio.name)
        .order_by(Portfolio.name)
    ).all()
    using = [shapes.UsedBy(id=row[0], name=row[1], transaction_count=row[2]) for row in rows]
    return shapes.Usage(in_use=bool(using), portfolios=using)


@operation("GET", "/funds/<uuid:fund_id>/prices")
def list_prices(work: Work, fund_id: str, query: PriceQuery) -> PricePage:
    """A fund's closing prices, newest first."""
    one(work, fund_id)
    before = date.fromordinal(query.end_date.toordinal() + 1) if query.end_date else None
    if query.cursor:
        before = _day_of(query.cursor)
    found = work.prices.page(fund_id, before, query.start_date, query.limit + 1)
    more = len(found) > query.limit
    shown = found[: query.limit]
    return PricePage(
        items=[shapes.PriceOut(date=price.on, price=price.price) for price in shown],
        next_cursor=cursor.encode("prices", shown[-1].on.isoformat()) if more else None,
    )


@operation("GET", "/funds/<uuid:fund_id>/prices/<day:day>")
def get_price(work: Work, fund_id: str, day: DayText) -> shapes.PriceOut:
    """The closing price of a day, or the nearest earlier one."""
    one(work, fund_id)
    found = work.prices.latest([fund_id], _day(day)).get(fund_id)
    if found is None:
        raise Problem(404, f"No price is known on {day} or before.", "no-price")
    return shapes.PriceOut(date=found.on, price=found.price)


@operation("PUT", "/funds/<uuid:fund_id>/prices/<day:day>")
def set_price(work: Work, fund_id: str, day: DayText, body: shapes.PriceIn) -> shapes.PriceOut:
    """Enter a closing price, or correct it."""
    one(work, fund_id)
    on = _day(day)
    if on > work.today:
        raise Problem(422, "A price of the future is none.", "invalid", [Fault("is in the future", "#/date")])
    work.prices.keep(fund_id, [Price(on, body.price)])
    keep_fund(work, fund_id, on)
    return shapes.PriceOut(date=on, price=body.price)


@operation("DELETE", "/funds/<uuid:fund_id>/prices/<day:day>")
def delete_price(work: Work, fund_id: str, day: DayText) -> Reply[None]:
    """Delete a closing price; the one before stands in."""
    fund = one(work, fund_id)
    on = _day(day)
    found = work.prices.latest([fund_id], on).get(fund_id)
    if found is None or found.on != on:
        raise NotFound("price")
    done = price_gone(work, fund_id, fund.name, found)
    keep_fund(work, fund_id, on)
    return done


@operation("GET", "/funds/<uuid:fund_id>/splits")
def list_splits(work: Work, fund_id: str) -> list[shapes.SplitOut]:
    """A fund's splits, oldest first."""
    one(work, fund_id)
    query = select(FundSplit).where(FundSplit.fund_id == fund_id).order_by(FundSplit.on)
    return [_split(split) for split in work.session.scalars(query)]


@operation("POST", "/funds/<uuid:fund_id>/splits", status=201)
def create_split(work: Work, fund_id: str, body: shapes.SplitIn) -> Reply[shapes.SplitOut]:
    """Enter a split: before trading begins that day, in every portfolio."""
    one(work, fund_id)
    if body.new == body.old:
        fault = Fault("is as many as old: that is no split", "#/new")
        raise Problem(422, "This is no split.", "invalid", [fault])
    twice = select(FundSplit.id).where(FundSplit.fund_id == fund_id, FundSplit.on == body.date)
    if work.session.scalar(twice):
        raise Problem(409, f"There is a split on {body.date} already.", "exists")
    made = FundSplit(fund_id=fund_id, on=body.date, new=body.new, old=body.old)
    work.session.add(made)
    keep_fund(work, fund_id, body.date)
    return Reply(_split(made), made.version)


@operation("DELETE", "/funds/<uuid:fund_id>/splits/<uuid:split_id>")
def delete_split(work: Work, fund_id: str, split_id: str) -> Reply[None]:
    """Delete a split. Refused when shares were sold that there are only by it."""
    found = work.session.get(FundSplit, split_id)
    if found is None or found.fund_id != fund_id:
        raise NotFound("split")
    check_version(found.version)
    on = found.on
    done = gone(work, found, ("split", one(work, fund_id).name, on), on)
    keep_fund(work, fund_id, on)
    return done


def keep_fund(work: Work, fund_id: str, since: date) -> None:
    """Make the figures of all who hold a fund again, from a day on."""
    work.session.flush()
    changed = dict.fromkeys(positions_of_fund(work.session, fund_id), since)
    if changed:
        keep(work.session, work.prices, changed, work.today)


def one(work: Work, fund_id: str) -> Fund:
    """A fund.

    :raises NotFound: there is none
    """
    found = work.session.get(Fund, fund_id)
    if found is None:
        raise NotFound("fund")
    return found


def _check_isin(work: Work, isin: str) -> None:
    other = work.session.scalar(select(Fund.name).where(Fund.isin == isin))
    if other is not None:
        fault = Fault(f"is the ISIN of {other}", "#/isin")
        raise Problem(409, f"{other} has this ISIN already.", "exists", [fault])


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotFound("day") from None
    if found < FIRST:
        raise NotFound("day")
    return found


def _day_of(place: str) -> date:
    found = cursor.decode(place, "prices")
    try:
        return date.fromisoformat(found[0])
    except (ValueError, IndexError):
        fault = Fault("is not a cursor of this list", "#/cursor")
        raise Problem(422, "The list cannot go on there.", "cursor", [fault]) from None


def _split(split: FundSplit) -> shapes.SplitOut:
    return shapes.SplitOut(id=split.id, date=split.on, new=split.new, old=split.old, version=split.version)


def _out(fund: Fund, price: Price | None) -> shapes.FundOut:
    found = shapes.FundOut.model_validate(fund)
    if price is not None:
        found.latest_price, found.latest_price_date = price.price, price.on
    return found
