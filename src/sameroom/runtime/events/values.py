"""What a function gets: one value per record, its fields by AWS's names where those are names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


class QueueMessage(NamedTuple):
    """A message of SQS's. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""

    id: str
    body: str
    #: Message attributes: numbers as text, as SQS has them.
    attributes: Mapping[str, str | bytes]
    #: Deliveries, this one too.
    receives: int
    sent: datetime
    #: The queue's name.
    queue: str
    #: The message group of a FIFO queue, else "".
    group: str
    record: Mapping[str, Any]

    @property
    def json(self) -> Any:
        """The body as JSON; ValueError where it is none."""
        return json.loads(self.body)


class BucketObject(NamedTuple):
    """Something that happened to an object of S3's, told by a notification or by EventBridge.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """

    bucket: str
    #: As it is: not URL-encoded.
    key: str
    #: "ObjectCreated:Put", "ObjectRemoved:Delete" ...
    event: str
    time: datetime
    #: Bytes; None where the object is gone.
    size: int | None
    etag: str
    #: Of a versioned bucket, else "".
    version: str
    #: Orders the events of one key: the greater text is the later, at equal lengths.
    sequencer: str
    record: Mapping[str, Any]


class Notification(NamedTuple):
    """A message of SNS's. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""

    id: str
    #: The topic's name.
    topic: str
    subject: str
    message: str
    attributes: Mapping[str, str | bytes]
    time: datetime
    record: Mapping[str, Any]

    @property
    def json(self) -> Any:
        """The message as JSON; ValueError where it is none."""
        return json.loads(self.message)


class ServiceEvent(NamedTuple):
    """An event of EventBridge's.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    """

    id: str
    source: str
    detail_type: str
    detail: Mapping[str, Any]
    time: datetime
    account: str
    region: str
    resources: tuple[str, ...]
    record: Mapping[str, Any]


class Change(NamedTuple):
    """A change of an item in a DynamoDB table: attributes as Python values, numbers as Decimal.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    """

    id: str
    #: "INSERT", "MODIFY" or "REMOVE".
    event: str
    table: str
    keys: Mapping[str, Any]
    #: The item after and before; None where there is none, or where the stream does not say.
    new: Mapping[str, Any] | None
    old: Mapping[str, Any] | None
    #: To the second.
    time: datetime
    sequence: str
    #: Time to live removed it, and nobody of yours.
    expired: bool
    record: Mapping[str, Any]
