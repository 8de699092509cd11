"""The queue of the background jobs, and what hands its messages to the function.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

import math

from ..project.services import Queue
from .ids import ALIAS
from .queues import ACTIONS, pair
from .values import Part, Resource, Statement, Wish, arn, ref

QUEUE = "BackgroundQueue"


def background(wish: Wish) -> Part:
    """A queue of its own; bad messages alone come again."""
    said = wish.settings.background
    if said is None:
        return Part()
    # AWS's advice: a message stays hidden for six times what the function may take.
    hidden = min(43200, 6 * math.ceil(wish.settings.timeout))
    queue = Queue(visibility=hidden, receives=said.receives, days=14)
    source = Resource(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionName": ref(ALIAS),
            "EventSourceArn": arn(QUEUE),
            "BatchSize": said.batch,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": said.concurrency},
        },
        # The mapping is refused until the role may read the queue.
        depends_on=("FunctionRole",),
    )
    return Part(
        {**pair(QUEUE, queue), "BackgroundSource": source},
        {"SAMEROOM_BACKGROUND_QUEUE": ref(QUEUE)},
        (Statement(QUEUE, ACTIONS, (arn(QUEUE),)),),
    )
