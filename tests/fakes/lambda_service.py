"""A Lambda Runtime API on a real socket: hands out invocations, keeps all that a runtime posts.

Standard library only, a thread a connection. It does what it is told to badly, too: cuts connections,
dribbles its answers, refuses responses. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Literal, NamedTuple

ROOT = "/2018-06-01/runtime"
#: Seconds; nothing a test waits for takes as long.
PATIENCE = 20.0

Framing = Literal["length", "chunked", "dribble"]
#: Where a connection is cut: instead of an invocation (rudely: "reset"), behind it, in the middle of a post,
#: or behind the answer to it.
Cut = Literal["next", "reset", "given", "post", "after"]


class Chunk(NamedTuple):
    """One chunk of a post, as it was framed. ``at`` is ``time.monotonic()``."""

    data: bytes
    at: float


class Posted:
    """One POST. It is handed to the test when its head has arrived; its body may still be on its way."""

    def __init__(self, path: str, headers: dict[str, str], connection: int) -> None:
        self.path = path
        #: Names in lower case.
        self.headers = headers
        #: Which connection it came on, counted from 1.
        self.connection = connection
        self.trailers: dict[str, str] = {}
        self._arriving: queue.Queue[Chunk | None] = queue.Queue()
        self._chunks: list[Chunk] = []
        self.whole = threading.Event()
        #: Whether the connection ended before the body did.
        self.cut_off = False

    def put(self, data: bytes) -> None:
        chunk = Chunk(data, time.monotonic())
        self._chunks.append(chunk)
        self._arriving.put(chunk)

    def finish(self) -> None:
        self.whole.set()
        self._arriving.put(None)

    def chunk(self) -> bytes | None:
        """The next chunk as soon as it is there; None behind the last."""
        chunk = self._arriving.get(timeout=PATIENCE)
        return chunk and chunk.data

    @property
    def chunks(self) -> list[Chunk]:
        """Every chunk, once the post is whole."""
        assert self.whole.wait(PATIENCE), f"the runtime never finished its post to {self.path}"
        return self._chunks

    @property
    def body(self) -> bytes:
        return b"".join(chunk.data for chunk in self.chunks)

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def prelude(self) -> Any:
        """Of a streamed response: what stands before the eight NULs."""
        return json.loads(self.body.partition(b"\0" * 8)[0])

    @property
    def streamed(self) -> bytes:
        """Of a streamed response: what stands behind the eight NULs."""
        return self.body.partition(b"\0" * 8)[2]


class Invocation(NamedTuple):
    request_id: str
    head: list[tuple[str, str]]
    payload: bytes
    framing: Framing


class LambdaService:
    """``with LambdaService() as service``: ``service.address`` is AWS_LAMBDA_RUNTIME_API for one runtime."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._pending: queue.Queue[Invocation | None] = queue.Queue()
        self._posts: queue.Queue[Posted] = queue.Queue()
        self._cuts: queue.Queue[Cut] = queue.Queue()
        self._refusals: queue.Queue[tuple[int, bytes]] = queue.Queue()
        self._open: list[socket.socket] = []
        self._count = 0
        #: Connections that were opened so far.
        self.connections = 0
        #: Set while a runtime waits for its next invocation.
        self.idle = threading.Event()
        #: Every request as it came: method, path, headers with lower-case names.
        self.requests: list[tuple[str, str, dict[str, str]]] = []

    def __enter__(self) -> LambdaService:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._pending.put(None)
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def invoke(
        self,
        event: Any,
        *,
        timeout: float = 30.0,
        headers: Mapping[str, str] | None = None,
        framing: Framing = "length",
    ) -> str:
        """Queue an invocation with ``timeout`` seconds of time; its request id is returned.

        An event that is ``bytes`` is handed over as it is.
        """
        self._count += 1
        request_id = f"00000000-0000-4000-8000-{self._count:012}"
        head = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:room",
            **(headers or {}),
        }
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        self._pending.put(Invocation(request_id, list(head.items()), payload, framing))
        return request_id

    def posted(self) -> Posted:
        """The next thing the runtime posts, as soon as its head is there."""
        return self._posts.get(timeout=PATIENCE)

    def answer(self, event: Any, **how: Any) -> Any:
        """Invoke, and wait for the result, JSON; the runtime must not fail."""
        request_id = self.invoke(event, **how)
        post = self.posted()
        assert post.path == f"{ROOT}/invocation/{request_id}/response", post.body
        return post.json()

    def refuse(self, status: int, body: bytes = b"{}") -> None:
        """Answer the next POST with this instead of 202."""
        self._refusals.put((status, body))

    def cut(self, where: Cut) -> None:
        """Cut a connection the next time it gets there."""
        self._cuts.put(where)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(connection)
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, ValueError), connection, connection.makefile("rb") as reader:
            while line := reader.readline():
                method, path, _ = line.decode().split()
                headers = dict(_fields(reader))
                self.requests.append((method, path, headers))
                if method == "POST":
                    onward = self._post(connection, reader, Posted(path, headers, number))
                else:
                    onward = self._next(connection)
                if not onward:
                    return

    def _due(self, *wheres: Cut) -> Cut | None:
        """The cut that is next in line, if this is the place for it."""
        if not self._cuts.queue or self._cuts.queue[0] not in wheres:
            return None
        return self._cuts.get()

    def _next(self, connection: socket.socket) -> bool:
        cut = self._due("next", "reset", "given")
        if cut == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if cut and cut != "given":
            return False
        self.idle.set()
        invocation = self._pending.get()
        self.idle.clear()
        if invocation is None:
            self._pending.put(None)
            return False
        for piece in _framed(invocation):
            connection.sendall(piece)
            if invocation.framing == "dribble":
                time.sleep(0.0005)
        return cut != "given"

    def _post(self, connection: socket.socket, reader: BinaryIO, post: Posted) -> bool:
        cut = self._due("after", "post")
        self._posts.put(post)
        try:
            if post.headers.get("transfer-encoding") == "chunked":
                for data in _chunks(reader):
                    post.put(data)
                    if cut == "post":
                        return False
                post.trailers = dict(_fields(reader))
            else:
                post.put(_exactly(reader, int(post.headers["content-length"])))
        except (OSError, ValueError):
            post.cut_off = True
            raise
        finally:
            post.finish()
        status, body = self._refusals.get() if self._refusals.queue else (202, b'{"status":"OK"}')
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        return cut != "after"


