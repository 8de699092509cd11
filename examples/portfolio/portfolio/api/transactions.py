"""Buys, sells and fees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from sqlalchemy import Select, select
from typing_extensions import Self

from ..domain.money import EXACT, booked
from ..ledger.keeping import keep
from ..models import Fund, Gain, Position, Trade
from . import positions
from .deleted import gone
from .operations import Reply, Work, check_version, operation
from .problems import Fault, NotFound, Problem
from .transaction_order import Order, cursor_at, in_order
from .wire import Amount, Day, Id, Plain, Price, Several, Shares, Wire

Kind = Annotated[
    Literal["buy", "sell", "fee"], BeforeValidator(lambda v: v.lower() if isinstance(v, str) else v)
]


class TransactionIn(Wire):
    """A buy or a sell: ``shares`` and ``costPerShare``. A fee: ``amount``. In the fund's currency."""

    portfolio_fund_id: Id
    date: Day
    type: Kind
    shares: Shares | None = None
    cost_per_share: Price | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _figures(self) -> Self:
        traded = (self.shares, self.cost_per_share)
        if self.type == "fee" and (self.amount is None or traded != (None, None)):
            raise ValueError("A fee has an amount, and neither shares nor costPerShare.")
        if self.type != "fee" and (None in traded or self.amount is not None):
            raise ValueError(f"A {self.type} has shares and costPerShare, and no amount.")
        return self


class TransactionOut(Wire):
    """A transaction. ``realizedGainLoss`` is what a sell gained, in the fund's currency."""

    id: str
    portfolio_id: str
    portfolio_fund_id: str
    fund_id: str
    fund_name: str
    currency: str
    date: date
    type: str
    shares: Plain | None
    cost_per_share: Plain | None
    amount: Plain | None
    total: Plain
    cost_basis: Plain | None
    realized_gain_loss: Plain | None
    version: int


class TransactionQuery(Wire):
    """Which transactions, newest first; ``fundId`` and ``type`` may be several, with commas between."""

    portfolio_id: Id | None = None
    portfolio_fund_id: Id | None = None
    fund_id: Annotated[list[Id], Several] | None = None
    type: Annotated[list[Kind], Several] | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    sort: Order = "-date"
    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    cursor: str | None = None


class TransactionPage(Wire):
    """Transactions, and where the list goes on."""

    items: list[TransactionOut]
    next_cursor: str | None


@operation("GET", "/transactions")
def list_transactions(work: Work, query: TransactionQuery) -> TransactionPage:
    """Transactions in an order."""
    dialect = work.session.get_bind().dialect.name
    statement = in_order(_chosen(_all(), query), query.sort, dialect, query.cursor)
    rows = work.session.execute(statement.limit(query.limit + 1)).all()
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return TransactionPage(
        items=[out(*row[:-1]) for row in shown],
        next_cursor=cursor_at(query.sort, shown[-1][-1], shown[-1][0]) if more else None,
    )


@operation("POST", "/transactions", status=201)
def create_transaction(work: Work, body: TransactionIn) -> Reply[TransactionOut]:
    """Enter a transaction, anywhere in time: what follows it is made again. Refused if it cannot be."""
    position = positions.one(work, body.portfolio_fund_id)
    _not_in_future(work, body.date)
    made = Trade(position_id=position.id, **columns_of(body))
    work.session.add(made)
    keep(work.session, work.prices, {position.id: body.date}, work.today)
    return Reply(_read(work, made.id), made.version, f"/api/transactions/{made.id}")


@operation("GET", "/transactions/<uuid:transaction_id>")
def get_transaction(work: Work, transaction_id: str) -> Reply[TransactionOut]:
    """A transaction."""
    found = _read(work, transaction_id)
    return Reply(found, found.version)


