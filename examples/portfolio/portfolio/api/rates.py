"""Exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from ..domain.money import EXACT
from ..domain.refusals import MissingRate
from ..ledger.keeping import keep
from ..ledger.loading import load_rates, positions_between
from ..ledger.prices import upsert
from ..models import ExchangeRate
from .deleted import gone
from .operations import Reply, Work, operation
from .problems import Fault, NotFound, Problem
from .wire import Currency, Day, Plain, Rate, Wire

#: A rate is shown with ten decimals.
_TEN = Decimal("1e-10")


class RateIn(Wire):
    """One ``fromCurrency`` buys ``rate`` of ``toCurrency``, from ``date`` on, today if it is left out."""

    from_currency: Currency
    to_currency: Currency
    rate: Rate
    date: Day | None = None


class RateQuery(Wire):
    """Which pair; with ``date`` the rate that counts that day, else all that were entered."""

    from_currency: Currency | None = None
    to_currency: Currency | None = None


class LookUp(Wire):
    """A pair and a day, today if it is left out."""

    from_currency: Currency
    to_currency: Currency
    date: Day | None = None


class RateOut(Wire):
    """A rate as it was entered."""

    from_currency: str
    to_currency: str
    rate: Plain
    date: date


class RateFound(RateOut):
    """The rate that counts on a day: when it was quoted, and whether it is another one's inverse."""

    quoted_on: date
    inverse: bool


@operation("GET", "/exchange-rates")
def list_rates(work: Work, query: RateQuery) -> list[RateOut]:
    """The rates that were entered, newest first."""
    statement = select(ExchangeRate)
    if query.from_currency:
        statement = statement.where(ExchangeRate.base == query.from_currency)
    if query.to_currency:
        statement = statement.where(ExchangeRate.quote == query.to_currency)
    order = (ExchangeRate.on.desc(), ExchangeRate.base, ExchangeRate.quote)
    return [_out(found) for found in work.session.scalars(statement.order_by(*order).limit(5000))]


@operation("GET", "/exchange-rate")
def find_rate(work: Work, query: LookUp) -> RateFound:
    """The rate that counts on a day: the nearest earlier one, turned round if need be. 404 when there is
    none.
    """
    on = query.date or work.today
    pair = (query.from_currency, query.to_currency)
    try:
        found = load_rates(work.session, [pair]).on(*pair, on)
    except MissingRate as missing:
        raise Problem(404, str(missing), "no-rate") from None
    return RateFound(
        from_currency=pair[0],
        to_currency=pair[1],
        rate=EXACT.quantize(found.rate, _TEN),
        date=on,
        quoted_on=found.quoted_on,
        inverse=found.inverse,
    )


@operation("PUT", "/exchange-rates")
def set_rate(work: Work, body: RateIn) -> RateOut:
    """Enter a rate, or correct it; all figures it is in are made again."""
    on = body.date or work.today
    if body.from_currency == body.to_currency:
        fault = Fault("is the same as fromCurrency", "#/toCurrency")
        raise Problem(422, "A currency is itself at any rate.", "invalid", [fault])
    row = {"base": body.from_currency, "quote": body.to_currency, "date": on, "rate": body.rate}
    upsert(work.session, ExchangeRate, [row])
    _keep(work, body.from_currency, body.to_currency, on)
    return RateOut(from_currency=body.from_currency, to_currency=body.to_currency, rate=body.rate, date=on)


@operation("DELETE", "/exchange-rates")
def delete_rate(work: Work, query: LookUp) -> Reply[None]:
    """Delete the rate of a pair and a day."""
    on = query.date or work.today
    found = work.session.get(ExchangeRate, (query.from_currency, query.to_currency, on))
    if found is None:
        raise NotFound("exchange rate")
    done = gone(work, found, ("rate", f"{found.base}/{found.quote}", on), on)
    _keep(work, query.from_currency, query.to_currency, on)
    return done


def _keep(work: Work, one: str, other: str, since: date) -> None:
    changed = dict.fromkeys(positions_between(work.session, one, other), since)
    if changed:
        keep(work.session, work.prices, changed, work.today)


def _out(found: ExchangeRate) -> RateOut:
    return RateOut(from_currency=found.base, to_currency=found.quote, rate=found.rate, date=found.on)
