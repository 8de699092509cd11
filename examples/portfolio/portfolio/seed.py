"""Something to look at: portfolios, funds, three years of trades, dividends and made-up prices. The same each
time.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from .domain.history import Span
from .ledger.keeping import ALWAYS, keep
from .ledger.prices import PriceStore, upsert
from .models import Dividend, ExchangeRate, Fund, Portfolio, Position, Trade
from .prices.fixed import FixedFeed, price_of

_YEARS = 3
_TRADES = 50


class _Sort(NamedTuple):
    name: str
    isin: str
    symbol: str
    currency: str
    kind: str
    dividends: str


_FUNDS = (
    _Sort("World Equity Index", "NL0000000016", "WORLD.AS", "EUR", "fund", "none"),
    _Sort("Global Property", "NL0000000024", "PROP.AS", "EUR", "fund", "stock"),
    _Sort("Euro Bonds", "NL0000000032", "BONDS.AS", "EUR", "fund", "cash"),
    _Sort("Example Computers", "US0000000044", "EXCO", "USD", "stock", "cash"),
)
_PORTFOLIOS = (
    ("Pension", "For the years after work.", False, (0, 1, 2)),
    ("Growth", "Shares of the whole world, and one of a single company.", False, (0, 3)),
    ("Old plan", "Closed in spring.", True, (2,)),
    ("Holiday", "Nothing in it yet.", False, ()),
)


def is_empty(session: Session) -> bool:
    """Whether there is nothing that a seed would mix with."""
    return session.scalar(select(Portfolio.id).limit(1)) is None and (
        session.scalar(select(Fund.id).limit(1)) is None
    )


def sow(session: Session, prices: PriceStore, today: date) -> int:
    """Make it all; how many trades there are."""
    chance = random.Random(2024)  # noqa: S311
    span = Span(today - timedelta(365 * _YEARS), today - timedelta(1))
    funds = [_fund(session, prices, sort, span) for sort in _FUNDS]
    _rates(session, span)
    changed: dict[str, date] = {}
    count = 0
    for name, description, archived, held in _PORTFOLIOS:
        portfolio = Portfolio(name=name, description=description, is_archived=archived)
        session.add(portfolio)
        session.flush()
        for number in held:
            position = Position(portfolio_id=portfolio.id, fund_id=funds[number].id)
            session.add(position)
            session.flush()
            changed[position.id] = ALWAYS
            count += _trades(session, chance, position, funds[number], span)
            _dividends(session, position, funds[number], span)
    keep(session, prices, changed, today)
    return count


def _fund(session: Session, prices: PriceStore, sort: _Sort, span: Span) -> Fund:
    fund = Fund(
        name=sort.name,
        isin=sort.isin,
        symbol=sort.symbol,
        currency=sort.currency,
        exchange="Amsterdam" if sort.currency == "EUR" else "New York",
        investment_type=sort.kind,
        dividend_type=sort.dividends,
    )
    session.add(fund)
    session.flush()
    prices.keep(fund.id, FixedFeed().closes(sort.symbol, sort.currency, span))
    return fund


def _rates(session: Session, span: Span) -> None:
    months = [day for day in span.days() if day.day == 1 or day == span.since]
    rows = [
        {
            "base": "USD",
            "quote": "EUR",
            "date": day,
            "rate": Decimal("0.90") + Decimal(price_of("USDEUR", day) % 7) / 100,
        }
        for day in months
    ]
    upsert(session, ExchangeRate, [{**row, "rate": round(Decimal(str(row["rate"])), 6)} for row in rows])


def _trades(session: Session, chance: random.Random, position: Position, fund: Fund, span: Span) -> int:
    weekdays = [day for day in span.days() if day.weekday() < 5]
    days = sorted(chance.sample(weekdays[:-30], _TRADES))
    held, bought = Decimal(0), 0
    for day in days:
        price = price_of(fund.symbol or "", day)
        shares = Decimal(chance.randint(10, 400)) / 10
        kind = "buy"
        if held > shares and chance.random() > 0.7:
            kind, shares = "sell", min(shares, held)
        held += shares if kind == "buy" else -shares
        session.add(Trade(position_id=position.id, on=day, kind=kind, shares=shares, price=price))
        bought += 1
    return bought


def _dividends(session: Session, position: Position, fund: Fund, span: Span) -> None:
    """Each 15 April, about three per cent; the last stock dividend still waits for its reinvestment."""
    if fund.dividend_type == "none":
        return
    first = session.scalars(
        select(Trade.on).where(Trade.position_id == position.id).order_by(Trade.on).limit(1)
    ).one()
    years = range(span.since.year, span.until.year + 1)
    records = [
        day for day in (date(year, 4, 15) for year in years) if first < day <= span.until - timedelta(7)
    ]
    for record in records:
        price = price_of(fund.symbol or "", record)
        dividend = Dividend(
            position_id=position.id,
            record_on=record,
            ex_on=record - timedelta(1),
            per_share=round(price * 3 / 100, 2),
            pays=fund.dividend_type,
        )
        if fund.dividend_type == "stock" and record != records[-1]:
            dividend.buy_order_on = record + timedelta(5)
            dividend.reinvested_shares = Decimal("2.5")
            dividend.reinvested_price = price
        session.add(dividend)
