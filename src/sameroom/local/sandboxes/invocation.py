"""One invocation: what goes in, and what comes out."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from ..http import Outcome
from .streaming import Stream


class Invocation(NamedTuple):
    """How an invocation went, as known when the response was there. Milliseconds and MB.

    ``init_ms`` is the init phase of a sandbox that was started for it, else None; ``sandbox`` is 0 where
    none was involved. ``streamed``: the result went to the sink, and ``outcome.payload`` is empty unless it
    is the error that broke the stream off.
    """

    outcome: Outcome
    request_id: str
    sandbox: int = 0
    duration_ms: float = 0.0
    billed_ms: int = 0
    init_ms: float | None = None
    max_memory_mb: int = 0
    streamed: bool = False


class Call:
    """An invocation under way. ``done`` is its end; ``opened`` is a stream that begins before that."""

    def __init__(self, payload: bytes, request_id: str, trace_id: str, streaming: bool) -> None:
        self.payload = payload
        self.request_id = request_id
        self.trace_id = trace_id
        loop = asyncio.get_running_loop()
        self.done: asyncio.Future[Invocation] = loop.create_future()
        self.opened: asyncio.Future[Stream] | None = loop.create_future() if streaming else None

    def settle(self, invocation: Invocation) -> None:
        """Say how it went. Nobody may be waiting any more; the function ran all the same."""
        if not self.done.done():
            self.done.set_result(invocation)
