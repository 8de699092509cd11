"""The bytes of a streamed response on the Runtime API's wire.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
"""

from __future__ import annotations

import json
import socket
import threading
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest

from sameroom.runtime.runtime_api import Invoked, RuntimeApi, StreamedResponse

INVOKED = Invoked("r-1", 0, {}, b"")
HEAD = (
    b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\n"
    b"Host: %b\r\n"
    b"Content-Type: application/vnd.awslambda.http-integration-response\r\n"
    b"Lambda-Runtime-Function-Response-Mode: streaming\r\n"
    b"Transfer-Encoding: chunked\r\n"
    b"Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n"
    b"\r\n"
)
PRELUDE = b'{"statusCode":200}'
PRELUDE_CHUNK = b"1a\r\n" + PRELUDE + b"\0" * 8 + b"\r\n"


class Peer:
    """The other end of the wire, byte by byte."""

    def __init__(self, answer: bytes = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}") -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.api = RuntimeApi(self.address)
        self.connection, _ = self._listener.accept()
        self.connection.settimeout(10)
        # Answers may lie ready: the client looks for one only when it has sent all of its request.
        self.connection.sendall(answer)

    def receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.connection.recv(size - len(data)) or pytest.fail("the client closed the connection")
        return data

    def expect(self, data: bytes) -> None:
        assert self.receive(len(data)) == data

    def answer_the_next(self, answer: bytes) -> None:
        """Send this on the connection that is opened next."""

        def serve() -> None:
            self.connection, _ = self._listener.accept()
            self.connection.sendall(answer)

        threading.Thread(target=serve).start()

    @property
    def head(self) -> bytes:
        return HEAD % self.address.encode()

    def close(self) -> None:
        self.api.close()
        self.connection.close()
        self._listener.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


