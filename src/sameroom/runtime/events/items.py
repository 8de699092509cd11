"""What is to be handled: a record as a value of its sender's, taken out of what carried it here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import NothingRegistered
from . import reading
from .registry import Registered, registered

Record = Mapping[str, Any]


class Item(NamedTuple):
    """One record: whose it is, what a failure of it is told by, its value where it can be read."""

    service: str
    resource: str
    arn: str
    id: str
    value: Any
    error: Exception | None = None

    def takers(self) -> list[Registered]:
        """The functions that want it."""
        return [one for one in registered if one.takes(self.service, self.resource, self.arn, self.value)]

    def is_expected(self) -> bool:
        """Whether a function is there for what sent it: one that asks for ".csv" does without the others, and
        that is no fault. What comes from EventBridge has no sender but in what functions ask for."""
        if self.error is not None:
            return any(one.service == self.service for one in registered)
        if self.service == "eventbridge":
            return bool(self.takers())
        return any(one.listens(self.service, self.resource, self.arn) for one in registered)


def service_of(record: Record) -> str:
    """
    :raises NothingRegistered: a service that functions cannot be registered for.
    """
    source = str(record.get("eventSource") or record.get("EventSource") or "aws:eventbridge")
    found = source.rpartition(":")[2]
    if found not in _READ:
        raise NothingRegistered(
            f"events of {source} are none that functions can be registered for: {', '.join(_READ)}"
        )
    return found


def items_of(record: Record) -> list[Item]:
    """What a record is or brings: one item, mostly; two where EventBridge tells of a bucket's object, which
    functions may want as either. A message that no function wants as it is, is opened where a topic,
    EventBridge or S3 put it there; S3's question whether it may brings none.

    :raises NothingRegistered: of a service that functions cannot be registered for.
    """
    service = service_of(record)
    item = _item(service, record, _READ[service])
    if service == "eventbridge" and reading.is_of_bucket(record):
        told = _item("s3", record, reading.bucket_object_of_event)
        return [one for one in (item, told) if one.error or one.is_expected()] or [told]
    if service in ("sqs", "sns") and item.error is None and not item.is_expected():
        inner = _inside(item.value.body if service == "sqs" else item.value.message)
        if inner is not None:
            return [found for one in inner for found in items_of(one)]
    return [item]


def _inside(text: str) -> Sequence[Record] | None:
    """The records in a message; None where it is no envelope.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    if said.get("Type") == "Notification" and "TopicArn" in said:
        return [{"EventSource": "aws:sns", "Sns": said}]
    if "detail-type" in said and "source" in said:
        return [said]
    if said.get("Event") == reading.S3_ASKS:
        return []
    records = said.get("Records")
    if isinstance(records, list) and records and all(map(_is_s3s, records)):
        return records
    return None


def _is_s3s(record: Any) -> bool:
    return isinstance(record, dict) and record.get("eventSource") == "aws:s3"


def _item(service: str, record: Record, read: Callable[[Record], Any]) -> Item:
    arn = str(record.get("eventSourceARN") or "").partition("/stream/")[0]
    try:
        value = read(record)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        told = str(record.get("messageId") or record.get("eventID") or record.get("id") or "without an id")
        sender = arn or str(record.get("eventSource") or record.get("EventSource") or record.get("source"))
        return Item(service, reading.name_in(arn), sender, told, None, error)
    if service == "s3":
        told = f"{value.bucket}/{value.key}"
        return Item(service, value.bucket, f"arn:aws:s3:::{value.bucket}", told, value)
    if service == "sns":
        return Item(service, value.topic, record["Sns"]["TopicArn"], value.id, value)
    if service == "eventbridge":
        return Item(service, "", f"{value.source} ({value.detail_type})", value.id, value)
    return Item(service, reading.name_in(arn), arn, value.id, value)


_READ: dict[str, Callable[[Record], Any]] = {
    "sqs": reading.queue_message,
    "s3": reading.bucket_object,
    "sns": reading.notification,
    "dynamodb": reading.change,
    "eventbridge": reading.service_event,
}
