"""The queue of the background jobs, and what hands its messages to the function.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

from ..project.services import Queue
from .events import mapping
from .queues import ACTIONS, pair
from .values import Part, Statement, Wish, arn, ref

QUEUE = "BackgroundQueue"


def background(wish: Wish) -> Part:
    """A queue of its own; bad messages alone come again."""
    said = wish.settings.background
    if said is None:
        return Part()
    queue = Queue(receives=said.receives, days=14, consumer=True)
    source = mapping(QUEUE, said.batch, said.concurrency)
    return Part(
        {**pair(QUEUE, queue, queue.hidden(wish.settings.timeout)), "BackgroundSource": source},
        {"SAMEROOM_BACKGROUND_QUEUE": ref(QUEUE)},
        (Statement(QUEUE, ACTIONS, (arn(QUEUE),)),),
    )
