"""Prices in DynamoDB: one item for a fund and a day, in the table that ``PRICES_TABLE`` names.

What a request changes is written just before the database commits, so that a refusal leaves both as they
were. Should that commit fail, the prices stay and the days made of them are the old ones, until the next
change or ``flask history rebuild``: there is no transaction over both.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, takewhile
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from ..domain.history import Price
from .prices import PricesAway

#: Items of a BatchWriteItem.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
_AT_ONCE = 25
#: Calls at a time: funds are asked for side by side.
_SIDE_BY_SIDE = 16
_TRIES = 8
_PENDING = "pending_prices"
_DAY = timedelta(1)
#: By fund and day; None is a price to be removed.
Pending = dict[str, dict[date, "Price | None"]]


class Client(Protocol):
    """As much of boto3's DynamoDB client as is used here."""

    def query(self, **asked: Any) -> Any: ...

    def batch_write_item(self, **asked: Any) -> Any: ...


class DynamoTable:
    """The table and its client, which is made on first use and serves all threads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._client: Client | None = None
        self._lock = threading.Lock()

    @property
    def client(self) -> Client:
        with self._lock:
            if self._client is None:
                import boto3
                from botocore.config import Config

                retries: Any = {"mode": "standard", "max_attempts": 4}
                config = Config(
                    connect_timeout=2, read_timeout=5, retries=retries, max_pool_connections=_SIDE_BY_SIDE
                )
                made: Any = boto3.client("dynamodb", config=config)
                self._client = made
            return self._client

    def newest_first(self, fund_id: str, until: date, hint: int) -> Iterator[Price]:
        """A fund's prices until a day, newest first; ``hint`` is how many are likely to be wanted."""
        asked: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": "fund_id = :fund AND #date <= :until",
            "ExpressionAttributeNames": {"#date": "date"},
            "ExpressionAttributeValues": {":fund": {"S": fund_id}, ":until": {"S": until.isoformat()}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": hint,
        }
        while True:
            found = _called(self.client.query, **asked)
            for item in found["Items"]:
                yield Price(date.fromisoformat(item["date"]["S"]), Decimal(item["price"]["N"]))
            if "LastEvaluatedKey" not in found:
                return
            asked["ExclusiveStartKey"] = found["LastEvaluatedKey"]

    def write(self, changes: Pending) -> None:
        """Put and remove prices, all of them.

        :raises PricesAway: some could not be
        """
        requests = [
            _change(fund_id, on, price) for fund_id, days in changes.items() for on, price in days.items()
        ]
        batches = [requests[start : start + _AT_ONCE] for start in range(0, len(requests), _AT_ONCE)]
        _side_by_side(self._write_batch, batches)

    def _write_batch(self, batch: list[dict[str, Any]]) -> None:
        left = {self.name: batch}
        for _ in range(_TRIES):
            left = _called(self.client.batch_write_item, RequestItems=left).get("UnprocessedItems", {})
            if not left:
                return
            threading.Event().wait(0.1)
        raise PricesAway("DynamoDB does not take so many prices at the moment.")


class DynamoPrices:
    """Prices in DynamoDB, as one session of the database sees them: with its own changes."""

    def __init__(self, table: DynamoTable, session: Session) -> None:
        self._table, self._session = table, session
        self._pending: Pending | None = session.info.get(_PENDING)
        if self._pending is None:
            self._pending = session.info[_PENDING] = {}
            event.listen(session, "before_commit", self._before_commit)
            event.listen(session, "after_soft_rollback", self._after_rollback)

    def keep(self, fund_id: str, prices: Iterable[Price]) -> None:
        self._of_fund(fund_id).update({price.on: price for price in prices})

    def forget(self, fund_id: str, on: date) -> bool:
        there = next(self._back(fund_id, on, 1), None)
        if there is None or there.on != on:
            return False
        self._of_fund(fund_id)[on] = None
        return True

    def forget_all(self, fund_id: str) -> None:
        gone = [price.on for price in self._back(fund_id, date.max, 1000)]
        self._of_fund(fund_id).update(dict.fromkeys(gone))

    def of(self, fund_ids: Collection[str], since: date | None = None) -> Mapping[str, list[Price]]:
        def found(fund_id: str) -> list[Price]:
            prices: list[Price] = []
            for price in self._back(fund_id, date.max, 1000):
                prices.append(price)
                if since is not None and price.on <= since:
                    break
            return prices[::-1]

        return _by_fund(fund_ids, found)

    def page(self, fund_id: str, before: date | None, after: date | None, limit: int) -> list[Price]:
        until = before - _DAY if before else date.max
        found = takewhile(lambda price: after is None or price.on >= after, self._back(fund_id, until, limit))
        return list(islice(found, limit))

    def latest(self, fund_ids: Collection[str], until: date) -> Mapping[str, Price]:
        found = _by_fund(fund_ids, lambda fund_id: next(self._back(fund_id, until, 1), None))
        return {fund_id: price for fund_id, price in found.items() if price is not None}

    def _back(self, fund_id: str, until: date, hint: int) -> Iterator[Price]:
        """A fund's prices until a day with this session's changes, newest first."""
        changed = (self._pending or {}).get(fund_id, {})
        mine = sorted((on for on in changed if on <= until), reverse=True)
        for price in self._table.newest_first(fund_id, until, hint + len(mine)):
            while mine and mine[0] > price.on:
                if (own := changed[mine.pop(0)]) is not None:
                    yield own
            if price.on not in changed:
                yield price
        yield from (own for on in mine if (own := changed[on]) is not None)

    def _of_fund(self, fund_id: str) -> dict[date, Price | None]:
        assert self._pending is not None
        if not self._session.in_transaction():
            self._session.begin()  # or a rollback would have nothing to tell us of
        return self._pending.setdefault(fund_id, {})

    def _before_commit(self, session: Session) -> None:
        if self._pending and not session.in_nested_transaction():
            self._table.write(self._pending)
            self._pending.clear()

    def _after_rollback(self, session: Session, ended: SessionTransaction) -> None:
        if self._pending and not ended.nested:
            self._pending.clear()


def _change(fund_id: str, on: date, price: Price | None) -> dict[str, Any]:
    key: dict[str, Any] = {"fund_id": {"S": fund_id}, "date": {"S": on.isoformat()}}
    if price is None:
        return {"DeleteRequest": {"Key": key}}
    return {"PutRequest": {"Item": key | {"price": {"N": format(price.price, "f")}}}}


def _by_fund(fund_ids: Collection[str], found: Any) -> dict[str, Any]:
    ids = list(dict.fromkeys(fund_ids))
    prices = zip(ids, _side_by_side(found, ids), strict=True)
    return {fund_id: some for fund_id, some in prices if some}


def _side_by_side(do: Any, what: list[Any]) -> list[Any]:
    if len(what) < 2:
        return [do(one) for one in what]
    with ThreadPoolExecutor(min(len(what), _SIDE_BY_SIDE)) as pool:
        return list(pool.map(do, what))


def _called(call: Any, **asked: Any) -> Any:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call(**asked)
    except (BotoCoreError, ClientError) as error:
        raise PricesAway(f"DynamoDB: {error}") from error
