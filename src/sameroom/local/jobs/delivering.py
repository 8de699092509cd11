"""Messages to the function, as Lambda's event source for SQS does it.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, Protocol

from ...runtime.background.message import ATTRIBUTE, read
from ...runtime.background.running import pause
from ...runtime.errors import InvalidJob
from ..sandboxes.invocation import Invocation
from .store import Received, Store

#: Seconds after which the file is looked at though nobody told of a message: another process may write, too.
_STEP = 5.0
#: Seconds before a batch is tried again while all of the function's concurrency is in use.
_BUSY = 0.5


class Limits(NamedTuple):
    """Messages an invocation gets, invocations at a time, receives before a message is a dead letter; seconds
    for which a received one is hidden."""

    batch: int = 10
    concurrency: int = 2
    receives: int = 3
    hidden: float = 180.0


class Batch(NamedTuple):
    """The jobs of one invocation: their names, the requests that called them, and the most that any was
    received. ``invocation`` is None until it has ended; then ``failed`` shall come again, and ``dead`` have
    been given up."""

    request_id: str
    names: tuple[str, ...]
    causes: tuple[str, ...]
    attempt: int
    began: float
    duration_ms: float = 0.0
    invocation: Invocation | None = None
    failed: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()


class Function(Protocol):
    """What runs the app: a Pool."""

    async def invoke(self, payload: bytes, *, request_id: str) -> Invocation: ...


class Listener(Protocol):
    """Told of every batch."""

    def jobs_began(self, batch: Batch) -> None: ...

    def jobs_ended(self, batch: Batch) -> None: ...


class Deliveries:
    """The event source of one queue."""

    def __init__(self, store: Store, function: Function, told: Listener, limits: Limits) -> None:
        self._store = store
        self._function = function
        self._told = told
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._under_way = 0

    def sent(self) -> None:
        """There is a message more. Any thread may say so."""
        self._loop.call_soon_threadsafe(self._wake.set)

    async def follow(self, start: Callable[[Coroutine[None, None, None]], None]) -> None:
        """Deliver for ever; ``start`` takes each batch as a task of its own."""
        self._store.show_all()
        while True:
            self._wake.clear()
            while self._under_way < self._limits.concurrency:
                batch = self._store.receive(self._limits.batch, self._limits.hidden)
                if not batch:
                    break
                self._under_way += 1
                start(self._deliver(batch))
            await self._until_one_is_due()

    async def _until_one_is_due(self) -> None:
        due = self._store.next() if self._under_way < self._limits.concurrency else None
        wait = _STEP if due is None else max(0.0, min(_STEP, due - time.time()))
        # Not wait_for, which may swallow that we are cancelled (python/cpython#86296).
        alarm = self._loop.call_later(wait, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    async def _deliver(self, batch: Sequence[Received]) -> None:
        names = tuple(one.name for one in batch)
        attempt = max(one.receives for one in batch)
        causes = tuple(dict.fromkeys(filter(None, map(_cause, batch))))
        said = Batch(str(uuid.uuid4()), names, causes, attempt, time.time())
        handles = [one.handle for one in batch]
        self._told.jobs_began(said)
        begun = time.perf_counter()
        try:
            invocation = await self._function.invoke(event(batch), request_id=said.request_id)
        except asyncio.CancelledError:
            self._store.give_back(handles)
            raise
        finally:
            self._under_way -= 1
        if invocation.outcome.kind == "throttled":
            self._store.give_back(handles)
            await asyncio.sleep(_BUSY)
        said = said._replace(duration_ms=(time.perf_counter() - begun) * 1000, invocation=invocation)
        if invocation.outcome.kind != "throttled":
            said = self._settled(said, batch)
        self._told.jobs_ended(said)
        self._wake.set()

    def _settled(self, said: Batch, batch: Sequence[Received]) -> Batch:
        """Delete what was done; have the others come again, or not."""
        assert said.invocation is not None
        again = failures(said.invocation, batch)
        failed = [one for one in batch if again is None or one.id in again]
        dead = [one for one in failed if one.receives >= self._limits.receives]
        self._store.delete(one.handle for one in batch if one not in failed)
        self._store.bury([one.handle for one in dead])
        failed = [one for one in failed if one not in dead]
        if again is None:  # else the runtime has said when
            for one in failed:
                self._store.postpone(one.handle, pause(one.receives))
        return said._replace(failed=tuple(one.name for one in failed), dead=tuple(one.name for one in dead))


def failures(invocation: Invocation, batch: Sequence[Received]) -> frozenset[str] | None:
    """The ids that the function wants again; None where the whole batch failed, of which a result that makes
    no sense is a case.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    if invocation.outcome.kind != "result":
        return None
    try:
        said = json.loads(invocation.outcome.payload)
        failed = [] if not said else said.get("batchItemFailures") or []
        ids = frozenset(one["itemIdentifier"] for one in failed)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
    return ids if ids <= {one.id for one in batch} else None


def _cause(one: Received) -> str:
    """Request id of the invocation that called it; "" where that is not known."""
    try:
        return read(one.body).caused_by
    except InvalidJob:
        return ""


def event(batch: Sequence[Received]) -> bytes:
    """What Lambda is handed."""
    return json.dumps({"Records": [_record(one) for one in batch]}).encode()


def _record(one: Received) -> dict[str, Any]:
    sent = str(round(one.sent * 1000))
    return {
        "messageId": one.id,
        "receiptHandle": one.handle,
        "body": one.body,
        "attributes": {
            "ApproximateReceiveCount": str(one.receives),
            "SentTimestamp": sent,
            "SenderId": "local",
            "ApproximateFirstReceiveTimestamp": sent,
        },
        "messageAttributes": {
            ATTRIBUTE: {
                "stringValue": one.name,
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            }
        },
        "md5OfBody": hashlib.md5(one.body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:background",
        "awsRegion": "us-east-1",
    }
