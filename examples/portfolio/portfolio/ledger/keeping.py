"""What follows from entries, made again after a change: gains, payouts, and the days of positions and
portfolios.

A change to a day changes nothing before it, so only rows from that day on are written.
`tests/test_portfolio_keeping` proves that this gives what making everything anew gives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from ..domain.book import Book
from ..domain.currency import Rates
from ..domain.history import Day, Price, Span, by_day, prices_by_day
from ..domain.refusals import MissingRate
from ..models import Dividend, Gain, Payout, Portfolio, PortfolioDay, Position, PositionDay, Trade
from .loading import Loaded, load, load_rates
from .prices import PriceStore

#: Everything of a position changes.
ALWAYS = date.min
_DAY = timedelta(1)
_SUMS = ("value", "cost", "realised", "proceeds", "sold_cost", "dividends", "fees", "paid_in")
_DAYS: Table = PositionDay.__table__  # type: ignore[assignment]
_SUMMED: Table = PortfolioDay.__table__  # type: ignore[assignment]


class Kept(NamedTuple):
    """One position's books and new days, ready to be written."""

    loaded: Loaded
    book: Book
    days: list[Day]
    base_days: list[Day]  #: none where a rate is missing
    start: date
    missing: MissingRate | None


def keep(session: Session, prices: PriceStore, changed: Mapping[str, date], today: date) -> None:
    """Bring all that follows from entries up to date, until today.

    :param changed: positions and the day from which on something about them has changed
    :raises Refused: the entries cannot be; nothing has been written, and the transaction must be rolled back
    """
    session.flush()
    portfolios = _lock(session, changed)
    stale = _stale(session, today, portfolios)
    positions = load(session, {*changed, *stale})
    rates = load_rates(session, {(position.currency, position.base) for position in positions})
    books = [(position, position.book()) for position in positions]
    starts = {position.position_id: _start(position, changed, today) for position, _ in books}
    found = _prices(prices, positions, min(starts.values(), default=today))
    kept = [
        _kept(
            position, book, rates, found.get(position.fund_id, []), Span(starts[position.position_id], today)
        )
        for position, book in books
    ]
    _write_facts(session, kept, changed)
    _write_days(session, kept, today)
    firsts: dict[str, date] = {}
    for one in kept:
        portfolio = one.loaded.portfolio_id
        first = min(one.start, changed.get(one.loaded.position_id, one.start))
        firsts[portfolio] = min(first, firsts.get(portfolio, first))
    for portfolio, first in firsts.items():
        sum_up(session, portfolio, first)


def catch_up(session: Session, prices: PriceStore, today: date) -> bool:
    """Go on with the days of all positions until today; whether there was anything to do. The transaction so
    far only read; what it writes is in a new one.
    """
    if not _stale(session, today, None):
        return False
    session.rollback()
    stale = _stale(session, today, None)
    if stale:
        keep(session, prices, dict.fromkeys(stale, today), today)
    return bool(stale)


def make_again(session: Session, prices: PriceStore, today: date) -> int:
    """Make all that follows from entries anew, for all positions; how many those are."""
    everything = list(session.scalars(select(Position.id)))
    keep(session, prices, dict.fromkeys(everything, ALWAYS), today)
    return len(everything)


def sum_up(session: Session, portfolio_id: str, since: date) -> None:
    """Make a portfolio's days again, from those of its positions."""
    session.execute(
        delete(PortfolioDay).where(PortfolioDay.portfolio_id == portfolio_id, PortfolioDay.on >= since)
    )
    sums = [func.coalesce(func.sum(_DAYS.c[f"base_{name}"]), 0).label(name) for name in _SUMS]
    missing = func.sum(case((_DAYS.c.base_value.is_(None), 1), else_=0)).label("missing")
    summed = (
        select(Position.portfolio_id, _DAYS.c.date, *sums, missing)
        .join(Position, Position.id == _DAYS.c.position_id)
        .where(Position.portfolio_id == portfolio_id, _DAYS.c.date >= since)
        .group_by(Position.portfolio_id, _DAYS.c.date)
    )
    session.execute(insert(_SUMMED).from_select(["portfolio_id", "date", *_SUMS, "missing"], summed))


def _lock(session: Session, changed: Collection[str]) -> list[str]:
    """The portfolios of these positions, which no other transaction can change until this one has ended."""
    ids = select(Position.portfolio_id).where(Position.id.in_(changed))
    locked = select(Portfolio.id).where(Portfolio.id.in_(ids)).order_by(Portfolio.id).with_for_update()
    return list(session.scalars(locked))


