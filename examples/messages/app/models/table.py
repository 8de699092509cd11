"""The DynamoDB table: how it is reached, and what its failures mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .errors import TooLarge, Unavailable
from .item import MAX_ITEM

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

#: Seconds. Three tries end before API Gateway gives up after 29.
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
#: What to do, by DynamoDB's error code.
_ADVICE = {
    "ResourceNotFoundException": (
        "Create it (pk: string, partition key; sk: string, sort key) or let DDB_TABLE_NAME name another."
    ),
    "AccessDeniedException": "Allow GetItem, Scan, PutItem, UpdateItem and DeleteItem on it.",
}


class ConditionFailed(Exception):
    """A conditional write found another item than it wanted; ``item`` is that one, empty if there is none."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        super().__init__("the condition of a write does not hold")
        self.item = item


class Table:
    """One table. Its client is made on first use; it is thread-safe, which a boto3 resource is not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = Lock()
        self._client: DynamoDBClient | None = None

    @contextmanager
    def client(self) -> Iterator[DynamoDBClient]:
        """The client to ask within the ``with``; what goes wrong in there gets a name.

        :raises ConditionFailed: a conditional write was not made
        :raises TooLarge: the item would pass DynamoDB's limit
        :raises Unavailable: no such table, throttled, no network, no credentials, no permission ...
        """
        if not self.name:
            raise Unavailable("DDB_TABLE_NAME is not set: it says which DynamoDB table the messages are in.")
        try:
            yield self._connected()
        except ClientError as error:
            self._explain(error)
            raise
        except BotoCoreError as error:
            raise Unavailable(f"The table {self.name} could not be asked: {error}") from error

    def _connected(self) -> DynamoDBClient:
        with self._lock:
            if self._client is None:
                self._client = boto3.client("dynamodb", config=_CONFIG)
            return self._client

    def _explain(self, error: ClientError) -> None:
        code = error.response["Error"]["Code"]
        text = error.response["Error"].get("Message", "")
        if code == "ConditionalCheckFailedException":
            found: Any = error.response.get("Item", {})
            raise ConditionFailed(from_attributes(found)) from None
        if code == "ValidationException":
            if "Item size" in text:
                raise TooLarge(MAX_ITEM) from None
            return  # a request DynamoDB cannot read is our own mistake: 500, with a traceback in the log
        advice = _ADVICE.get(code, "If it stays so, look at the table's metrics and the service's health.")
        raise Unavailable(f"DynamoDB refused a request to {self.name}: {error}. {advice}") from error


def to_attributes(values: Mapping[str, Any]) -> dict[str, AttributeValueTypeDef]:
    """Plain values as DynamoDB's typed ones: ``{"n": Decimal(1)}`` gives ``{"n": {"N": "1"}}``."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


class _ExactDeserializer(TypeDeserializer):
    # boto3's own refuses 1E+40 as DynamoDB spells it: a 1 and 40 zeros are more than 38 digits to it.
    def _deserialize_n(self, value: str) -> Decimal:
        return Decimal(value)


def from_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of ``to_attributes``."""
    deserialize = _ExactDeserializer().deserialize
    return {name: deserialize(value) for name, value in attributes.items()}
