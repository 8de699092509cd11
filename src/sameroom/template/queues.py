"""SQS queues, each with the queue for what could not be worked off.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
"""

from __future__ import annotations

from collections.abc import Iterable

from ..project.services import Queue, queue_variable
from .ids import logical_id
from .values import Json, Part, Resource, Statement, Wish, arn, ref

#: Sending and working off; queues are made, purged and deleted by others.
ACTIONS = (
    *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    *("sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"),
)
#: Days; SQS keeps nothing longer.
_LONGEST = 14
_DAY = 86400
#: A queue for what failed elsewhere.
DEAD_LETTERS_ONLY = Resource(
    "AWS::SQS::Queue",
    {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": _LONGEST * _DAY},
    keep=True,
)


def queues(wish: Wish) -> Part:
    """Every declared queue, its URL in its environment variable."""
    resources: dict[str, Resource] = {}
    environment, statements = {}, []
    for name, queue in sorted(wish.settings.queues.items()):
        key = logical_id("Queue", name)
        resources |= pair(key, queue, queue.hidden(wish.settings.timeout))
        environment[queue_variable(name, queue)] = ref(key)
        statements.append(Statement(key, ACTIONS, (arn(key),)))
    return Part(resources, environment, tuple(statements))


def pair(key: str, queue: Queue, visibility: int) -> dict[str, Resource]:
    """The queue ``key``, its dead-letter queue, and that both are spoken to over TLS alone."""
    dead = dead_letters(key)
    fifo: Json = {"FifoQueue": True} if queue.fifo else {}
    ordered: Json = {"ContentBasedDeduplication": True} if queue.fifo else {}
    working: Json = {
        "SqsManagedSseEnabled": True,
        "VisibilityTimeout": visibility,
        "MessageRetentionPeriod": queue.days * _DAY,
        "RedrivePolicy": {"deadLetterTargetArn": arn(dead), "maxReceiveCount": queue.receives},
        **fifo,
        **ordered,
    }
    resting = {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": _LONGEST * _DAY, **fifo}
    return {
        key: Resource("AWS::SQS::Queue", working, keep=True),
        dead: Resource("AWS::SQS::Queue", resting, keep=True),
        **over_tls(key),
        **over_tls(dead),
    }


def dead_letters(key: str) -> str:
    """The logical id of the dead-letter queue of the queue ``key``."""
    return f"{key}DeadLetters"


def over_tls(key: str, senders: Iterable[tuple[str, list[Json]]] = ()) -> dict[str, Resource]:
    """The queue ``key`` is spoken to over TLS alone. ``senders`` are services that may send to it, each for
    the ARNs of what they do it for."""
    statement = {
        "Sid": "OverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": arn(key),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    allowed = [_sends(service, key, sources) for service, sources in senders if sources]
    document = {"Version": "2012-10-17", "Statement": [statement, *allowed]}
    return {
        f"{key}Policy": Resource("AWS::SQS::QueuePolicy", {"Queues": [ref(key)], "PolicyDocument": document})
    }


def _sends(service: str, key: str, sources: list[Json]) -> Json:
    return {
        "Sid": f"From{service.partition('.')[0].capitalize()}",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": arn(key),
        "Condition": {"ArnEquals": {"aws:SourceArn": sources}},
    }
