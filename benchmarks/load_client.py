"""Clients over keep-alive connections on 127.0.0.1, each playing a visit again and again until time is up."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """What the clients saw."""

    #: Milliseconds of every request that was answered as it should be.
    took: list[float]
    #: What went wrong, one text each.
    failures: list[str]
    seconds: float


class Wrong(Exception):
    """An answer is not what the visit expects."""


class Client:
    """One connection. A visit's request that fails ends the visit, and is kept."""

    def __init__(self, port: int, took: list[float]) -> None:
        self._port = port
        self._took = took
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, sent: Any = None, *, status: int = 200) -> Any:
        """The JSON, or text, of an answer with this status.

        :raises Wrong: it has another one.
        """
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        body = b"" if sent is None else json.dumps(sent).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: application/json\r\n\r\n" if body else "\r\n"
        began = time.perf_counter()
        writer.write(head.encode() + body)
        said, kind, keep, answer = await _answer(reader)
        took = (time.perf_counter() - began) * 1000
        if not keep:
            self.close()
        if said != status:
            raise Wrong(f"{method} {path}: {said}, not {status}: {answer[:300]!r}")
        self._took.append(took)
        return json.loads(answer) if kind.startswith("application/json") and answer else answer.decode()

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


Visit = Callable[[Client], Awaitable[None]]


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str, bool, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    if fields.get("transfer-encoding", "") == "chunked":
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    else:
        body = await reader.readexactly(int(fields.get("content-length", "0")))
    keep = fields.get("connection", "").lower() != "close"
    return int(head[0].split()[1]), fields.get("content-type", ""), keep, body


def play(visit: Visit, port: int, clients: int, seconds: float) -> Seen:
    """So many clients at once for so many seconds; a visit that has begun is played to its end."""
    took: list[float] = []
    failures: list[str] = []

    async def visitor(until: float) -> None:
        client = Client(port, took)
        while time.monotonic() < until:
            await once(client)
        client.close()

    async def once(client: Client) -> None:
        try:
            await visit(client)
        except (Wrong, OSError, EOFError, ValueError, LookupError) as error:
            failures.append(f"{type(error).__name__}: {error}")
            client.close()

    async def together() -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(visitor(until) for _ in range(clients)))

    began = time.monotonic()
    asyncio.run(together())
    return Seen(took, failures, time.monotonic() - began)
