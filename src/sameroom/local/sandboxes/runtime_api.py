"""Lambda's Runtime API, one server per sandbox, on a port of its own.

Contract: lambda/latest/dg/runtimes-api.html and, for states, status codes and error texts, the source of
AWS's runtime interface emulator (internal/lambda/rapi and core/states.go). A runtime knows the server by
host and port only, hence one port per sandbox. Every answer is one write: head and body apart would meet
Nagle's algorithm and delayed acknowledgements, 44 ms per invocation.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import socket
from typing import NamedTuple, Protocol, cast

import httptools

from . import failures
from .streaming import Stream

NEXT = b"/2018-06-01/runtime/invocation/next"
INVOCATION = b"/2018-06-01/runtime/invocation/"
INIT_ERROR = b"/2018-06-01/runtime/init/error"
RESTORE_NEXT = b"/2018-06-01/runtime/restore/next"
RESTORE_ERROR = b"/2018-06-01/runtime/restore/error"
ERROR_TYPE = b"lambda-runtime-function-error-type"
ERROR_BODY = b"lambda-runtime-function-error-body"
RESPONSE_MODE = b"lambda-runtime-function-response-mode"

STARTED = "Started"
READY = "Ready"
RUNNING = "Running"
RESPONDING = "InvocationResponse"
ANSWERED = "RuntimeResponseSentState"
INIT_FAILED = "InitError"

REASONS = {
    200: b"OK",
    202: b"Accepted",
    400: b"Bad Request",
    403: b"Forbidden",
    404: b"Not Found",
    405: b"Method Not Allowed",
    413: b"Request Entity Too Large",
}


class Event(NamedTuple):
    """One invocation as the runtime gets it. ``deadline`` is in epoch milliseconds."""

    payload: bytes
    request_id: str
    deadline: int
    trace_id: str
    arn: str

    def message(self) -> bytes:
        """The answer to /next, on the wire."""
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {self.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {self.deadline}\r\n"
            f"Lambda-Runtime-Trace-Id: {self.trace_id}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {self.arn}\r\n"
            f"Content-Length: {len(self.payload)}\r\n\r\n"
        )
        return head.encode("latin-1") + self.payload


class Reply(NamedTuple):
    status: int
    body: bytes

    def message(self) -> bytes:
        return b"HTTP/1.1 %d %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
            self.status,
            REASONS[self.status],
            len(self.body),
            self.body,
        )


ACCEPTED = Reply(202, b'{"status":"OK"}\n')
_ACCEPTED = ACCEPTED.message()
RESTORED = Reply(200, b"")
NOT_FOUND = Reply(404, failures.error("NotFound", "Lambda's Runtime API has no such path."))
NOT_ALLOWED = Reply(
    405, failures.error("MethodNotAllowed", "This path of Lambda's Runtime API takes another method.")
)
UNKNOWN_ID = Reply(400, failures.error("InvalidRequestID", "Invalid request ID"))
UNKNOWN_MODE = Reply(400, failures.error("InvalidFunctionResponseMode", "Invalid function response mode"))
MALFORMED = Reply(400, failures.error("BadRequest", "This is not HTTP/1.1."))
FOREIGN = Reply(403, failures.error("Forbidden", "Web pages may not speak to a sandbox."))
TOO_LARGE = Reply(
    413,
    failures.error(
        "RequestEntityTooLarge", f"Exceeded maximum allowed payload size ({failures.MAX_RESPONSE} bytes)."
    ),
)
TRUNCATED = failures.error("Runtime.TruncatedResponse", "The runtime broke off its response.")


class Host(Protocol):
    """Whose runtime it is; told of everything the runtime does."""

    def polled(self) -> None:
        """The runtime waits for an event: ``RuntimeApi.hand_over`` may be called."""

    def answered(self, payload: bytes) -> None:
        """A buffered response."""

    def failed(self, payload: bytes) -> None:
        """The function raised; ``payload`` is the error as JSON."""

    def answered_too_much(self, size: int) -> None:
        """A buffered response of ``size`` bytes, over the limit."""

    def init_failed(self, payload: bytes, error_type: str) -> None:
        """The runtime could not load the function."""

    def streams(self, stream: Stream) -> None:
        """A streamed response begins."""

    def stream_over(self, stream: Stream) -> None:
        """It has ended, well or not."""

    def hung_up(self) -> None:
        """The last of the runtime's connections has closed."""


