"""A streamed response on its way from the runtime to whoever invoked the function."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Protocol

from . import failures

#: Content type of a stream that begins with status and headers as JSON, then eight NULs, then the body.
INTEGRATION = "application/vnd.awslambda.http-integration-response"
SEPARATOR = b"\0" * 8
#: Lambda's bound on a response's status and headers together.
MAX_PRELUDE = 1024 * 1024
#: The runtime is held back while the sink has more than HIGH bytes to go, until it has less than LOW.
HIGH = 256 * 1024
LOW = 64 * 1024


class StreamSink(Protocol):
    """Where a streamed response goes. Called one after another: head, data any number of times, end.

    Each may take its time: the function is held back meanwhile. Raises ConnectionError when the client has
    gone; then nothing more is called, and the function runs on to its end, as on AWS.
    """

    async def head(self, prelude: bytes) -> None:
        """``prelude`` is JSON: statusCode, headers, multiValueHeaders?, cookies?."""

    async def data(self, chunk: bytes) -> None:
        """A piece of the body, never empty, as soon as it has come."""

    async def end(self, error: bytes | None) -> None:
        """The body is complete; or, with the error as JSON, it will never be."""


class Stream:
    """Keeps what the runtime has sent and the sink has not yet taken.

    ``hold`` is called with True when the runtime must wait and with False when it may go on.
    """

    def __init__(self, content_type: str, hold: Callable[[bool], None]) -> None:
        self._hold = hold
        self._held = False
        self._abandoned = False
        self._over = False
        self._head = None if content_type == INTEGRATION else _plain_head(content_type)
        self._chunks: deque[bytes] = deque()
        self._bytes = 0
        self._wake: asyncio.Future[None] | None = None
        #: Bytes received so far.
        self.size = 0
        #: Why the stream broke off, as JSON, once it has.
        self.error: bytes | None = None

    @property
    def began(self) -> bool:
        """Whether there was enough of it for the sink to get something."""
        return self._head is not None

    def feed(self, chunk: bytes) -> None:
        """Take a piece from the runtime."""
        self.size += len(chunk)
        if self._over or (self._abandoned and self._head is not None):
            return
        self._chunks.append(chunk)
        self._bytes += len(chunk)
        if self._head is None and not self._find_head():
            return
        if self._bytes > HIGH and not self._held and not self._abandoned:
            self._held = True
            self._hold(True)
        self._wake_up()

    def finish(self, error: bytes | None = None) -> None:
        """There is no more, or with ``error`` there will never be. Only the first call counts."""
        if self._over:
            return
        self._over = True
        if error is None and self._head is None:
            error = failures.error(
                "Runtime.InvalidResponse", "The stream has no status and headers before its body."
            )
        self.error = error
        self._wake_up()

    def abandon(self) -> None:
        """Nobody takes the rest: receive it and let it go."""
        self._abandoned = True
        self._chunks.clear()
        self._bytes = 0
        self._ease()

    async def pump(self, sink: StreamSink) -> None:
        """Hand everything to ``sink`` as it comes, until the end."""
        try:
            await self._pump(sink)
        except ConnectionError:
            pass
        finally:
            self.abandon()

    async def _pump(self, sink: StreamSink) -> None:
        while self._head is None and not self._over:
            await self._news()
        if self._head is None:
            return
        await sink.head(self._head)
        while True:
            while self._chunks:
                chunk = self._chunks.popleft()
                self._bytes -= len(chunk)
                await sink.data(chunk)
                self._ease()
            if self._over:
                break
            await self._news()
        await sink.end(self.error)

    def _find_head(self) -> bool:
        start = b"".join(self._chunks)
        head, separator, body = start.partition(SEPARATOR)
        if not separator:
            self._chunks = deque([start])
            if len(start) > MAX_PRELUDE:
                self.finish()
            return False
        self._head = head
        self._chunks = deque([body] if body else [])
        self._bytes = len(body)
        return True

    def _ease(self) -> None:
        if self._held and self._bytes < LOW:
            self._held = False
            self._hold(False)

    async def _news(self) -> None:
        self._wake = asyncio.get_running_loop().create_future()
        await self._wake

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


def _plain_head(content_type: str) -> bytes:
    """What AWS answers with when a stream says nothing of status and headers."""
    headers = {"content-type": content_type or "application/octet-stream"}
    return json.dumps({"statusCode": 200, "headers": headers}).encode()