@operation("PUT", "/transactions/<uuid:transaction_id>", edits=True)
def update_transaction(work: Work, transaction_id: str, body: TransactionIn) -> Reply[TransactionOut]:
    """Change a transaction; what follows it is made again."""
    found = _one(work, transaction_id)
    check_version(found.version)
    _not_in_future(work, body.date)
    position = positions.one(work, body.portfolio_fund_id)
    changed = {found.position_id: min(found.on, body.date)}
    changed[position.id] = min(changed.get(position.id, body.date), body.date)
    found.position_id = position.id
    for name, value in columns_of(body).items():
        setattr(found, name, value)
    keep(work.session, work.prices, changed, work.today)
    return Reply(_read(work, transaction_id), found.version)


@operation("DELETE", "/transactions/<uuid:transaction_id>")
def delete_transaction(work: Work, transaction_id: str) -> Reply[None]:
    """Delete a transaction. Refused when shares were sold later that there are only by it."""
    found = _one(work, transaction_id)
    check_version(found.version)
    position_id, on = found.position_id, found.on
    name = f"{found.kind} of {_read(work, transaction_id).fund_name}"
    done = gone(work, found, ("transaction", name, on), on)
    keep(work.session, work.prices, {position_id: on}, work.today)
    return done


def out(trade: Trade, position: Position, fund: Fund, gain: Gain | None) -> TransactionOut:
    """A transaction as it is sent."""
    fee = trade.kind == "fee"
    return TransactionOut(
        id=trade.id,
        portfolio_id=position.portfolio_id,
        portfolio_fund_id=position.id,
        fund_id=fund.id,
        fund_name=fund.name,
        currency=fund.currency,
        date=trade.on,
        type=trade.kind,
        shares=None if fee else trade.shares,
        cost_per_share=None if fee else trade.price,
        amount=trade.amount if fee else None,
        total=_total(trade, fund.currency),
        cost_basis=gain.basis if gain else None,
        realized_gain_loss=gain.realised if gain else None,
        version=trade.version,
    )


def _total(trade: Trade, currency: str) -> Decimal:
    amount = trade.amount if trade.kind == "fee" else EXACT.multiply(trade.shares, trade.price)
    return booked(amount, currency)


def columns_of(body: TransactionIn) -> dict[str, Any]:
    """A transaction as its row has it."""
    nought = Decimal(0)
    return {
        "on": body.date,
        "kind": body.type,
        "shares": body.shares or nought,
        "price": body.cost_per_share or nought,
        "amount": body.amount or nought,
    }


def _not_in_future(work: Work, on: date) -> None:
    if on > work.today:
        fault = Fault(f"is after today, {work.today}", "#/date")
        raise Problem(422, "A transaction of the future has not happened yet.", "invalid", [fault])


def _all() -> Select[Trade, Position, Fund, Gain]:
    return (
        select(Trade, Position, Fund, Gain)
        .join(Position, Position.id == Trade.position_id)
        .join(Fund, Fund.id == Position.fund_id)
        .outerjoin(Gain, Gain.trade_id == Trade.id)
    )


def _chosen(
    statement: Select[Trade, Position, Fund, Gain], query: TransactionQuery
) -> Select[Trade, Position, Fund, Gain]:
    if query.portfolio_id:
        statement = statement.where(Position.portfolio_id == query.portfolio_id)
    if query.portfolio_fund_id:
        statement = statement.where(Trade.position_id == query.portfolio_fund_id)
    if query.fund_id:
        statement = statement.where(Position.fund_id.in_(query.fund_id))
    if query.type:
        statement = statement.where(Trade.kind.in_(query.type))
    if query.start_date:
        statement = statement.where(Trade.on >= query.start_date)
    if query.end_date:
        statement = statement.where(Trade.on <= query.end_date)
    return statement


def _one(work: Work, transaction_id: str) -> Trade:
    found = work.session.get(Trade, transaction_id)
    if found is None:
        raise NotFound("transaction")
    return found


def _read(work: Work, transaction_id: str) -> TransactionOut:
    row = work.session.execute(
        _all().where(Trade.id == transaction_id).execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("transaction")
    return out(*row)
