"""How often one address may do something, counted in the table, so that all sandboxes count together.

A counter is an item per address, purpose and span of time. It holds no address, only an HMAC of it, and goes
by itself when the span is over (TTL).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from .settings import Limit
from .table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


class TooMany(Exception):
    """The limit is reached; ``seconds`` until the next span begins."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Counter(NamedTuple):
    """What is counted: one address doing one thing, in the span of time that is now."""

    pk: str
    span: int
    limit: Limit

    def seconds_left(self, now: float) -> int:
        """Until the next span begins, at least 1."""
        return max(1, int((self.span + 1) * self.limit.seconds - now))


def counter(purpose: str, address: str, key: str, limit: Limit, now: float) -> Counter:
    """The counter of ``address``, which is REMOTE_ADDR; ``key`` is the app's secret key."""
    digest = hmac.new(key.encode(), _network(address).encode(), hashlib.sha256).hexdigest()
    return Counter(f"limit#{purpose}#{digest[:32]}", int(now) // limit.seconds, limit)


def _network(address: str) -> str:
    """An IPv6 address as its /64: that is what one customer has, and can take any address of."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def one_more(counter: Counter, table: Table) -> UpdateTypeDef:
    """The update that counts one more, and fails at the limit."""
    return {
        "TableName": table.name,
        "Key": _key(counter),
        "UpdateExpression": "ADD #n :one SET #ttl = :ttl",
        "ConditionExpression": "attribute_not_exists(#n) OR #n < :most",
        "ExpressionAttributeNames": {"#n": "n", "#ttl": "expires_at"},
        "ExpressionAttributeValues": {
            ":one": {"N": "1"},
            ":most": {"N": str(counter.limit.most)},
            ":ttl": {"N": str((counter.span + 2) * counter.limit.seconds)},
        },
    }


def count(table: Table, counter: Counter, now: float) -> None:
    """:raises TooMany: it is as often as it may be already."""
    try:
        with table.client() as client:
            client.update_item(**one_more(counter, table))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        raise TooMany(counter.seconds_left(now)) from None


def forget(table: Table, counter: Counter) -> None:
    """Begin anew."""
    with table.client() as client:
        client.delete_item(TableName=table.name, Key=_key(counter))


def _key(counter: Counter) -> Any:
    return {"pk": {"S": counter.pk}, "sk": {"S": str(counter.span)}}
