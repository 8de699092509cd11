"""Dividends, in cash and in shares, and their reinvestment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import model_validator
from sqlalchemy import Select, select
from typing_extensions import Self

from ..domain.money import EXACT, booked
from ..ledger.keeping import keep
from ..models import Dividend, Fund, Payout, Position
from . import positions
from .deleted import gone
from .operations import Reply, Work, check_version, operation
from .problems import Fault, NotFound, Problem
from .wire import Day, Id, Plain, Price, Shares, Wire


class DividendIn(Wire):
    """A dividend as it is entered. Shares and price of the reinvestment belong to stock dividends, and to
    each other."""

    portfolio_fund_id: Id
    record_date: Day
    ex_dividend_date: Day
    dividend_per_share: Price
    buy_order_date: Day | None = None
    reinvestment_shares: Shares | None = None
    reinvestment_price: Price | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.reinvestment_shares is None) != (self.reinvestment_price is None):
            raise ValueError("A reinvestment has both reinvestmentShares and reinvestmentPrice.")
        return self


class DividendOut(Wire):
    """A dividend. A stock dividend is PENDING until it is reinvested; ``cashAmount`` is what came as
    money.
    """

    id: str
    portfolio_id: str
    portfolio_fund_id: str
    fund_id: str
    fund_name: str
    currency: str
    dividend_type: str
    record_date: date
    ex_dividend_date: date
    shares_owned: Plain
    dividend_per_share: Plain
    total_amount: Plain
    cash_amount: Plain
    reinvestment_status: str
    buy_order_date: date | None
    reinvestment_date: date | None
    reinvestment_shares: Plain | None
    reinvestment_price: Plain | None
    version: int


class DividendQuery(Wire):
    """Of which portfolio or fund."""

    portfolio_id: Id | None = None
    fund_id: Id | None = None


@operation("GET", "/dividends")
def list_dividends(work: Work, query: DividendQuery) -> list[DividendOut]:
    """Dividends, newest ex-dividend date first."""
    statement = _all()
    if query.portfolio_id:
        statement = statement.where(Position.portfolio_id == query.portfolio_id)
    if query.fund_id:
        statement = statement.where(Position.fund_id == query.fund_id)
    rows = work.session.execute(statement.order_by(Dividend.ex_on.desc(), Dividend.id))
    return [out(*row) for row in rows]


@operation("POST", "/dividends", status=201)
def create_dividend(work: Work, body: DividendIn) -> Reply[DividendOut]:
    """Enter a dividend: its amount follows from the shares held when the record date ended."""
    position = positions.one(work, body.portfolio_fund_id)
    fund = work.session.get_one(Fund, position.fund_id)
    if fund.dividend_type == "none":
        fault = Fault("is of a fund that pays no dividend", "#/portfolioFundId")
        raise Problem(422, f"{fund.name} is entered as paying no dividend.", "invalid", [fault])
    made = Dividend(position_id=position.id, pays=fund.dividend_type, **columns_of(body))
    _check(work, made)
    work.session.add(made)
    keep(work.session, work.prices, {position.id: _since(made)}, work.today)
    return Reply(_read(work, made.id), made.version, f"/api/dividends/{made.id}")


@operation("GET", "/dividends/<uuid:dividend_id>")
def get_dividend(work: Work, dividend_id: str) -> Reply[DividendOut]:
    """A dividend."""
    found = _read(work, dividend_id)
    return Reply(found, found.version)


@operation("PUT", "/dividends/<uuid:dividend_id>", edits=True)
def update_dividend(work: Work, dividend_id: str, body: DividendIn) -> Reply[DividendOut]:
    """Change a dividend. Without the reinvestment's figures a stock dividend is pending again."""
    found = _one(work, dividend_id)
    check_version(found.version)
    if body.portfolio_fund_id != found.position_id:
        fault = Fault("cannot be changed; delete the dividend and enter it there", "#/portfolioFundId")
        raise Problem(422, "A dividend stays with its fund and portfolio.", "invalid", [fault])
    since = _since(found)
    for name, value in columns_of(body).items():
        setattr(found, name, value)
    _check(work, found)
    keep(work.session, work.prices, {found.position_id: min(since, _since(found))}, work.today)
    return Reply(_read(work, dividend_id), found.version)


