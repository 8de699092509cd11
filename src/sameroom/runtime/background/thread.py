"""Jobs where there is no queue, on a plain server: a thread of the process runs them one after another.

They are in memory: what is killed is lost. What ends in order, ends when they are done.
"""

from __future__ import annotations

import atexit
import heapq
import itertools
import os
import threading
import time
from contextlib import nullcontext
from typing import Any, NamedTuple

from ..app_context import Context
from .current import Delivery
from .message import Message
from .running import log, pause, run

#: Deliveries of a job that fails.
RECEIVES = 3
#: Seconds that the end of the process waits for jobs.
GRACE = 20.0


class _Waiting(NamedTuple):
    #: ``time.monotonic()`` at which it is due; the number keeps those of one moment in order.
    due: float
    number: int
    delivery: Delivery
    context: Context


class Worker:
    """The thread and what waits for it. A fork has neither."""

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._busy: Message | None = None
        self._ending = False

    def put(self, message: Message, delay: float, app: Any) -> None:
        """Run it soon, in ``app``'s context if there is one."""

        self._add(Delivery(message, 1), nullcontext if app is None else app.app_context, delay)

    def _add(self, delivery: Delivery, context: Context, delay: float) -> None:
        with self._changed:
            due = time.monotonic() + delay
            heapq.heappush(self._waiting, _Waiting(due, next(self._numbers), delivery, context))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sameroom-background", daemon=True)
                self._thread.start()
                atexit.register(self.drain)
            self._changed.notify_all()

    def drain(self, seconds: float = GRACE) -> bool:
        """Run all that waits, later ones too, for at most ``seconds``; whether all is done."""
        end = time.monotonic() + seconds
        with self._changed:
            self._ending = True
            self._changed.notify_all()
            while (self._waiting or self._busy) and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)
            lost = [one.delivery.message for one in self._waiting]
            if self._busy:
                lost.insert(0, self._busy)
            self._ending = False
        for message in lost:
            log.error("job %s [%s] is lost: the process ended", message.name, message.id)
        return not lost

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = None
                self._changed.notify_all()
                while not (self._waiting and (self._ending or self._waiting[0].due <= time.monotonic())):
                    wait = self._waiting[0].due - time.monotonic() if self._waiting else None
                    self._changed.wait(wait)
                one = heapq.heappop(self._waiting)
                self._busy = one.delivery.message
            self._run(one)

    def _run(self, one: _Waiting) -> None:
        delivery = one.delivery
        try:
            if run(delivery, one.context).error is None:
                return
        except KeyboardInterrupt:  # nobody's Ctrl-C comes to this thread: the job raised it, and others wait
            log.exception("job %s [%s] raised KeyboardInterrupt", delivery.message.name, delivery.message.id)
        if delivery.attempt < RECEIVES and not self._ending:
            again = delivery._replace(attempt=delivery.attempt + 1)
            self._add(again, one.context, pause(delivery.attempt))
            return
        message, attempt = delivery.message, delivery.attempt
        log.error("job %s [%s] is given up after attempt %d", message.name, message.id, attempt)


worker = Worker()
