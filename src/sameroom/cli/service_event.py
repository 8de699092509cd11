"""The event that a service of AWS's sends of something typed on the command line. Pure, but for ids and time.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import hashlib
import time
import uuid
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote_plus

import click

#: The account of AWS's examples.
_ACCOUNT, _REGION = "111122223333", "eu-west-1"
Event = dict[str, Any]


def queue_event(queue: str, body: str) -> Event:
    """A message of an SQS queue, received for the first time."""
    sent = str(round(time.time() * 1000))
    record = {
        "messageId": str(uuid.uuid4()),
        "receiptHandle": uuid.uuid4().hex,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": sent,
            "SenderId": _ACCOUNT,
            "ApproximateFirstReceiveTimestamp": sent,
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:{queue}",
        "awsRegion": _REGION,
    }
    return {"Records": [record]}


def topic_event(topic: str, message: str) -> Event:
    """A message of an SNS topic."""
    arn = f"arn:aws:sns:{_REGION}:{_ACCOUNT}:{topic}"
    said: Event = {
        "SignatureVersion": "1",
        "Timestamp": _now(),
        "MessageId": str(uuid.uuid4()),
        "Message": message,
        "MessageAttributes": {},
        "Type": "Notification",
        "TopicArn": arn,
        "Subject": None,
    }
    record = {
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{arn}:{uuid.uuid4()}",
        "EventSource": "aws:sns",
        "Sns": said,
    }
    return {"Records": [record]}


def object_event(place: str) -> Event:
    """That an object was put: ``place`` is "BUCKET/KEY". Its size is not known here, and is 0."""
    bucket, _, key = place.removeprefix("s3://").partition("/")
    if not (bucket and key):
        raise click.UsageError(f"--object {place!r} is no object; write 'BUCKET/KEY'.")
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": _REGION,
        "eventTime": _now(),
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": _ACCOUNT},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": uuid.uuid4().hex[:16].upper()},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "invoke",
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": _ACCOUNT},
                "arn": f"arn:aws:s3:::{bucket}",
            },
            "object": {
                "key": quote_plus(key, safe="/"),
                "size": 0,
                "eTag": hashlib.md5(b"", usedforsecurity=False).hexdigest(),
                "sequencer": f"{time.time_ns():018X}",
            },
        },
    }
    return {"Records": [record]}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
