"""Streamed responses through the server: each piece as it comes, and what happens when one side stops."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections.abc import Iterator

import pytest
from fakes.door_site import Site, everything, site, until

from sameroom.local.http import Entrance, Outcome
from sameroom.local.sandboxes.invocation import Invocation
from sameroom.local.sandboxes.streaming import StreamSink

PRELUDE = b'{"statusCode":201,"headers":{"content-type":"text/plain"},"cookies":["a=b"]}'
OK = Outcome("result", b"")


class Trickle:
    """A function that streams what its path says."""

    def __init__(self) -> None:
        self.sent = 0
        self.stopped: list[str] = []

    async def invoke(
        self, payload: bytes, *, request_id: str, streaming: StreamSink | None = None
    ) -> Invocation:
        path = json.loads(payload)["rawPath"]
        assert streaming is not None
        if path == "/buffered":
            return Invocation(Outcome("result", b'{"statusCode":200,"body":"whole"}'), request_id)
        try:
            await streaming.head(b"no prelude" if path == "/bad" else PRELUDE)
            await self._body(path, streaming)
            error = b'{"errorType":"Broken"}' if path == "/breaks" else None
            await streaming.end(error)
        except ConnectionError:
            self.stopped.append(path)
        return Invocation(OK, request_id, streamed=True)

    async def _body(self, path: str, streaming: StreamSink) -> None:
        if path == "/endless":
            while True:
                await streaming.data(b"x" * 65536)
                self.sent += 65536
        for piece in (b"one ", b"two ", b"three"):
            await streaming.data(piece)
            if path == "/slow":
                await asyncio.sleep(0.2)


TRICKLE = Trickle()


@pytest.fixture(scope="module")
def url() -> Iterator[Site]:
    with site(Entrance(door="function-url", response_mode="streaming"), TRICKLE) as place:
        yield place


def get(path: str, version: str = "1.1", method: str = "GET", close: bool = True) -> bytes:
    connection = "Connection: close\r\n" if close else ""
    return f"{method} {path} HTTP/{version}\r\nHost: a\r\n{connection}\r\n".encode()


def test_a_stream_is_chunked_and_complete(url: Site) -> None:
    head, _, body = url.say(get("/")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201 Created")
    assert b"transfer-encoding: chunked" in head.lower()
    assert b"content-length" not in head.lower()
    assert b"set-cookie: a=b" in head.lower()
    assert body == b"4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n"


def test_each_piece_leaves_the_moment_it_comes(url: Site) -> None:
    with url.connect() as client:
        start = time.monotonic()
        client.sendall(get("/slow"))
        received = b""
        arrived = []
        for word in (b"one", b"two", b"three"):
            while word not in received:
                received += client.recv(1000)
            arrived.append(time.monotonic() - start)
    assert arrived[1] - arrived[0] > 0.1
    assert arrived[2] - arrived[1] > 0.1


def test_a_connection_goes_on_after_a_stream(url: Site) -> None:
    assert url.say(get("/", close=False) + get("/")).count(b"three\r\n0\r\n\r\n") == 2


def test_http_1_0_gets_the_body_until_the_end(url: Site) -> None:
    head, _, body = url.say(get("/", "1.0", close=False)).partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert body == b"one two three"


def test_head_gets_no_body(url: Site) -> None:
    answer = url.say(get("/", method="HEAD", close=False) + get("/"))
    assert answer.count(b"HTTP/1.1 201") == 2
    assert answer.count(b"three") == 1


def test_a_stream_that_breaks_off_never_looks_complete(url: Site) -> None:
    answer = url.say(get("/breaks", close=False))
    assert b"three" in answer
    assert b"three\r\n0\r\n\r\n" not in answer


def test_a_stream_without_a_prelude_is_the_doors_error(url: Site) -> None:
    answer = url.say(get("/bad"))
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"one" not in answer
    assert "/bad" in TRICKLE.stopped


def test_a_function_that_does_not_stream_is_answered_whole(url: Site) -> None:
    answer = url.say(get("/buffered"))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"Content-Length: " in answer
    assert b"whole" in answer


def test_a_slow_client_holds_the_function_back_and_a_gone_one_stops_it(url: Site) -> None:
    client = url.connect()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sendall(get("/endless"))
    until(lambda: TRICKLE.sent)
    time.sleep(0.3)
    held_at = TRICKLE.sent
    time.sleep(0.2)
    assert TRICKLE.sent == held_at
    assert held_at < 32 * 1024 * 1024
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    until(lambda: "/endless" in TRICKLE.stopped)
    assert b"three" in url.say(get("/"))


def test_the_status_of_a_stream_is_told(url: Site) -> None:
    url.say(get("/"))
    until(lambda: url.ears.exchanges)
    assert url.ears.exchanges[-1].status == 201


def test_everything_is_read_to_the_end(url: Site) -> None:
    with url.connect() as client:
        client.sendall(get("/"))
        assert everything(client).endswith(b"0\r\n\r\n")
