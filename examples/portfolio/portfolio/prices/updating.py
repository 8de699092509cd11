"""Prices fetched and kept, for one fund or for all; what fails is said at its fund and stops no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy import update as change
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..domain.history import Span
from ..domain.refusals import Refused
from ..ledger.keeping import keep
from ..ledger.loading import positions_of_fund
from ..ledger.prices import PriceStore
from ..logs import logger
from ..models import Fund, Position, Symbol, Trade
from .feed import Away, Facts, Feed, NoPrices, Unknown

log = logger("fund")
Told = Callable[[int, int], None]
Which = Literal["today", "historical"]

#: When a day's price is a closing price wherever it comes from.
CLOSED = time(23, 0)
_DAY = timedelta(1)
#: Calendar days that "today" looks back: over any weekend and Easter.
_BACK = timedelta(6)
#: A symbol's facts are asked for again after so long.
_FRESH = timedelta(7)
#: When Yahoo is away for so many funds in a row, the others are not asked for.
_GIVE_UP = 3


class Updated(NamedTuple):
    """What came of one fund: days that have a price now and had none, and what went wrong."""

    fund_id: str
    name: str
    new: int
    error: str = ""


def last_close(now: datetime, time_zone: str) -> date:
    """The last day whose closing prices are known: today from eleven at night on, else yesterday."""
    local = now.astimezone(ZoneInfo(time_zone))
    return local.date() if local.time() >= CLOSED else local.date() - _DAY


def update(session: Session, prices: PriceStore, feed: Feed, fund: Fund, span: Span) -> int:
    """Fetch a fund's prices for the days of a span that have none; how many there were.

    :raises NoPrices: the feed has none; that is noted at the fund as well
    """
    fund_id, symbol, currency = fund.id, fund.symbol or "", fund.currency
    there = {price.on for price in prices.page(fund_id, span.until + _DAY, span.since, 100_000)}
    wanted = [day for day in span.days() if day.weekday() < 5 and day not in there]
    # Nobody's turn to write is held up while a feed thinks.
    session.commit()
    if not wanted:
        return 0
    found = feed.closes(symbol, currency, Span(wanted[0], span.until))
    new = [price for price in found if price.on not in there]
    prices.keep(fund_id, found)
    note(session, fund_id, None)
    if found:
        changed = dict.fromkeys(positions_of_fund(session, fund_id), min(price.on for price in found))
        if changed:
            keep(session, prices, changed, max(span.until, _kept_until(session, changed)))
    return len(new)


def note(session: Session, fund_id: str, why: str | None) -> None:
    """Note at a fund why it has no new prices, or that it has. That is no edit: its version stays."""
    said = change(Fund).where(Fund.id == fund_id).values(price_error=why and why[:500])
    session.execute(said)


def span_of(session: Session, fund_id: str, which: Which, until: date) -> Span | None:
    """The days to fetch: the last ones, or all since the fund's first transaction; None without one."""
    if which == "today":
        return Span(until - _BACK, until)
    first = session.scalar(
        select(func.min(Trade.on))
        .join(Position, Position.id == Trade.position_id)
        .where(Position.fund_id == fund_id)
    )
    return Span(first, until) if first and first <= until else None


def update_all(
    session: Session,
    prices: PriceStore,
    feed: Feed,
    days: tuple[Which, date],
    told: Told = lambda done, total: None,
) -> list[Updated]:
    """Fetch the prices of every fund with a symbol, each in a transaction of its own.

    :param days: the last ones or all, and until when
    :param told: is given after each fund how many are done, and how many there are
    """
    which, until = days
    done: list[Updated] = []
    away = 0
    ids = list(session.scalars(select(Fund.id).where(Fund.symbol.is_not(None)).order_by(Fund.name)))
    for number, fund_id in enumerate(ids):
        told(number, len(ids))
        fund = session.get(Fund, fund_id)
        if fund is None:  # deleted meanwhile
            continue
        name = fund.name
        if away >= _GIVE_UP:
            why = f"{feed.name.capitalize()} was away for the funds before this."
            done.append(_failed(session, fund_id, name, why))
            continue
        try:
            done.append(_one(session, prices, feed, fund, which, until))
            away = 0
        except (Unknown, Refused) as refused:
            done.append(_failed(session, fund_id, name, refused.why))
            away = 0
        except Away as none:
            done.append(_failed(session, fund_id, name, none.why))
            away += 1
        except IntegrityError:  # deleted while the feed was asked
            session.rollback()
    return done


def _one(session: Session, prices: PriceStore, feed: Feed, fund: Fund, which: Which, until: date) -> Updated:
    fund_id, name = fund.id, fund.name
    span = span_of(session, fund_id, which, until)
    new = update(session, prices, feed, fund, span) if span else 0
    session.commit()
    return Updated(fund_id, name, new)


def _failed(session: Session, fund_id: str, name: str, why: str) -> Updated:
    session.rollback()
    note(session, fund_id, why)
    session.commit()
    log.warning("No prices for %s: %s", name, why)
    return Updated(fund_id, name, 0, why)


def look_up(session: Session, feed: Feed, symbol: str, now: datetime, anew: bool = False) -> Facts:
    """What is known of a symbol, from what was asked for within a week, or from the feed.

    :raises NoPrices: it is unknown, or the feed away and nothing known from before
    """
    kept = session.get(Symbol, symbol)
    if kept and not anew and kept.asked_at > now - _FRESH:
        if not kept.is_known:
            raise Unknown(f"{symbol} is not known.")
        return _facts(kept)
    known = _facts(kept) if kept and kept.is_known else None
    session.commit()
    try:
        found = feed.look_up(symbol)
    except Unknown:
        session.merge(Symbol(symbol=symbol, is_known=False, asked_at=now))
        session.commit()
        raise
    except NoPrices:
        if known:
            return known
        raise
    session.merge(
        Symbol(
            symbol=symbol,
            name=found.name,
            exchange=found.exchange,
            currency=found.currency,
            isin=found.isin,
            is_known=True,
            asked_at=now,
        )
    )
    return found


def _facts(kept: Symbol) -> Facts:
    return Facts(kept.symbol, kept.name, kept.exchange, kept.currency, kept.isin)


def _kept_until(session: Session, positions: dict[str, date]) -> date:
    """Until when these positions' days go already; a price of yesterday does not shorten them."""
    found = session.scalar(select(func.max(Position.kept_until)).where(Position.id.in_(positions)))
    return found or date.min
