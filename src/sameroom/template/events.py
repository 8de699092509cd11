"""What AWS's services send to the function: by a queue of the stack, from a table's stream, from a queue.

Topics, EventBridge's rules and, by such rules, buckets put their events into one queue, from which they come
to the alias in batches. Invoking the alias at once would make all depend on its one configuration of
asynchronous invocations, where schedules want no second try and events do; and at the function's ceiling
events would pile up unseen. A bucket's own notifications would name the function that names the bucket.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
"""

from __future__ import annotations

from typing import Any

from ..project.services import Queue
from .ids import ALIAS, logical_id
from .queues import DEAD_LETTERS_ONLY, dead_letters, over_tls, pair
from .values import Json, Part, Resource, Statement, Wish, arn, attribute, ref, sub

QUEUE = "EventsQueue"
DEAD_LETTERS = dead_letters(QUEUE)
_SOURCE = "AWS::Lambda::EventSourceMapping"
#: Changes of a table handed to one invocation.
_CHANGES = 100
#: What working off a queue takes, and nothing is sent to it.
#: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_RECEIVING = (
    *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "sqs:ReceiveMessage",
)
_STREAM = (
    *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "dynamodb:ListStreams",
)


def events(wish: Wish) -> Part:
    """The queue, its rules and subscriptions; what hands queues and streams to the alias."""
    settings = wish.settings
    resources = {**_consumers(wish), **_streams(wish)}
    streams = [logical_id("Table", name) for name, table in sorted(settings.tables.items()) if table.stream]
    statements = [
        Statement(f"{key}Stream", _STREAM, (sub("${" + key + ".Arn}/stream/*"),)) for key in streams
    ]
    if streams:
        statements.append(Statement("FailedChanges", ("sqs:SendMessage",), (arn(DEAD_LETTERS),)))
    if settings.told:
        resources |= _told(wish)
        statements.append(Statement(QUEUE, _RECEIVING, (arn(QUEUE),)))
    elif streams:
        resources |= {DEAD_LETTERS: DEAD_LETTERS_ONLY, **over_tls(DEAD_LETTERS)}
    return Part(resources, statements=tuple(statements))


def failures(wish: Wish) -> bool:
    """Whether there is a queue ``DEAD_LETTERS``."""
    return wish.settings.told or any(table.stream for table in wish.settings.tables.values())


def mapping(queue: str, batch: int, concurrency: int) -> Resource:
    """What hands messages of ``queue`` to the alias; those that failed come again, and no others."""
    return Resource(
        _SOURCE,
        {
            "FunctionName": ref(ALIAS),
            "EventSourceArn": arn(queue),
            "BatchSize": batch,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": concurrency},
        },
        # The mapping is refused until the role may read the queue.
        depends_on=("FunctionRole",),
    )


def _consumers(wish: Wish) -> dict[str, Resource]:
    return {
        f"{logical_id('Queue', name)}Source": mapping(
            logical_id("Queue", name), queue.batch, queue.concurrency
        )
        for name, queue in sorted(wish.settings.queues.items())
        if queue.consumer
    }


def _streams(wish: Wish) -> dict[str, Resource]:
    """In order, from the oldest change that is there. A batch that fails is halved until the change is alone
    that fails; it is tried as often as ``events.receives`` says, and the stream goes on without it.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    return {
        f"{logical_id('Table', name)}Source": Resource(
            _SOURCE,
            {
                "FunctionName": ref(ALIAS),
                "EventSourceArn": attribute(logical_id("Table", name), "StreamArn"),
                "StartingPosition": "TRIM_HORIZON",
                "BatchSize": _CHANGES,
                "BisectBatchOnFunctionError": True,
                "MaximumRetryAttempts": wish.settings.events.receives - 1,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "DestinationConfig": {"OnFailure": {"Destination": arn(DEAD_LETTERS)}},
            },
            depends_on=("FunctionRole",),
        )
        for name, table in sorted(wish.settings.tables.items())
        if table.stream
    }


def _told(wish: Wish) -> dict[str, Resource]:
    settings, said = wish.settings, wish.settings.events
    rules = {
        logical_id("Rule", name): _rule(_sorted(rule.matched), rule.bus, enabled=rule.enabled)
        for name, rule in sorted(settings.rules.items())
    } | {
        logical_id("ObjectsOf", name): _rule(_objects(logical_id("Bucket", name)))
        for name, bucket in sorted(settings.buckets.items())
        if bucket.events
    }
    topics = [logical_id("Topic", name) for name, topic in sorted(settings.topics.items()) if topic.subscribe]
    senders: list[tuple[str, list[Json]]] = [
        ("events.amazonaws.com", [arn(key) for key in rules]),
        ("sns.amazonaws.com", [ref(key) for key in topics]),
    ]
    queue = Queue(receives=said.receives, days=14, consumer=True)
    return {
        **pair(QUEUE, queue, queue.hidden(settings.timeout)),
        # Failed deliveries go to the dead letters, so both are sent to.
        **over_tls(QUEUE, senders),
        **over_tls(DEAD_LETTERS, senders),
        "EventsSource": mapping(QUEUE, said.batch, said.concurrency),
        **rules,
        **{f"{key}Subscription": _subscription(key) for key in topics},
    }


def _objects(bucket: str) -> Json:
    return {"source": ["aws.s3"], "detail": {"bucket": {"name": [ref(bucket)]}}}


def _sorted(pattern: Any) -> Any:
    """The same bytes, in whatever order the settings stand."""
    if isinstance(pattern, list):
        return [_sorted(one) for one in pattern]
    if isinstance(pattern, dict):
        return {key: _sorted(pattern[key]) for key in sorted(pattern)}
    return pattern


def _rule(pattern: Json, bus: str = "default", *, enabled: bool = True) -> Resource:
    target: Json = {
        "Id": "events",
        "Arn": arn(QUEUE),
        "DeadLetterConfig": {"Arn": arn(DEAD_LETTERS)},
        # Deliveries that AWS itself could not make, for an hour.
        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10},
    }
    other: Json = {} if bus == "default" else {"EventBusName": bus}
    said: dict[str, Any] = {
        **other,
        "EventPattern": pattern,
        "State": "ENABLED" if enabled else "DISABLED",
        "Targets": [target],
    }
    return Resource("AWS::Events::Rule", said)


def _subscription(topic: str) -> Resource:
    return Resource(
        "AWS::SNS::Subscription",
        {
            "TopicArn": ref(topic),
            "Protocol": "sqs",
            "Endpoint": arn(QUEUE),
            "RedrivePolicy": {"deadLetterTargetArn": arn(DEAD_LETTERS)},
        },
    )
