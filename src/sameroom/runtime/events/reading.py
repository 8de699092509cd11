"""Records as values. KeyError, TypeError and ValueError where a record has not what its service writes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

from .values import BucketObject, Change, Notification, QueueMessage, ServiceEvent

Record = Mapping[str, Any]
#: What S3 sends when it is told to notify, to see whether it may: an event, and no record.
S3_ASKS = "s3:TestEvent"


def queue_message(record: Record) -> QueueMessage:
    attributes = record.get("attributes") or {}
    return QueueMessage(
        record["messageId"],
        record["body"],
        {name: _attribute(one) for name, one in (record.get("messageAttributes") or {}).items()},
        int(attributes.get("ApproximateReceiveCount", 1)),
        _of_milliseconds(attributes.get("SentTimestamp", 0)),
        name_in(record["eventSourceARN"]),
        attributes.get("MessageGroupId", ""),
        record,
    )


def _attribute(one: Mapping[str, Any]) -> str | bytes:
    binary = one.get("binaryValue")
    return base64.b64decode(binary) if binary else str(one.get("stringValue") or "")


def bucket_object(record: Record) -> BucketObject:
    """Of a notification, whose keys are URL-encoded, spaces as "+"."""
    s3 = record["s3"]
    found = s3["object"]
    return BucketObject(
        s3["bucket"]["name"],
        unquote_plus(found["key"]),
        record["eventName"].removeprefix("s3:"),
        _of_text(record["eventTime"]),
        found.get("size"),
        found.get("eTag", ""),
        found.get("versionId", ""),
        found.get("sequencer", ""),
        record,
    )


#: EventBridge's detail type and reason, by the names of notifications.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
_CREATED = {
    "PutObject": "Put",
    "POST Object": "Post",
    "CopyObject": "Copy",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
}
_DELETED = {"Permanently Deleted": "Delete", "Delete Marker Created": "DeleteMarkerCreated"}
_OTHERS = {
    "Object Restore Initiated": "ObjectRestore:Post",
    "Object Restore Completed": "ObjectRestore:Completed",
    "Object Restore Expired": "ObjectRestore:Delete",
    "Object Storage Class Changed": "LifecycleTransition",
    "Object Access Tier Changed": "IntelligentTiering",
    "Object Tags Added": "ObjectTagging:Put",
    "Object Tags Deleted": "ObjectTagging:Delete",
    "Object ACL Updated": "ObjectAcl:Put",
}


def is_of_bucket(record: Record) -> bool:
    """Whether EventBridge tells of an object of S3's."""
    return record.get("source") == "aws.s3" and _s3_event(record) != ""


def _s3_event(record: Record) -> str:
    kind, detail = record["detail-type"], record.get("detail") or {}
    if kind == "Object Created":
        return f"ObjectCreated:{_CREATED.get(detail.get('reason', ''), 'Put')}"
    if kind == "Object Deleted":
        if detail.get("reason") == "Lifecycle Expiration":
            marked = detail.get("deletion-type") == "Delete Marker Created"
            return f"LifecycleExpiration:{'DeleteMarkerCreated' if marked else 'Delete'}"
        return f"ObjectRemoved:{_DELETED.get(detail.get('deletion-type', ''), 'Delete')}"
    return _OTHERS.get(kind, "")


def bucket_object_of_event(record: Record) -> BucketObject:
    """The same as EventBridge tells it; its keys are as they are."""
    detail = record["detail"]
    found = detail["object"]
    return BucketObject(
        detail["bucket"]["name"],
        found["key"],
        _s3_event(record),
        _of_text(record["time"]),
        found.get("size"),
        found.get("etag", ""),
        found.get("version-id", ""),
        found.get("sequencer", ""),
        record,
    )


def notification(record: Record) -> Notification:
    said = record["Sns"]
    attributes = said.get("MessageAttributes") or {}
    return Notification(
        said["MessageId"],
        name_in(said["TopicArn"]),
        said.get("Subject") or "",
        said["Message"],
        {
            name: base64.b64decode(one["Value"]) if one.get("Type") == "Binary" else str(one.get("Value", ""))
            for name, one in attributes.items()
        },
        _of_text(said["Timestamp"]),
        record,
    )


def service_event(record: Record) -> ServiceEvent:
    return ServiceEvent(
        record["id"],
        record["source"],
        record["detail-type"],
        record.get("detail") or {},
        _of_text(record["time"]),
        record.get("account", ""),
        record.get("region", ""),
        tuple(record.get("resources") or ()),
        record,
    )


def change(record: Record) -> Change:
    said = record["dynamodb"]
    who = record.get("userIdentity") or {}
    return Change(
        record["eventID"],
        record["eventName"],
        name_in(record["eventSourceARN"]),
        plain_item(said.get("Keys") or {}),
        plain_item(said["NewImage"]) if "NewImage" in said else None,
        plain_item(said["OldImage"]) if "OldImage" in said else None,
        datetime.fromtimestamp(float(said.get("ApproximateCreationDateTime", 0)), timezone.utc),
        said["SequenceNumber"],
        who.get("principalId") == "dynamodb.amazonaws.com",
        record,
    )


def plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's attributes as Python values."""
    return {name: plain(value) for name, value in item.items()}


def plain(value: Mapping[str, Any]) -> Any:
    """A value of DynamoDB's typed JSON: text, Decimal, bytes, bool, None, list, dict, and sets.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
    """
    ((kind, said),) = value.items()
    if kind == "M":
        return plain_item(said)
    if kind == "L":
        return [plain(one) for one in said]
    if kind in ("SS", "NS", "BS"):
        return {plain({kind[0]: one}) for one in said}
    if kind == "N":
        return Decimal(said)
    if kind == "B":
        return base64.b64decode(said)
    if kind == "NULL":
        return None
    if kind in ("S", "BOOL"):
        return said
    raise ValueError(f"DynamoDB has no type {kind!r}")


def name_in(arn: str) -> str:
    """The resource's own name: of a queue, topic, bucket, or a stream's table."""
    rest = arn.split(":", 5)[-1]
    return rest.split("/")[1] if rest.startswith("table/") else rest


def _of_milliseconds(said: Any) -> datetime:
    return datetime.fromtimestamp(int(said) / 1000, timezone.utc)


def _of_text(said: str) -> datetime:
    """https://docs.python.org/3.10 reads no "Z"."""
    found = datetime.fromisoformat(said.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
