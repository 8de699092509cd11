"""A door on this machine: HttpRequest -> gateway.admit -> function -> gateway.answer, for every client."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import uuid
from collections.abc import Callable
from typing import NamedTuple, Protocol

from .connection import Connection
from .gateways import Gateway, StreamingGateway, gateway, streaming_gateway
from .http import Entrance, HttpAnswer, HttpRequest
from .sandboxes.invocation import Invocation
from .sandboxes.streaming import StreamSink

#: Seconds that a client may be silent within a request, and between two.
PATIENCE = 65.0
_event_text = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_BROKEN = HttpAnswer(
    500, (("Content-Type", "text/plain"),), b"sameroom itself failed; its terminal says how.\n"
)


class Function(Protocol):
    """What runs the app: a Pool."""

    async def invoke(
        self, payload: bytes, *, request_id: str, streaming: StreamSink | None = None
    ) -> Invocation: ...


class Front(Protocol):
    """What stands before the door, as CloudFront does before a site's app."""

    def to_app(self, request: HttpRequest) -> HttpRequest | None: ...

    def instead(self, status: int) -> HttpAnswer | None: ...

    async def serve(self, request: HttpRequest, connection: Connection) -> None: ...


class Exchange(NamedTuple):
    """One request and what became of it, for people. ``invocation`` is None when the door itself answered."""

    request: HttpRequest
    request_id: str
    status: int
    #: From the request's last byte to the answer's, in milliseconds.
    duration_ms: float
    invocation: Invocation | None
    #: The client hung up before it had its answer.
    hung_up: bool = False


class Listener(Protocol):
    """Told of every exchange, and of what goes wrong inside of us."""

    def began(self, request_id: str, request: HttpRequest) -> None: ...

    def exchanged(self, exchange: Exchange) -> None: ...

    def failed(self, error: BaseException) -> None: ...


class Server:
    """Serves one door on one socket."""

    def __init__(
        self,
        entrance: Entrance,
        function: Function,
        listener: Listener,
        *,
        front: Front | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._entrance = entrance
        self._front = front
        self._function = function
        self._listener = listener
        self._gateway: Gateway = gateway(entrance.door)
        self._streaming: StreamingGateway | None = None
        if entrance.response_mode == "streaming":
            self._streaming = streaming_gateway(entrance.door)
        self._patience = patience
        self._connections: set[Connection] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._server: asyncio.Server | None = None

    async def start(self, listening: socket.socket) -> None:
        """Serve the clients of a socket from ``ports.listen``."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._serve, self._connections), sock=listening
        )
        self._sweep()

    async def close(self, grace: float) -> None:
        """Take no more clients, and give requests under way ``grace`` seconds to be answered."""
        if self._server is None:
            return
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._server.close()
        for connection in list(self._connections):
            connection.retire()
        give_up = time.monotonic() + grace
        while self._connections and time.monotonic() < give_up:
            await asyncio.sleep(0.01)
        for connection in list(self._connections):
            connection.abort()

    async def _serve(self, request: HttpRequest, connection: Connection) -> None:
        try:
            asked = self._front.to_app(request) if self._front is not None else request
            if asked is not None:
                await self._ask(asked, connection)
            elif self._front is not None:
                await self._front.serve(request, connection)
        except Exception as error:
            # A bug of ours must not end the connection without a word, nor the server.
            self._listener.failed(error)
            connection.answer(_BROKEN)
            connection.retire()

    async def _ask(self, request: HttpRequest, connection: Connection) -> None:
        start = time.perf_counter()
        request_id = str(uuid.uuid4())
        self._listener.began(request_id, request)
        status, invocation = await self._exchange(request, request_id, connection)
        duration = (time.perf_counter() - start) * 1000
        self._listener.exchanged(Exchange(request, request_id, status, duration, invocation, connection.gone))

    async def _exchange(
        self, request: HttpRequest, request_id: str, connection: Connection
    ) -> tuple[int, Invocation | None]:
        admitted = self._gateway.admit(request, self._entrance, request_id)
        if isinstance(admitted, HttpAnswer):
            connection.answer(self._passed(admitted))
            return admitted.status, None
        payload = _event_text(admitted).encode()
        if self._streaming is not None:
            return await self._stream(payload, request, request_id, connection)
        invocation = await self._function.invoke(payload, request_id=request_id)
        answer = self._gateway.answer(invocation.outcome, request, self._entrance, request_id)
        connection.answer(self._passed(answer))
        return answer.status, invocation

    async def _stream(
        self, payload: bytes, request: HttpRequest, request_id: str, connection: Connection
    ) -> tuple[int, Invocation]:
        assert self._streaming is not None
        gate, entrance = self._streaming, self._entrance

        def render(prelude: bytes) -> HttpAnswer:
            return self._passed(gate.stream_head(prelude, request, entrance, request_id))

        passage = Passage(connection, render)
        invocation = await self._function.invoke(payload, request_id=request_id, streaming=passage)
        if not passage.status:
            answer = gate.answer(invocation.outcome, request, entrance, request_id)
            connection.answer(self._passed(answer))
            passage.status = answer.status
        return passage.status, invocation

    def _passed(self, answer: HttpAnswer) -> HttpAnswer:
        """The answer, or what stands before the door puts in its place."""
        instead = self._front.instead(answer.status) if self._front is not None else None
        return answer if instead is None else instead

    def _sweep(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(self._patience / 13, self._sweep)
        silent_since = time.monotonic() - self._patience
        for connection in list(self._connections):
            if connection.last_seen < silent_since and not connection.busy:
                connection.time_out()


class Passage:
    """A streamed response on its way to the client: the pool's StreamSink."""

    def __init__(self, connection: Connection, render: Callable[[bytes], HttpAnswer]) -> None:
        self._connection = connection
        self._render = render
        #: 0 until the client has a status.
        self.status = 0

    async def head(self, prelude: bytes) -> None:
        answer = self._render(prelude)
        self.status = answer.status
        if answer.body:
            self._connection.answer(answer)
            raise ConnectionAbortedError("the stream's beginning is of no use to this door")
        await self._connection.begin(answer)

    async def data(self, chunk: bytes) -> None:
        await self._connection.send(chunk)

    async def end(self, error: bytes | None) -> None:
        await self._connection.end(complete=error is None)
