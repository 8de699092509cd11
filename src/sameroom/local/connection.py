"""One client's connection: bytes in, HttpRequests out, one at a time and in order, and the answers back.

The parser is llhttp (httptools), which keeps names and values as they were sent. RFC 9112 throughout.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple, cast

import httptools

from . import wire
from .http import HttpAnswer, HttpRequest

#: No door takes a longer head or body than these; each door's own limits are its gateway's business.
LONGEST_HEAD = 1024 * 1024
LARGEST_BODY = 10 * 1024 * 1024
#: A body too large for every door. What it held no longer matters, so nothing of it is kept.
TOO_LARGE = LARGEST_BODY + 1
#: Pipelined requests that may wait before the client is made to wait.
MOST_WAITING = 16
#: Seconds that a client may go on sending what nobody will read, so that it can read our answer first.
LINGER = 2.0

_JSON = (("Content-Type", "application/json"),)
BAD_REQUEST = HttpAnswer(400, _JSON, b'{"message":"Bad Request"}')
HEAD_TOO_LONG = HttpAnswer(431, _JSON, b'{"message":"Request Header Fields Too Large"}')
TIMED_OUT = HttpAnswer(408, _JSON, b'{"message":"Request Timeout"}')


class Turn(NamedTuple):
    """What is next on a connection: a request to serve, or an answer to something that was none."""

    item: HttpRequest | HttpAnswer
    keep_alive: bool


Serve = Callable[[HttpRequest, "Connection"], Awaitable[None]]


class Connection(asyncio.Protocol):
    """``serve`` is called with each request and must ``answer`` it, or ``begin``, ``send`` and ``end``."""

    def __init__(self, serve: Serve, connections: set[Connection]) -> None:
        self._serve = serve
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._turns: deque[Turn] = deque()
        self._task: asyncio.Task[None] | None = None
        self._phase: Literal["head", "body", "deaf"] = "head"
        self._head_size = 0
        self._body_size = 0
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._expects_continue = False
        self._keep_alive = True
        self._head_only = False
        self._version = "1.1"
        self._half_closed = False
        self._reading = True
        self._room: asyncio.Event | None = None
        self._chunked = True
        #: What came behind a request for another protocol, and where it goes once that is spoken.
        self._early = b""
        self._client_bytes: asyncio.StreamReader | None = None
        self.gone = False
        self.last_seen = time.monotonic()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._client = str((transport.get_extra_info("peername") or ("",))[0])
        self._port = int((transport.get_extra_info("sockname") or ("", 0))[1])
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        self.last_seen = time.monotonic()
        if self._client_bytes is not None:
            self._client_bytes.feed_data(data)
            return
        if self._phase == "deaf":
            if self._parser.should_upgrade() and len(self._early) < LONGEST_HEAD:
                self._early += data
            return
        if self._phase == "head":
            self._head_size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # No door speaks another protocol: the request is served, what follows it is not read. The front
            # end's own server may; see leave_http.
            self._phase = "deaf"
            self._early = data[upgrade.args[0] :]
        except httptools.HttpParserError:
            self._refuse(BAD_REQUEST)
        if self._phase == "head" and self._head_size > LONGEST_HEAD:
            self._refuse(HEAD_TOO_LONG)

    def eof_received(self) -> bool:
        self._half_closed = True
        if self._client_bytes is not None:
            self._client_bytes.feed_eof()
        # A client may close its side and still read the answers to what it has sent.
        return self.busy

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        self._phase = "deaf"
        self._connections.discard(self)
        if self._client_bytes is not None:
            self._client_bytes.feed_eof()
        if self._room is not None:
            self._room.set()

    def pause_writing(self) -> None:
        self._room = asyncio.Event()

    def resume_writing(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None

    # The parser's side

    def on_url(self, target: bytes) -> None:
        self._target += target

    def on_header(self, name: bytes, value: bytes) -> None:
        # Later ones are a chunked body's trailers, which no door passes on.
        if self._phase == "head":
            self._headers.append((name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._phase = "body"
        self._body_size = 0
        for name, value in self._headers:
            lower = name.lower()
            if lower == "content-length" and int(value) > LARGEST_BODY:
                self._body_size = TOO_LARGE
            elif lower == "expect" and value.lower() == "100-continue":
                self._expects_continue = True
        if self._body_size == TOO_LARGE:
            self._too_large()
        elif self._expects_continue and not self.busy:
            self._continue()

    def on_body(self, data: bytes) -> None:
        if self._phase != "body":
            return
        self._body_size += len(data)
        if self._body_size > LARGEST_BODY:
            self._too_large()
        else:
            self._body.append(data)

    def on_message_complete(self) -> None:
        if self._phase == "deaf":
            return
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        keep_alive = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        self._take(Turn(self._request(body), keep_alive))
        self._phase = "head"
        self._head_size = 0
        self._target = b""
        self._headers = []
        self._body = []
        self._expects_continue = False

    # The server's side

    @property
    def busy(self) -> bool:
        """A request is being served, or waits for that."""
        return self._task is not None

    def answer(self, answer: HttpAnswer) -> None:
        """Send a whole response."""
        pieces = wire.whole(
            answer, keep_alive=self._keep_alive, head_only=self._head_only, version=self._version
        )
        if not self.gone:
            self._transport.writelines(pieces) if len(pieces) > 1 else self._transport.write(pieces[0])

    async def begin(self, head: HttpAnswer, length: int | None = None) -> None:
        """Send the head of a response whose body follows piece by piece; ``length`` bytes where known."""
        self._keep_alive = self._keep_alive and self._version == "1.1"
        self._chunked = length is None and self._version == "1.1"
        self._check()
        self._transport.write(
            wire.head(head, keep_alive=self._keep_alive, version=self._version, length=length)
        )

    async def send(self, data: bytes) -> None:
        """Send a piece of the body at once, and wait while the client is slower than the app.

        :raises ConnectionError: the client has gone.
        """
        self._check()
        if data and not self._head_only:
            self._transport.write(wire.chunk(data) if self._chunked else data)
        await self._drained()
        self._check()

    async def end(self, *, complete: bool) -> None:
        """The body is complete; or it never will be, and the client is told by the connection's end."""
        if complete and self._chunked and not self._head_only and not self.gone:
            self._transport.write(wire.LAST_CHUNK)
        self._keep_alive = self._keep_alive and complete

    def leave_http(self, head: bytes) -> asyncio.StreamReader:
        """Send the head of a 101 as it is; from here on the client's bytes come from the reader, and ``pour``
        sends ours."""
        self._client_bytes = reader = asyncio.StreamReader()
        reader.set_transport(self._transport)
        reader.feed_data(self._early)
        if self._half_closed or self.gone:
            reader.feed_eof()
        if not self.gone:
            self._transport.write(head)
        return reader

    async def pour(self, data: bytes) -> None:
        """Send bytes that are no longer HTTP.

        :raises ConnectionError: the client has gone.
        """
        self._check()
        self._transport.write(data)
        await self._drained()

    def abort(self) -> None:
        """End the connection now."""
        self._transport.abort()

    def retire(self) -> None:
        """End the connection as soon as nothing is being served on it."""
        if self.busy and self._client_bytes is None:
            self._phase = "deaf"
            self._turns.clear()
            self._keep_alive = False
        else:
            self._transport.close()

    def time_out(self) -> None:
        """The client has sent nothing for too long."""
        if self._phase == "head" and self._head_size == 0:
            self._transport.close()
        else:
            self._refuse(TIMED_OUT)

    # Turns

    def _take(self, turn: Turn) -> None:
        self._turns.append(turn)
        if self._task is None:
            self._task = self._loop.create_task(self._work())
        elif len(self._turns) > MOST_WAITING and self._reading:
            self._reading = False
            self._transport.pause_reading()

    async def _work(self) -> None:
        while self._turns:
            item, self._keep_alive = self._turns.popleft()
            if isinstance(item, HttpAnswer):
                self._head_only, self._version = False, "1.1"
                self.answer(item)
            else:
                self._head_only, self._version = item.method == "HEAD", item.version
                await self._serve(item, self)
            self.last_seen = time.monotonic()
            if not self._keep_alive or self.gone:
                break
            await self._drained()
            if not self._reading and len(self._turns) <= MOST_WAITING // 2:
                self._reading = True
                self._transport.resume_reading()
        self._task = None
        if self.gone:
            return
        if not self._keep_alive or self._half_closed:
            self._leave()
        elif self._expects_continue and self._phase == "body":
            self._continue()

    def _leave(self) -> None:
        """Close, but not in the face of a client that is still sending: a reset would cost it our answer."""
        sending = self._phase == "deaf" and not self._half_closed
        self._phase = "deaf"
        self._turns.clear()
        if sending and self._transport.can_write_eof():
            if not self._reading:
                self._transport.resume_reading()
            self._transport.write_eof()
            self._loop.call_later(LINGER, self._transport.close)
        else:
            self._transport.close()

    def _request(self, body: bytes) -> HttpRequest:
        return HttpRequest(
            self._parser.get_method().decode("latin-1"),
            self._target.decode("latin-1"),
            tuple(self._headers),
            body,
            self._client,
            self._port,
            time.time(),
            self._parser.get_http_version(),
        )

    def _too_large(self) -> None:
        """Let the door refuse a body of which no door would take more, and read no further."""
        self._body = []
        self._take(Turn(self._request(bytes(TOO_LARGE)), False))
        self._phase = "deaf"

    def _refuse(self, answer: HttpAnswer) -> None:
        if self._phase != "deaf":
            self._phase = "deaf"
            self._take(Turn(answer, False))

    def _continue(self) -> None:
        self._expects_continue = False
        if self._version_of_message() == "1.1":
            self._transport.write(wire.CONTINUE)

    def _version_of_message(self) -> str:
        return str(self._parser.get_http_version())

    def _check(self) -> None:
        if self.gone:
            raise ConnectionResetError("the client has gone")

    async def _drained(self) -> None:
        if self._room is not None:
            await self._room.wait()
