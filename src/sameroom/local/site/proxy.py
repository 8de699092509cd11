"""Passes a request on to the front end's own server, and its answer back as it comes; WebSockets, too."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

from ..connection import Connection
from ..http import HttpAnswer, HttpRequest

#: Where Node may listen when it is told "localhost".
HOSTS = ("127.0.0.1", "::1")
_PIECE = 1 << 16
_LONGEST_HEAD = 1 << 20
#: Of one connection only: RFC 9110, 7.6.1.
_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "expect"}
)


class _Head(NamedTuple):
    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes

    def get(self, name: str) -> str:
        """The last value of a header; "" where it is missing."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), "")


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """
    :raises OSError: nobody listens.
    """
    first, second = HOSTS
    try:
        return await asyncio.open_connection(first, port, limit=_LONGEST_HEAD)
    except OSError:
        return await asyncio.open_connection(second, port, limit=_LONGEST_HEAD)


async def forward(request: HttpRequest, connection: Connection, port: int) -> int:
    """The status that the client got.

    :raises OSError: the server did not answer, and the client has had nothing yet.
    """
    reader, writer = await connect(port)
    try:
        writer.write(_written(request))
        await writer.drain()
        head = await _head(reader)
        if head.status == 101:
            await _tunnel(head, connection, reader, writer)
        elif head.status in (204, 304):
            connection.answer(HttpAnswer(head.status, head.headers, b""))
        else:
            await _body(request, head, connection, reader)
        return head.status
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _written(request: HttpRequest) -> bytes:
    upgrade = next((value for name, value in request.headers if name.lower() == "upgrade"), "")
    own = _HOP | {"content-length", "x-forwarded-for", "x-forwarded-proto"}
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers if name.lower() not in own]
    lines += [f"X-Forwarded-For: {request.client}", "X-Forwarded-Proto: http"]
    lines += ["Connection: Upgrade", f"Upgrade: {upgrade}"] if upgrade else ["Connection: close"]
    if request.body or request.method not in ("GET", "HEAD", "OPTIONS"):
        lines.append(f"Content-Length: {len(request.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + request.body


async def _head(reader: asyncio.StreamReader) -> _Head:
    while True:
        try:
            raw = await reader.readuntil(b"\r\n\r\n")
            first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
            status = int(first.split(" ")[1])
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, IndexError) as error:
            raise ConnectionError("what came was no answer of HTTP/1.1") from error
        if status == 101 or status >= 200:
            pairs = (line.partition(":") for line in lines)
            return _Head(status, tuple((name, value.strip()) for name, _, value in pairs), raw)


async def _body(
    request: HttpRequest, head: _Head, connection: Connection, reader: asyncio.StreamReader
) -> None:
    chunked = "chunked" in head.get("transfer-encoding").lower()
    length = int(said) if (said := head.get("content-length")).isdecimal() and not chunked else None
    await connection.begin(HttpAnswer(head.status, head.headers, b""), length)
    complete = True
    if request.method != "HEAD":
        try:
            async for piece in _chunks(reader) if chunked else _plain(reader, length):
                await connection.send(piece)
        except (asyncio.IncompleteReadError, ValueError):
            complete = False
        except ConnectionError:
            # Either side; the client sees that it has not got everything.
            complete = False
    await connection.end(complete=complete)


async def _plain(reader: asyncio.StreamReader, length: int | None) -> AsyncIterator[bytes]:
    left = length
    while left is None or left > 0:
        piece = await reader.read(_PIECE if left is None else min(_PIECE, left))
        if not piece:
            if left is not None:
                raise asyncio.IncompleteReadError(b"", left)
            return
        left = None if left is None else left - len(piece)
        yield piece


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        async for piece in _plain(reader, size):
            yield piece
        await reader.readexactly(2)


async def _tunnel(
    head: _Head, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Bytes both ways until one side ends."""
    client = connection.leave_http(head.raw)

    async def there() -> None:
        while data := await client.read(_PIECE):
            writer.write(data)
            await writer.drain()

    async def back() -> None:
        while data := await reader.read(_PIECE):
            await connection.pour(data)

    both = [asyncio.ensure_future(there()), asyncio.ensure_future(back())]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in both:
            one.cancel()
        await asyncio.gather(*both, return_exceptions=True)