def _stale(session: Session, today: date, portfolios: Collection[str] | None) -> list[str]:
    """Positions whose days end before today."""
    query = select(Position.id).where(Position.kept_until < today)
    if portfolios is not None:
        query = query.where(Position.portfolio_id.in_(portfolios))
    return list(session.scalars(query))


def _start(position: Loaded, changed: Mapping[str, date], today: date) -> date:
    """The first day to be written."""
    since = changed.get(position.position_id, today)
    if position.kept_until is None:
        return position.began_on or today
    return max(min(since, position.kept_until + _DAY), position.began_on or since)


def _prices(prices: PriceStore, positions: Iterable[Loaded], since: date) -> Mapping[str, list[Price]]:
    funds = {position.fund_id for position in positions}
    return prices.of(funds, since) if funds else {}


def _kept(position: Loaded, book: Book, rates: Rates, prices: list[Price], span: Span) -> Kept:
    if not book.lines:
        return Kept(position, book, [], [], span.since, None)
    flat = prices_by_day(prices, position.entries, span)
    days = by_day(book, flat, span, position.currency)
    if position.currency == position.base:
        return Kept(position, book, days, days, span.since, None)
    try:
        base_book = position.base_book(rates)
    except MissingRate as missing:
        return Kept(position, book, days, [], span.since, missing)
    exchange = rates.exchange(position.currency, position.base)
    base_days = by_day(base_book, flat, span, position.currency, exchange)
    return Kept(position, book, days, base_days, span.since, None)


def _write_facts(session: Session, kept: Iterable[Kept], changed: Mapping[str, date]) -> None:
    """Gains of sells and amounts of dividends."""
    gains: list[dict[str, Any]] = []
    payouts: list[dict[str, Any]] = []
    for one in kept:
        position_id = one.loaded.position_id
        if position_id not in changed:
            continue
        since = changed[position_id]
        trades = select(Trade.id).where(Trade.position_id == position_id, Trade.on >= since)
        session.execute(delete(Gain).where(Gain.trade_id.in_(trades)))
        dividends = select(Dividend.id).where(Dividend.position_id == position_id)
        session.execute(delete(Payout).where(Payout.dividend_id.in_(dividends)))
        for line in one.book.lines:
            if line.owned:
                payouts.append({"dividend_id": line.entry, "owned": line.owned, "total": line.total})
            elif line.on >= since and (line.sold or line.realised):
                figures = {"proceeds": line.received, "basis": line.basis, "realised": line.realised}
                gains.append({"trade_id": line.entry, **figures})
    connection = session.connection()
    if gains:
        connection.execute(insert(Gain), gains)
    if payouts:
        connection.execute(insert(Payout), payouts)


def _write_days(session: Session, kept: Collection[Kept], today: date) -> None:
    if not kept:
        return
    connection = session.connection()
    connection.execute(
        delete(_DAYS).where(_DAYS.c.position_id == bindparam("of"), _DAYS.c.date >= bindparam("since")),
        [{"of": one.loaded.position_id, "since": _gone_since(one)} for one in kept],
    )
    for one in kept:
        rows = list(_rows(one))
        if rows:
            connection.execute(insert(_DAYS), rows)
        missing = one.missing and f"{one.missing.base}/{one.missing.quote} {one.missing.on}"
        kept_until = today if one.book.lines else None
        session.execute(
            update(Position)
            .where(Position.id == one.loaded.position_id)
            .values(kept_until=kept_until, missing_rate=missing or None)
        )


def _gone_since(one: Kept) -> date:
    """Days before a position's first entry are none of its days any more."""
    began = one.loaded.began_on
    return ALWAYS if began is None or one.start <= began else one.start


def _rows(one: Kept) -> Iterable[dict[str, Any]]:
    base_days: list[Day | None] = [*one.base_days] or [None] * len(one.days)
    for day, base in zip(one.days, base_days, strict=True):
        row = {
            "position_id": one.loaded.position_id,
            "date": day.on,
            "shares": day.held.shares,
            "price": day.price,
        }
        row |= _sums(day)
        known = base is not None and base.value is not None
        sums = _sums(base) if base is not None and known else dict.fromkeys(_SUMS)
        yield row | {f"base_{name}": amount for name, amount in sums.items()}


def _sums(day: Day) -> dict[str, Decimal | None]:
    held = day.held
    return {
        "value": day.value,
        "cost": held.cost,
        "realised": held.realised,
        "proceeds": held.proceeds,
        "sold_cost": held.sold_cost,
        "dividends": held.dividends,
        "fees": held.fees,
        "paid_in": held.paid_in,
    }
