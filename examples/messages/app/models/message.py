"""Message related operations.

A message is one item: ``pk`` (its id), ``sk`` (always "v0"), ``timestamp`` (epoch seconds, when it was
created) and whatever keys its author gave it. ``_etag`` is new with every change; ``_fingerprint`` is there
when the message was created with an idempotency key. Readers see ``message_id`` for ``pk``, and neither
``sk`` nor the two with an underscore.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4, uuid5

import simplejson

from .errors import Changed, Fault, KeyReused, NotFound, Refused
from .item import check_size, checked, readable, size
from .table import ConditionFailed, Table, from_attributes, to_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import DeleteItemInputTypeDef, ScanInputTypeDef

#: Attributes that callers can neither set nor change.
OURS = frozenset({"pk", "sk", "message_id", "timestamp", "_etag", "_fingerprint"})
_HIDDEN = frozenset({"pk", "sk", "_etag", "_fingerprint"})
#: Keys in one update: DynamoDB's limit is an expression of 4 KB.
MAX_CHANGES = 300
#: Bytes of items in one page of a list, so that its JSON passes through every door (ALB's takes 1 MB).
MAX_PAGE = 512 * 1024

_VERSION = "v0"
_KEYS_NAMESPACE = UUID("8d7b02a4-0c5e-4d0f-9f8e-6c1f6f1d4c55")


class Created(NamedTuple):
    """A new message's id and ETag."""

    message_id: str
    etag: str


class Message(NamedTuple):
    """A message as its readers see it; the ETag is empty if this app did not write it."""

    content: dict[str, Any]
    etag: str


class Page(NamedTuple):
    """Part of a list, and the id after which it goes on (None: it does not)."""

    messages: list[dict[str, Any]]
    last: str | None


