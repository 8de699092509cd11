"""SQS queues, each with the queue for what could not be worked off.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
"""

from __future__ import annotations

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


def queues(wish: Wish) -> Part:
    """Every declared queue, its URL in its environment variable."""
    resources: dict[str, Resource] = {}
    environment, statements = {}, []
    for name, queue in sorted(wish.settings.queues.items()):
        key = logical_id("Queue", name)
        resources |= pair(key, queue)
        environment[queue_variable(name, queue)] = ref(key)
        statements.append(Statement(key, ACTIONS, (arn(key),)))
    return Part(resources, environment, tuple(statements))


def pair(key: str, queue: Queue) -> dict[str, Resource]:
    """The queue ``key``, its dead-letter queue, and that both are spoken to over TLS alone."""
    dead = dead_letters(key)
    fifo: Json = {"FifoQueue": True} if queue.fifo else {}
    ordered: Json = {"ContentBasedDeduplication": True} if queue.fifo else {}
    working: Json = {
        "SqsManagedSseEnabled": True,
        "VisibilityTimeout": queue.visibility,
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


def over_tls(key: str) -> dict[str, Resource]:
    """The queue ``key`` is spoken to over TLS alone."""
    statement = {
        "Sid": "OverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": arn(key),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {
        f"{key}Policy": Resource("AWS::SQS::QueuePolicy", {"Queues": [ref(key)], "PolicyDocument": document})
    }