def _framed(invocation: Invocation) -> Iterator[bytes]:
    """The answer to /next, in the pieces in which it goes out."""
    payload = invocation.payload
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in invocation.head)
    if invocation.framing == "chunked":
        yield (head + "TRANSFER-ENCODING: Chunked\r\n\r\n").encode()
        for at in range(0, len(payload), 1000):
            piece = payload[at : at + 1000]
            yield b"%X;name=value\r\n%b\r\n" % (len(piece), piece)
        yield b"0\r\nX-Trailer: 1\r\n\r\n"
        return
    data = (head + f"Content-Length: {len(payload)}\r\n\r\n").encode() + payload
    if invocation.framing == "length":
        yield data
        return
    for at in range(0, len(data), 7):
        yield data[at : at + 7]


def _fields(reader: BinaryIO) -> Iterator[tuple[str, str]]:
    """Header or trailer fields up to the empty line, names in lower case."""
    while line := reader.readline().rstrip(b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        yield name.lower(), value.strip()


def _chunks(reader: BinaryIO) -> Iterator[bytes]:
    while size := int(reader.readline().partition(b";")[0], 16):
        yield _exactly(reader, size)
        if reader.readline() != b"\r\n":
            raise ValueError("a chunk is longer than it says")


def _exactly(reader: BinaryIO, size: int) -> bytes:
    data = reader.read(size)
    if len(data) < size:
        raise ConnectionResetError("the runtime closed the connection in the middle of a post")
    return data
