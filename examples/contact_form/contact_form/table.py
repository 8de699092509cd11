"""The DynamoDB table: how it is reached, and what its failures mean."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# With DEBUG it would log every request whole, and so all that people have written to us.
logging.getLogger("botocore").setLevel(logging.WARNING)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

#: Seconds. Three tries end before API Gateway gives up after 29.
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
#: The codes with which a condition fails; whoever wrote the condition knows what that means.
_CONDITIONS = ("ConditionalCheckFailedException", "TransactionCanceledException")


class Unavailable(Exception):
    """The table did not answer. The text is for the log: what happened and what to do."""


class Table:
    """One table. Its client is made on first use; it is thread-safe, which a boto3 resource is not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = Lock()
        self._client: DynamoDBClient | None = None

    @contextmanager
    def client(self) -> Iterator[DynamoDBClient]:
        """The client to ask within the ``with``.

        :raises Unavailable: no such table, throttled, no network, no credentials, no permission ...
        :raises botocore.exceptions.ClientError: a condition does not hold, or the request is our own mistake.
        """
        if not self.name:
            raise Unavailable(
                "ENQUIRIES_TABLE is not set: it says which DynamoDB table the enquiries are in."
            )
        try:
            yield self._connected()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _CONDITIONS or code == "ValidationException":
                raise
            raise Unavailable(
                f"DynamoDB refused a request to {self.name}: {code}. See that the table is there, that the "
                "app may read and write it, and what its metrics say."
            ) from error
        except BotoCoreError as error:
            raise Unavailable(f"The table {self.name} could not be asked: {error}") from error

    def _connected(self) -> DynamoDBClient:
        with self._lock:
            if self._client is None:
                self._client = boto3.client("dynamodb", config=_CONFIG)
            return self._client
