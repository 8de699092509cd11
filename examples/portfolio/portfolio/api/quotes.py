"""Prices and symbols from a provider."""

from __future__ import annotations

from datetime import date, datetime

from flask import current_app

from ..clock import utc_now
from ..prices import updating
from ..prices.feed import Away, Feed, NoPrices, Unknown
from ..settings import read
from . import funds, shapes
from .operations import Work, operation
from .problems import Fault, Problem
from .wire import Wire


class UpdateQuery(Wire):
    """Which prices: the last close, or all since the first transaction that are missing."""

    type: updating.Which = "today"


class UpdateOut(Wire):
    """How many days have a price now that had none."""

    new_prices: int
    fund: shapes.FundOut


class FailedFund(Wire):
    """A fund that has no new prices, and why."""

    fund_id: str
    name: str
    error: str


class UpdatedFund(Wire):
    """A fund with new prices."""

    fund_id: str
    name: str
    new_prices: int


class UpdatedAll(Wire):
    """What came of all funds with a symbol."""

    updated_funds: list[UpdatedFund]
    errors: list[FailedFund]
    total_updated: int
    total_errors: int
    new_prices: int


class SymbolQuery(Wire):
    """Whether to ask the provider even if it was asked this week."""

    force_refresh: bool = False


class SymbolOut(Wire):
    """What the provider knows of a symbol."""

    symbol: str
    name: str
    exchange: str
    currency: str
    isin: str
    asked_at: datetime


@operation("POST", "/funds/<uuid:fund_id>/prices/update")
def update_prices(work: Work, fund_id: str, query: UpdateQuery) -> UpdateOut:
    """Fetch a fund's prices."""
    fund = funds.one(work, fund_id)
    if not fund.symbol:
        fault = Fault("is missing", "#/symbol")
        raise Problem(422, f"{fund.name} has no symbol to ask for.", "no-symbol", [fault])
    until = _until(work)
    span = updating.span_of(work.session, fund_id, query.type, until)
    try:
        new = updating.update(work.session, work.prices, feed(work), fund, span) if span else 0
    except NoPrices as none:
        why = none.why
        work.session.rollback()
        updating.note(work.session, fund_id, why)
        work.session.commit()
        raise Problem(404 if isinstance(none, Unknown) else 502, why, "no-prices") from None
    found = funds.get_fund(work, fund_id)
    return UpdateOut(new_prices=new, fund=found.body)


@operation("POST", "/funds/update-all-prices")
def update_all_prices(work: Work, query: UpdateQuery) -> UpdatedAll:
    """Fetch the prices of every fund with a symbol. A fund that fails stops no other."""
    return updated_all(work, query.type)


def updated_all(
    work: Work, which: updating.Which, told: updating.Told = lambda done, total: None
) -> UpdatedAll:
    """Fetch the prices of every fund with a symbol, and say so after each."""
    done = updating.update_all(work.session, work.prices, feed(work), (which, _until(work)), told)
    failed = [one for one in done if one.error]
    good = [one for one in done if one.new]
    return UpdatedAll(
        updated_funds=[UpdatedFund(fund_id=one.fund_id, name=one.name, new_prices=one.new) for one in good],
        errors=[FailedFund(fund_id=one.fund_id, name=one.name, error=one.error) for one in failed],
        total_updated=len(good),
        total_errors=len(failed),
        new_prices=sum(one.new for one in done),
    )


@operation("GET", "/symbols/<symbol>")
def look_up_symbol(work: Work, symbol: str, query: SymbolQuery) -> SymbolOut:
    """What the provider knows of a symbol; it is asked once a week."""
    now = utc_now()
    shapes.check_symbol(symbol)
    try:
        found = updating.look_up(work.session, feed(work), symbol.upper(), now, query.force_refresh)
    except Unknown as unknown:
        raise Problem(404, unknown.why, "no-symbol") from None
    except Away as away:
        raise Problem(502, away.why, "no-prices") from None
    return SymbolOut(**found._asdict(), asked_at=now)


def feed(work: Work) -> Feed:
    """The provider of the settings.

    :raises Problem: it is not installed
    """
    try:
        made: Feed = current_app.extensions["feeds"](read(work.session).price_provider)
    except NoPrices as none:
        raise Problem(502, none.why, "no-prices") from None
    return made


def _until(work: Work) -> date:
    return updating.last_close(utc_now(), read(work.session).time_zone)
