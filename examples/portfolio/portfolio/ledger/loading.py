"""Positions from the tables, as the domain's values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..domain import entries as kinds
from ..domain.book import Book, Terms, book
from ..domain.currency import Quoted, Rates
from ..domain.money import Method
from ..models import Dividend, ExchangeRate, Fund, FundSplit, Portfolio, Position, Trade


class Loaded(NamedTuple):
    """A position with all that happened to it; ``base`` is the portfolio's currency."""

    position_id: str
    portfolio_id: str
    fund_id: str
    currency: str
    base: str
    method: Method
    kept_until: date | None
    entries: tuple[kinds.Entry, ...]

    @property
    def began_on(self) -> date | None:
        """The day of the first entry that is not a split."""
        days = [entry.on for entry in self.entries if not isinstance(entry, kinds.Split)]
        return min(days, default=None)

    def book(self) -> Book:
        """In the fund's currency.

        :raises Refused: an entry cannot be
        """
        return book(self.entries, Terms(self.currency, self.method))

    def base_book(self, rates: Rates) -> Book:
        """In the portfolio's currency.

        :raises MissingRate: there is none for one of its days
        """
        exchange = rates.exchange(self.currency, self.base)
        return book(self.entries, Terms(self.currency, self.method, self.base, exchange))


def load(session: Session, position_ids: Collection[str]) -> list[Loaded]:
    """These positions, in four queries however many they are."""
    found = session.execute(
        select(Position, Fund.currency, Portfolio.currency, Portfolio.method)
        .join(Fund, Position.fund_id == Fund.id)
        .join(Portfolio, Position.portfolio_id == Portfolio.id)
        .where(Position.id.in_(position_ids))
        .order_by(Position.id)
    ).all()
    entries: defaultdict[str, list[kinds.Entry]] = defaultdict(list)
    for position_id, entry in _entries(session, position_ids):
        entries[position_id].append(entry)
    splits = _splits(session, {position.fund_id for position, *_ in found})
    return [
        Loaded(
            position.id,
            position.portfolio_id,
            position.fund_id,
            currency,
            base,
            cast(Method, method),
            position.kept_until,
            (*entries[position.id], *splits[position.fund_id]),
        )
        for position, currency, base, method in found
    ]


def load_rates(session: Session, pairs: Iterable[tuple[str, str]]) -> Rates:
    """The rates between these currencies; no query when none is another one's."""
    wanted = {frozenset(pair) for pair in pairs if pair[0] != pair[1]}
    if not wanted:
        return Rates()
    ways = [tuple(sorted(pair)) for pair in wanted]
    rows = session.execute(
        select(ExchangeRate.base, ExchangeRate.quote, ExchangeRate.on, ExchangeRate.rate).where(
            or_(*(ExchangeRate.base.in_(pair) & ExchangeRate.quote.in_(pair) for pair in sorted(ways)))
        )
    )
    return Rates(Quoted(*row) for row in rows)


def _entries(session: Session, position_ids: Collection[str]) -> Iterable[tuple[str, kinds.Entry]]:
    columns = (Trade.position_id, Trade.id, Trade.kind, Trade.on, Trade.shares, Trade.price, Trade.amount)
    for position_id, trade_id, kind, on, shares, price, amount in session.execute(
        select(*columns).where(Trade.position_id.in_(position_ids))
    ):
        if kind == "fee":
            yield position_id, kinds.Fee(trade_id, on, amount)
        elif kind == "buy":
            yield position_id, kinds.Buy(trade_id, on, shares, price)
        else:
            yield position_id, kinds.Sell(trade_id, on, shares, price)
    for dividend in session.scalars(select(Dividend).where(Dividend.position_id.in_(position_ids))):
        yield dividend.position_id, entry_of(dividend)


def entry_of(dividend: Dividend) -> kinds.Dividend:
    """A dividend as the domain knows it; its reinvestment has the dividend's id with a mark."""
    bought = None
    if dividend.reinvested_shares is not None and dividend.reinvested_price is not None:
        bought = kinds.Reinvestment(
            f"{dividend.id}+", dividend.reinvested_on, dividend.reinvested_shares, dividend.reinvested_price
        )
    return kinds.Dividend(
        dividend.id,
        dividend.record_on,
        dividend.ex_on,
        dividend.per_share,
        cast(kinds.Pays, dividend.pays),
        bought,
    )


def _splits(session: Session, fund_ids: Collection[str]) -> defaultdict[str, list[kinds.Split]]:
    splits: defaultdict[str, list[kinds.Split]] = defaultdict(list)
    for split in session.scalars(select(FundSplit).where(FundSplit.fund_id.in_(fund_ids))):
        splits[split.fund_id].append(kinds.Split(split.id, split.on, split.new, split.old))
    return splits


def positions_of_fund(session: Session, fund_id: str) -> list[str]:
    """The ids of all positions in a fund."""
    return list(session.scalars(select(Position.id).where(Position.fund_id == fund_id)))


def positions_of_portfolio(session: Session, portfolio_id: str) -> list[str]:
    """The ids of all positions of a portfolio."""
    return list(session.scalars(select(Position.id).where(Position.portfolio_id == portfolio_id)))


def positions_between(session: Session, one: str, other: str) -> list[str]:
    """The ids of positions whose fund and portfolio have these two currencies."""
    pair = (one, other)
    return list(
        session.scalars(
            select(Position.id)
            .join(Fund, Position.fund_id == Fund.id)
            .join(Portfolio, Position.portfolio_id == Portfolio.id)
            .where(Fund.currency.in_(pair), Portfolio.currency.in_(pair), Fund.currency != Portfolio.currency)
        )
    )