@operation("DELETE", "/dividends/<uuid:dividend_id>")
def delete_dividend(work: Work, dividend_id: str) -> Reply[None]:
    """Delete a dividend and its reinvestment. Refused when those shares were sold later."""
    found = _one(work, dividend_id)
    check_version(found.version)
    position_id, since = found.position_id, _since(found)
    name = _read(work, dividend_id).fund_name
    done = gone(work, found, ("dividend", name, found.ex_on), since)
    keep(work.session, work.prices, {position_id: since}, work.today)
    return done


def out(dividend: Dividend, position: Position, fund: Fund, payout: Payout | None) -> DividendOut:
    """A dividend as it is sent."""
    total = payout.total if payout else Decimal(0)
    bought = Decimal(0)
    if dividend.reinvested_shares is not None and dividend.reinvested_price is not None:
        bought = booked(EXACT.multiply(dividend.reinvested_shares, dividend.reinvested_price), fund.currency)
    pending = dividend.pays == "stock" and not bought
    return DividendOut(
        id=dividend.id,
        portfolio_id=position.portfolio_id,
        portfolio_fund_id=position.id,
        fund_id=fund.id,
        fund_name=fund.name,
        currency=fund.currency,
        dividend_type=dividend.pays,
        record_date=dividend.record_on,
        ex_dividend_date=dividend.ex_on,
        shares_owned=payout.owned if payout else Decimal(0),
        dividend_per_share=dividend.per_share,
        total_amount=total,
        cash_amount=Decimal(0) if pending else max(total - bought, Decimal(0)),
        reinvestment_status="PENDING" if pending else "COMPLETED",
        buy_order_date=dividend.buy_order_on,
        reinvestment_date=dividend.reinvested_on if bought else None,
        reinvestment_shares=dividend.reinvested_shares,
        reinvestment_price=dividend.reinvested_price,
        version=dividend.version,
    )


def columns_of(body: DividendIn) -> dict[str, Any]:
    """A dividend as its row has it."""
    return {
        "record_on": body.record_date,
        "ex_on": body.ex_dividend_date,
        "per_share": body.dividend_per_share,
        "buy_order_on": body.buy_order_date,
        "reinvested_shares": body.reinvestment_shares,
        "reinvested_price": body.reinvestment_price,
    }


def _since(dividend: Dividend) -> date:
    return min(dividend.record_on, dividend.ex_on)


def _check(work: Work, dividend: Dividend) -> None:
    if dividend.reinvested_shares is None:
        return
    if dividend.pays == "cash":
        fault = Fault("belongs to stock dividends", "#/reinvestmentShares")
        raise Problem(422, "A dividend in cash is not reinvested here; enter a buy.", "invalid", [fault])
    if dividend.reinvested_on > work.today:
        fault = Fault(f"is after today, {work.today}", "#/buyOrderDate")
        raise Problem(422, "A reinvestment of the future has not happened yet.", "invalid", [fault])


def _all() -> Select[Dividend, Position, Fund, Payout]:
    return (
        select(Dividend, Position, Fund, Payout)
        .join(Position, Position.id == Dividend.position_id)
        .join(Fund, Fund.id == Position.fund_id)
        .outerjoin(Payout, Payout.dividend_id == Dividend.id)
    )


def _one(work: Work, dividend_id: str) -> Dividend:
    found = work.session.get(Dividend, dividend_id)
    if found is None:
        raise NotFound("dividend")
    return found


def _read(work: Work, dividend_id: str) -> DividendOut:
    row = work.session.execute(
        _all().where(Dividend.id == dividend_id).execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("dividend")
    return out(*row)
