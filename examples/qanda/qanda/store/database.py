"""DynamoDB as this app uses it: plain values in and out, and names for what goes wrong."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

#: The tables and the environment variables that say how they are called.
TABLES = {
    name: f"{name.upper()}_TABLE"
    for name in ("questions", "answers", "messages", "subscribers", "installations", "moments")
}
#: Tries of a transaction that meets another one, or of keys that a batch left over.
_TRIES = 12


class ConditionFailed(Exception):
    """A conditional write was not made."""


class Cancelled(Exception):
    """A transaction was not made; ``reasons`` has DynamoDB's code for each of its writes."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


class Query(NamedTuple):
    """Items with one partition key, in the order of the sort key.

    :param begins: sort key and what it begins with
    :param after: the key of the item after which to go on
    """

    key: tuple[str, str]
    of_index: str = ""
    begins: tuple[str, str] | None = None
    newest_first: bool = False
    after: Item | None = None


class Write(NamedTuple):
    """One write of a transaction: ``Put``, ``Update`` or ``Delete`` and its parameters, values plain."""

    kind: str
    table: str
    parameters: Mapping[str, Any]


class Database:
    """The tables. The client is made on first use, and is thread-safe.

    :raises Unavailable: from every method: no such table, throttled, no network, no permission ...
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._names = {table: environ.get(variable, "") for table, variable in TABLES.items()}
        self._lock = Lock()
        self._made: DynamoDBClient | None = None

    def prepare(self) -> None:
        """Load AWS's library and make the client, which asks nobody anything; without a region, later."""
        from botocore.exceptions import NoRegionError

        with contextlib.suppress(NoRegionError):
            self._client()

    def get(self, table: str, key: Item) -> Item | None:
        """The item as of now."""
        answer = self._ask("get_item", table, Key=_typed(key), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def put(self, table: str, item: Item, unless: str = "") -> bool:
        """Store an item; with ``unless``, a key attribute, only when there is none. Whether it was stored."""
        condition = {"ConditionExpression": "attribute_not_exists(#k)"} if unless else {}
        names = {"ExpressionAttributeNames": {"#k": unless}} if unless else {}
        try:
            self._ask("put_item", table, Item=_typed(item), **condition, **names)
        except ConditionFailed:
            return False
        return True

    def update(self, table: str, key: Item, parameters: Mapping[str, Any]) -> Item:
        """Change an item as ``parameters`` (of UpdateItem, values plain) say; all of it afterwards.

        :raises ConditionFailed: their condition does not hold
        """
        asked = _written({"Key": key, **parameters})
        return _plain(self._ask("update_item", table, ReturnValues="ALL_NEW", **asked)["Attributes"])

    def delete(self, table: str, key: Item) -> Item | None:
        """Remove an item, if it is there; it as it was."""
        gone = self._ask("delete_item", table, Key=_typed(key), ReturnValues="ALL_OLD")
        return _plain(gone["Attributes"]) if "Attributes" in gone else None

    def query(self, table: str, query: Query, limit: int) -> tuple[list[Item], Item | None]:
        """Up to ``limit`` items; and, where DynamoDB stopped before the end, the key to go on after."""
        condition = "#k = :k"
        names, values = {"#k": query.key[0]}, {":k": query.key[1]}
        if query.begins:
            condition += " AND begins_with(#s, :s)"
            names["#s"], values[":s"] = query.begins
        asked: dict[str, Any] = (
            {"ConsistentRead": True} if not query.of_index else {"IndexName": query.of_index}
        )
        if query.after:
            asked["ExclusiveStartKey"] = _typed(query.after)
        answer = self._ask(
            "query",
            table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=_typed(values),
            ScanIndexForward=not query.newest_first,
            Limit=limit,
            **asked,
        )
        last = answer.get("LastEvaluatedKey")
        return [_plain(item) for item in answer["Items"]], _plain(last) if last else None

    def batch(self, table: str, keys: Sequence[Item]) -> list[Item]:
        """Those of up to 100 items that are there, in no order."""
        name = self._name(table)
        found: list[Item] = []
        wanted: Any = {name: {"Keys": [_typed(key) for key in keys], "ConsistentRead": True}} if keys else {}
        for attempt in range(_TRIES):
            if not wanted:
                return found
            _pause(attempt)
            answer = self._call("batch_get_item", RequestItems=wanted)
            found += [_plain(item) for item in answer["Responses"].get(name, ())]
            wanted = answer.get("UnprocessedKeys")
        raise Unavailable(f"DynamoDB left keys of {name} over {_TRIES} times. Raise the table's capacity.")

    def transact(self, writes: Iterable[Write]) -> None:
        """All of these writes or none of them. One that meets another transaction is tried again.

        :raises Cancelled: a condition does not hold
        """
        items = [
            {write.kind: {"TableName": self._name(write.table), **_written(write.parameters)}}
            for write in writes
        ]
        for attempt in range(_TRIES):
            _pause(attempt)
            try:
                self._call("transact_write_items", TransactItems=items)
                return
            except Cancelled as cancelled:
                if "TransactionConflict" not in cancelled.reasons or attempt == _TRIES - 1:
                    raise

    def _ask(self, call: str, table: str, **parameters: Any) -> Any:
        return self._call(call, TableName=self._name(table), **parameters)

    def _call(self, call: str, **parameters: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            asked: Callable[..., Any] = getattr(self._client(), call)
            return asked(**parameters)
        except ClientError as error:
            raise _explained(error) from error
        except BotoCoreError as error:
            raise Unavailable(f"DynamoDB could not be asked: {error}") from error

    def _name(self, table: str) -> str:
        if not self._names[table]:
            raise Unavailable(f"{TABLES[table]} is not set: it says which DynamoDB table the {table} are in.")
        return self._names[table]

    def _client(self) -> DynamoDBClient:
        with self._lock:
            if self._made is None:
                import boto3
                from botocore.config import Config

                # Seconds. Three tries end before API Gateway gives up after 29.
                retries: Any = {"mode": "standard", "total_max_attempts": 3}
                config = Config(connect_timeout=2, read_timeout=5, retries=retries)
                self._made = boto3.client("dynamodb", config=config)
            return self._made


def _explained(error: Any) -> Exception:
    """What the app makes of DynamoDB's refusal; a request it cannot read is our own mistake, and stays."""
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return ConditionFailed()
    if code == "TransactionCanceledException":
        return Cancelled([reason.get("Code", "None") for reason in error.response["CancellationReasons"]])
    if code == "ValidationException":
        own: Exception = error
        return own
    advice = {
        "ResourceNotFoundException": "Create the tables of pyproject.toml; `sameroom dev` does.",
        "AccessDeniedException": "Allow this call on the table; `sameroom deploy` does.",
    }.get(code, "If it stays so, look at the table's metrics and the service's health.")
    return Unavailable(f"DynamoDB refused: {error}. {advice}")


def _pause(attempt: int) -> None:
    """Longer every time, and never as long as the other one who waits."""
    if attempt:
        time.sleep(random.uniform(0, min(0.01 * 2**attempt, 0.5)))  # noqa: S311  # spreads, hides nothing


def _written(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a write with the values in them as DynamoDB's typed ones."""
    typed = ("Key", "Item", "ExpressionAttributeValues")
    return {name: _typed(value) if name in typed else value for name, value in parameters.items()}


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeSerializer

    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def _plain(attributes: Mapping[str, Any]) -> Item:
    from boto3.dynamodb.types import TypeDeserializer

    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in attributes.items()}
