"""A running server on a real socket, with a function that tells what it was given."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sameroom.local import ports
from sameroom.local.event_loop import run
from sameroom.local.http import Entrance, HttpRequest, Outcome
from sameroom.local.sandboxes.invocation import Invocation
from sameroom.local.sandboxes.streaming import StreamSink
from sameroom.local.server import Exchange, Function, Server
from sameroom.local.site import Front


class Echo:
    """A function that returns its event, and does what its path says."""

    def __init__(self) -> None:
        self.running = 0

    async def invoke(
        self, payload: bytes, *, request_id: str, streaming: StreamSink | None = None
    ) -> Invocation:
        event = json.loads(payload)
        path = event.get("rawPath") or event["path"]
        self.running += 1
        try:
            if path.startswith("/slow"):
                await asyncio.sleep(0.25)
            if path == "/bug":
                raise ZeroDivisionError("a bug of ours")
        finally:
            self.running -= 1
        status = {"/204": 204, "/304": 304}.get(path, 200)
        body = "x" * 3_000_000 if path == "/large" else json.dumps(event)
        result = {"statusCode": status, "headers": {"X-Path": path}, "body": body}
        return Invocation(Outcome("result", json.dumps(result).encode()), request_id)


class Ears:
    """Hears what the server tells."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.failures: list[BaseException] = []

    def began(self, request_id: str, request: HttpRequest) -> None:
        pass

    def exchanged(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def failed(self, error: BaseException) -> None:
        self.failures.append(error)


class Site:
    """A running server: its port, what it tells, and a way to end it."""

    def __init__(self, port: int, ears: Ears) -> None:
        self.port = port
        self.ears = ears
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port))
        client.settimeout(5)
        return client

    def close(self) -> None:
        """Begin to end the server, as Ctrl-C does."""
        self._loop.call_soon_threadsafe(self._closing.set)

    async def until_closed(self) -> None:
        await self._closing.wait()

    def say(self, data: bytes, *, half_close: bool = False) -> bytes:
        """Everything the server answers until it closes."""
        with self.connect() as client:
            client.sendall(data)
            if half_close:
                client.shutdown(socket.SHUT_WR)
            return everything(client)


@contextmanager
def site(
    entrance: Entrance, function: Function, patience: float = 65.0, front: Front | None = None
) -> Iterator[Site]:
    """Serve ``function`` behind a door, in a thread, with ``front`` before it."""
    ready: list[Site] = []
    started = threading.Event()

    async def serve() -> None:
        listening = ports.listen("127.0.0.1", 0)
        ears = Ears()
        server = Server(entrance, function, ears, front=front, patience=patience)
        following = asyncio.ensure_future(front.follow()) if front is not None else None
        await server.start(listening)
        ready.append(Site(listening.getsockname()[1], ears))
        started.set()
        await ready[0].until_closed()
        await server.close(2.0)
        if following is not None:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    thread = threading.Thread(target=lambda: run(serve()))
    thread.start()
    assert started.wait(5)
    try:
        yield ready[0]
    finally:
        ready[0].close()
        thread.join(5)


def everything(client: socket.socket) -> bytes:
    received = b""
    while data := client.recv(65536):
        received += data
    return received


def response(client: socket.socket, *, bodiless: bool = False) -> tuple[bytes, bytes]:
    """Head and body of the next response on a connection that stays open."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = client.recv(1)
        assert data, received
        received += data
    head = received[:-4]
    lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths and not bodiless else 0
    body = b""
    while len(body) < length:
        body += client.recv(length - len(body))
    return head, body


def until(true: Callable[[], object], seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