def create_message(table: Table, message: Mapping[str, Any], idempotency_key: str = "") -> Created:
    """Store a new message. With the same idempotency key and message, the first one is found again.

    :raises Refused, TooLarge: it cannot be stored
    :raises KeyReused: the key was used for another message
    """
    stored = checked(message, OURS)
    unique = uuid5(_KEYS_NAMESPACE, idempotency_key) if idempotency_key else uuid4()
    created = Created(str(unique), _new_etag())
    item = stored | _key(created.message_id) | {"timestamp": Decimal(int(time.time())), "_etag": created.etag}
    if idempotency_key:
        item["_fingerprint"] = _fingerprint(stored)
    check_size(item)
    try:
        with table.client() as client:
            client.put_item(
                TableName=table.name,
                Item=to_attributes(item),
                ConditionExpression="attribute_not_exists(#pk)",
                ExpressionAttributeNames={"#pk": "pk"},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
    except ConditionFailed as taken:
        # Without a key it is our own: boto3 has tried again because the first answer was lost.
        if idempotency_key and taken.item.get("_fingerprint") != item["_fingerprint"]:
            raise KeyReused from None
        return Created(created.message_id, taken.item.get("_etag", ""))
    return created


def retrieve_message(table: Table, message_id: str) -> Message:
    """The message as of now: every change made before is seen.

    :raises NotFound: there is none with this id
    """
    with table.client() as client:
        answer = client.get_item(
            TableName=table.name, Key=to_attributes(_key(message_id)), ConsistentRead=True
        )
    if "Item" not in answer:
        raise NotFound(message_id)
    item = from_attributes(answer["Item"])
    return Message(_seen(item), item.get("_etag", ""))


def list_messages(table: Table, limit: int, after: str | None = None) -> Page:
    """Up to ``limit`` messages, in the table's own order, which is arbitrary but stays the same.

    A message that is there all the time is found exactly once, whatever comes and goes meanwhile.
    """
    parameters: ScanInputTypeDef = {
        "TableName": table.name,
        "Limit": limit + 1,  # one more tells whether there is a next page
        "ConsistentRead": True,
        "FilterExpression": "#sk = :version",
        "ExpressionAttributeNames": {"#sk": "sk"},
        "ExpressionAttributeValues": {":version": {"S": _VERSION}},
    }
    if after is not None:
        parameters["ExclusiveStartKey"] = to_attributes(_key(after))
    with table.client() as client:
        answer = client.scan(**parameters)
    messages: list[dict[str, Any]] = []
    room = MAX_PAGE
    for item in map(from_attributes, answer["Items"]):
        room -= size(item)
        if messages and (room < 0 or len(messages) == limit):
            return Page(messages, messages[-1]["message_id"])
        messages.append(_seen(item))
    stopped = from_attributes(answer.get("LastEvaluatedKey", {}))
    return Page(messages, stopped.get("pk"))


def update_message(
    table: Table, message_id: str, changes: Mapping[str, Any], expected: Collection[str] | None = None
) -> str:
    """Set the named keys, leave all others alone, and return the new ETag.

    :param expected: ETags one of which the message must have; None: any
    :raises NotFound, Changed: there is no such message, or it has another ETag
    :raises Refused, TooLarge: the changes cannot be stored
    """
    stored = checked(changes, OURS)
    if len(stored) > MAX_CHANGES:
        raise Refused([Fault("#", f"one request changes at most {MAX_CHANGES} keys")])
    check_size(stored)
    etag = _new_etag()
    names = {f"#{place}": name for place, name in enumerate(stored)}
    values = {f":{place}": value for place, value in enumerate(stored.values())}
    pairs = ["#etag = :etag", *(f"#{place}=:{place}" for place in range(len(stored)))]
    condition, condition_values = _condition(expected)
    try:
        with table.client() as client:
            client.update_item(
                TableName=table.name,
                Key=to_attributes(_key(message_id)),
                UpdateExpression="SET " + ",".join(pairs),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#pk": "pk", "#etag": "_etag", **names},
                ExpressionAttributeValues=to_attributes({":etag": etag, **condition_values, **values}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
    except ConditionFailed as failed:
        # Ours already: boto3 has tried again because the first answer was lost.
        if failed.item.get("_etag") != etag:
            raise (Changed if failed.item else NotFound)(message_id) from None
    return etag


def delete_message(table: Table, message_id: str, expected: Collection[str] | None = None) -> None:
    """Delete a message.

    :param expected: ETags one of which the message must have; None: any
    :raises NotFound, Changed: there is no such message, or it has another ETag
    """
    condition, values = _condition(expected)
    parameters: DeleteItemInputTypeDef = {
        "TableName": table.name,
        "Key": to_attributes(_key(message_id)),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#pk": "pk"},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if values:
        parameters["ExpressionAttributeNames"] = {"#pk": "pk", "#etag": "_etag"}
        parameters["ExpressionAttributeValues"] = to_attributes(values)
    try:
        with table.client() as client:
            client.delete_item(**parameters)
    except ConditionFailed as failed:
        raise (Changed if failed.item else NotFound)(message_id) from None


def _key(message_id: str) -> dict[str, Any]:
    return {"pk": message_id, "sk": _VERSION}


def _seen(item: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: readable(value) for name, value in item.items() if name not in _HIDDEN}
    return {"message_id": item["pk"], **shown}


def _condition(expected: Collection[str] | None) -> tuple[str, dict[str, Any]]:
    """The condition of a change, and its values; ``#pk`` and, with values, ``#etag`` are named in it."""
    if expected is None:
        return "attribute_exists(#pk)", {}
    # No message has an empty ETag, so with nothing expected the condition cannot hold.
    values = {f":if{place}": etag for place, etag in enumerate(expected or [""])}
    return f"attribute_exists(#pk) AND #etag IN ({', '.join(values)})", values


def _new_etag() -> str:
    return uuid4().hex[:16]


def _fingerprint(message: Mapping[str, Any]) -> str:
    text = simplejson.dumps(message, use_decimal=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