class RuntimeApi:
    """The server's side of one runtime: where it stands, and the connection that waits for an event."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.state = STARTED
        #: "/response" and "/error" of the invocation at hand.
        self.response_path = self.error_path = b""
        self.streaming = False
        self._message = b""
        self._parked: Connection | None = None
        self._server: asyncio.Server | None = None
        self.closed = False
        self.connections: set[Connection] = set()

    async def open(self) -> str:
        """Listen on a free port of the loopback interface; returns "127.0.0.1:port"."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), "127.0.0.1", 0)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        self.closed = True
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.abort()

    def hand_over(self, event: Event, streaming: bool = False) -> None:
        """Give the waiting runtime an event. A streamed response is passed on as it comes if ``streaming``,
        and otherwise collected first."""
        assert self._parked is not None
        path = INVOCATION + event.request_id.encode("latin-1")
        self.response_path, self.error_path = path + b"/response", path + b"/error"
        self.streaming = streaming
        self._message = event.message()
        self.state = RUNNING
        self._parked.write(self._message)
        self._parked = None

    def next(self, connection: Connection) -> Reply | None:
        """``GET /next``: park the connection. Asked again while an event is out, it is given out again."""
        if self.state == RUNNING:
            connection.write(self._message)
        elif self.state in (STARTED, READY, ANSWERED):
            self.state = READY
            self._parked = connection
            self.host.polled()
        else:
            return self.refuse(READY)
        return None

    def refuse(self, wanted: str) -> Reply:
        """The runtime may not go from where it is to ``wanted``."""
        message = (
            f"State transition from {self.state} to {wanted} failed for runtime. "
            "Error: State transition is not allowed"
        )
        return Reply(403, failures.error("InvalidStateTransition", message))

    def lost(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if self._parked is connection:
            # Its process has most likely ended; if not, it may poll again.
            self._parked = None
            self.state = ANSWERED
        if not self.connections:
            self.host.hung_up()

    @property
    def waits(self) -> bool:
        """Whether ``hand_over`` may be called."""
        return self._parked is not None


class Connection(asyncio.Protocol):
    """One connection of the runtime: reads requests, writes answers."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._parser = httptools.HttpRequestParser(self)
        self._closing = False
        self.on_message_begin()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods but not the type.
        self._transport = cast("asyncio.Transport", transport)
        if self._api.closed:
            # It was accepted before the server was closed, and is told of only now.
            self.abort()
            return
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._api.connections.add(self)

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._closing = True
            self.write(MALFORMED.message())
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._stream is not None:
            self._end_stream(TRUNCATED)
        self._api.lost(self)

    def write(self, message: bytes) -> None:
        self._transport.write(message)

    def abort(self) -> None:
        self._transport.abort()

    # httptools' side

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._parts: list[bytes] = []
        self._size = 0
        self._stream: Stream | None = None

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called for trailers as well."""
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if b"expect" in self._headers:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        api = self._api
        mode = self._headers.get(RESPONSE_MODE)
        if mode == b"streaming" and self._url == api.response_path and api.state == RUNNING and api.streaming:
            content_type = self._headers.get(b"content-type", b"").decode("latin-1")
            self._stream = Stream(content_type, self._hold)
            api.state = RESPONDING
            api.host.streams(self._stream)

    def on_body(self, body: bytes) -> None:
        if self._stream is not None:
            self._stream.feed(body)
            if self._stream.size > failures.MAX_STREAM:
                self._stream.finish(failures.too_large(self._stream.size, failures.MAX_STREAM).payload)
            return
        self._size += len(body)
        if self._size <= failures.MAX_RESPONSE:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        reply = self._reply()
        if reply is not None:
            self.write(reply.message())
        if not self._parser.should_keep_alive():
            self._closing = True
            self._transport.close()

    def _reply(self) -> Reply | None:
        """What to answer; None when that is done or comes later."""
        method, path, api = self._parser.get_method(), self._url, self._api
        if b"sec-fetch-site" in self._headers:
            return FOREIGN
        if path == NEXT and method == b"GET":
            return api.next(self)
        if path == RESTORE_NEXT and method == b"GET":
            return RESTORED
        if path in (INIT_ERROR, RESTORE_ERROR) and method == b"POST":
            return self._init_error()
        if path.startswith(INVOCATION) and path.endswith((b"/response", b"/error")) and method == b"POST":
            return self._result(path)
        known = path in (NEXT, RESTORE_NEXT, INIT_ERROR, RESTORE_ERROR) or path.startswith(INVOCATION)
        return NOT_ALLOWED if known else NOT_FOUND

    def _init_error(self) -> Reply | None:
        api = self._api
        if api.state != STARTED:
            return api.refuse(INIT_FAILED)
        api.state = INIT_FAILED
        self.write(ACCEPTED.message())
        api.host.init_failed(b"".join(self._parts), self._headers.get(ERROR_TYPE, b"").decode("latin-1"))
        return None

    def _result(self, path: bytes) -> Reply | None:
        api = self._api
        if path not in (api.response_path, api.error_path):
            return UNKNOWN_ID
        if self._stream is not None:
            too_large = self._stream.size > failures.MAX_STREAM
            self._end_stream(self._trailing_error())
            return TOO_LARGE if too_large else ACCEPTED
        if api.state != RUNNING:
            return api.refuse(RESPONDING if path == api.response_path else "InvocationErrorResponse")
        if self._headers.get(RESPONSE_MODE, b"streaming") != b"streaming":
            return UNKNOWN_MODE
        api.state = ANSWERED
        if self._size > failures.MAX_RESPONSE:
            api.host.answered_too_much(self._size)
            return TOO_LARGE
        # The runtime goes on while we do.
        self.write(_ACCEPTED)
        payload, error = b"".join(self._parts), self._trailing_error()
        if path == api.error_path:
            api.host.failed(payload)
        elif error is not None:
            api.host.failed(error)
        else:
            api.host.answered(payload)
        return None

    def _trailing_error(self) -> bytes | None:
        """The error that the trailers of a streamed response carry, if they do."""
        if ERROR_TYPE not in self._headers:
            return None
        try:
            body = base64.b64decode(self._headers.get(ERROR_BODY, b""), validate=True)
        except binascii.Error:
            body = b""
        return body or failures.error(self._headers[ERROR_TYPE].decode("latin-1"), "The function failed.")

    def _end_stream(self, error: bytes | None) -> None:
        stream, self._stream = self._stream, None
        assert stream is not None
        stream.finish(error)
        if self._api.state == RESPONDING:
            self._api.state = ANSWERED
        self._api.host.stream_over(stream)

    def _hold(self, on: bool) -> None:
        if self._transport.is_closing():
            return
        if on:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
