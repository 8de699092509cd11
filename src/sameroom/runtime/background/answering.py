"""SQS's messages to the function that are jobs: each run, and which of them shall come again.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..access import message as words
from ..app_context import context_of
from ..context import current_invocation
from ..errors import AwsCallFailed, InvalidJob, JobNotQueued
from ..wsgi import App
from .current import Delivery
from .message import ATTRIBUTE, read
from .queueing import QUEUE, client, send
from .running import log, pause, run

Record = Mapping[str, Any]
#: Seconds that telling SQS about a failed job may take.
_PATIENCE = 2.0


def is_job(record: Record) -> bool:
    """Whether a record of SQS's is a message of ours."""
    return ATTRIBUTE in (record.get("messageAttributes") or {})


def answer(app: App, records: Sequence[Record]) -> list[str]:
    """Run every record's job; the messageIds of those that shall come again.

    One that would not be done in time comes again untouched: on its first delivery as a new message, which
    loses none of its deliveries.
    """
    context = context_of(app)
    failed = []
    longest = 0.0
    for record in records:
        if longest and current_invocation.remaining < 2 * longest + _PATIENCE:
            # A new message begins to count anew, which one that has failed before must not.
            if _attempt(record) > 1 or not _put_back(record):
                failed.append(record["messageId"])
            continue
        try:
            delivery = Delivery(read(record["body"]), _attempt(record))
        except InvalidJob as error:
            log.error("message %s is no job: %s", record["messageId"], words(error))
            failed.append(record["messageId"])
            continue
        outcome = run(delivery, context)
        longest = max(longest, outcome.seconds)
        if outcome.error is not None:
            failed.append(record["messageId"])
            _postpone(record, pause(delivery.attempt))
    return failed


def _attempt(record: Record) -> int:
    try:
        return int(record["attributes"]["ApproximateReceiveCount"])
    except (LookupError, TypeError, ValueError):
        return 1


def _put_back(record: Record) -> bool:
    """Whether a new message is in the place of this one."""
    url = os.environ.get(QUEUE)
    if not url:
        return False
    name = record["messageAttributes"][ATTRIBUTE].get("stringValue") or ""
    try:
        send(url, name, record["body"])
    except JobNotQueued as error:
        log.warning("message %s could not be put back: %s", record["messageId"], words(error))
        return False
    log.info("job %s was put back: this invocation has no time left for it", name)
    return True


def _postpone(record: Record, seconds: float) -> None:
    """Have the message come again after ``seconds``, not after the queue's visibility timeout."""
    url = os.environ.get(QUEUE)
    if not url:
        return
    asked = {
        "QueueUrl": url,
        "ReceiptHandle": record["receiptHandle"],
        "VisibilityTimeout": round(seconds),
    }
    try:
        client(url).call("ChangeMessageVisibility", asked, _PATIENCE)
    except AwsCallFailed as error:
        log.warning("message %s comes again later than it should: %s", record["messageId"], words(error))