def test_a_stream_is_head_prelude_eight_nuls_chunks_and_an_end(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    stream.data(b"first")
    peer.expect(peer.head + PRELUDE_CHUNK + b"5\r\nfirst\r\n")
    stream.data(b"the second, of eighteen"[:18])
    peer.expect(b"12\r\nthe second, of eig\r\n")
    assert stream.end() == ""
    peer.expect(b"0\r\n\r\n")


def test_head_prelude_and_first_chunk_leave_in_one_write(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    stream.data(b"first")
    whole = peer.head + PRELUDE_CHUNK + b"5\r\nfirst\r\n"
    assert peer.connection.recv(100_000) == whole


def test_a_response_without_body_is_its_prelude_alone(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    assert stream.end() == ""
    peer.expect(peer.head + PRELUDE_CHUNK + b"0\r\n\r\n")


def test_an_empty_chunk_is_left_out_because_it_would_be_the_end(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    stream.data(b"")
    stream.data(b"x")
    stream.data(b"")
    assert stream.end() == ""
    peer.expect(peer.head + PRELUDE_CHUNK + b"1\r\nx\r\n0\r\n\r\n")


@pytest.mark.parametrize("size", [65_535, 65_536, 1 << 20])
def test_a_large_chunk_stays_one_chunk(peer: Peer, size: int) -> None:
    chunk = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    framed = b"%x\r\n%b\r\n" % (size, chunk)

    def send() -> None:
        stream.head(PRELUDE)
        stream.data(chunk)
        stream.data(chunk)
        stream.end()

    stream = peer.api.stream(INVOKED)
    sender = threading.Thread(target=send)
    sender.start()
    peer.expect(peer.head + PRELUDE_CHUNK + framed + framed + b"0\r\n\r\n")
    sender.join()


def test_a_slow_reader_holds_the_sender_back(peer: Peer) -> None:
    size = 64 << 20
    sent = threading.Event()

    def send() -> None:
        stream.data(bytes(size))
        sent.set()
        stream.end()

    stream = peer.api.stream(INVOKED)
    sender = threading.Thread(target=send)
    sender.start()
    assert not sent.wait(0.2)  # far more than any socket's buffers
    peer.receive(len(peer.head) + len(b"4000000\r\n") + size)
    assert sent.wait(10)
    sender.join()


ERROR: dict[str, Any] = {
    "errorMessage": "half-way",
    "errorType": "ValueError",
    "requestId": "r-1",
    "stackTrace": [],
}


def test_a_stream_that_broke_ends_with_the_error_in_its_trailers(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    stream.data(b"part")
    assert stream.broke(ERROR) == ""
    peer.expect(peer.head + PRELUDE_CHUNK + b"4\r\npart\r\n0\r\n")
    peer.expect(b"Lambda-Runtime-Function-Error-Type: ValueError\r\nLambda-Runtime-Function-Error-Body: ")
    rest = b""
    while not rest.endswith(b"\r\n\r\n"):
        rest += peer.receive(1)
    assert json.loads(b64decode(rest)) == ERROR


def test_an_errors_name_that_is_not_ascii_does_not_break_the_trailers(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    assert stream.broke({**ERROR, "errorType": "Zählfehler"}) == ""
    peer.expect(peer.head + PRELUDE_CHUNK + b"0\r\nLambda-Runtime-Function-Error-Type: Z?hlfehler\r\n")


def test_the_number_of_an_attempt_is_echoed_with_a_stream(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED._replace(headers={"lambda-runtime-invocation-id": "attempt-2"}))
    stream.head(PRELUDE)
    assert stream.end() == ""
    received = peer.receive(len(peer.head) + len("Lambda-Runtime-Invocation-Id: attempt-2\r\n"))
    assert b"\r\nLambda-Runtime-Invocation-Id: attempt-2\r\n" in received


def test_what_lambda_has_against_a_stream_is_told() -> None:
    peer = Peer()
    peer.connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\ntoo much")
    first = peer.api.stream(INVOKED)
    assert first.end() == ""
    assert peer.api.stream(INVOKED).end() == "413 too much"
    peer.close()


def test_a_stream_knows_whether_some_of_it_has_left(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    assert not stream.began
    stream.data(b"x")
    assert stream.began


def flood(stream: StreamedResponse) -> None:
    """More than the socket's buffers hold."""
    for _ in range(10_000):
        stream.data(b"x" * 10_000)


def test_a_connection_that_is_lost_half_way_is_an_error_of_the_next_chunk(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    stream.data(b"x")
    peer.connection.close()
    with pytest.raises(ConnectionResetError, match="Lambda takes no more of this response"):
        flood(stream)
    # And nothing more is sent, nor waited for.
    assert stream.broke(ERROR) == "the connection to the Runtime API was lost"
    assert stream.end() == "the connection to the Runtime API was lost"


def test_a_connection_that_is_lost_at_the_end_is_told_and_no_error(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    stream.data(b"x")
    assert stream.end() == ""  # answered beforehand
    peer.connection.close()
    again = peer.api.stream(INVOKED)
    assert again.end() == "the connection to the Runtime API was lost"


def test_what_lambda_said_as_it_cut_a_stream_is_in_the_error() -> None:
    peer = Peer(b"HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\ntoo much")
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    stream.data(b"x")
    peer.receive(len(peer.head) + len(PRELUDE_CHUNK) + len(b"1\r\nx\r\n"))
    peer.connection.shutdown(socket.SHUT_RD)
    peer.connection.close()
    with pytest.raises(ConnectionResetError, match="no more of this response: 413 too much"):
        flood(stream)
    peer.close()


def test_what_lambda_said_as_it_cut_a_stream_is_not_taken_for_the_next_invocation(peer: Peer) -> None:
    stream = peer.api.stream(INVOKED)
    stream.head(PRELUDE)
    peer.connection.close()
    with pytest.raises(ConnectionResetError):
        flood(stream)
    peer.answer_the_next(
        b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r-2\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert peer.api.next().request_id == "r-2"
