"""HttpAnswer -> the bytes of an HTTP/1.1 response (RFC 9112). Pure, but for the clock of the Date header."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus

from .http import HttpAnswer

#: What ends a chunked body.
LAST_CHUNK = b"0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}
#: Written by us, as they belong to the connection and not to the message.
_OURS = frozenset({"content-length", "transfer-encoding", "connection", "date", "keep-alive"})
_LONGEST_COPIED = 1 << 16


class _Clock:
    """The Date header, made anew when the second changes."""

    second = 0
    line = ""


def whole(
    answer: HttpAnswer, *, keep_alive: bool, head_only: bool = False, version: str = "1.1"
) -> list[bytes]:
    """The response with its body, in as few pieces as need not be copied.

    ``head_only`` answers HEAD: the length that the body would have, and no body.
    """
    bodiless = answer.status == 304 or 100 <= answer.status < 200
    body = b"" if head_only or bodiless or answer.status == 204 else answer.body
    length = "" if bodiless or answer.status == 204 else f"Content-Length: {len(answer.body)}\r\n"
    head = _head(answer, length + _connection(keep_alive, version))
    return [head + body] if len(body) <= _LONGEST_COPIED else [head, body]


def head(answer: HttpAnswer, *, keep_alive: bool, version: str = "1.1", length: int | None = None) -> bytes:
    """The head of a response whose body follows. Where nobody knows its length yet it is chunked, or for
    HTTP/1.0 until the end."""
    framing = "Transfer-Encoding: chunked\r\n" if version == "1.1" else ""
    if length is not None:
        framing = f"Content-Length: {length}\r\n"
    return _head(answer, framing + _connection(keep_alive and version == "1.1", version))


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; ``data`` must not be empty."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def _head(answer: HttpAnswer, framing: str) -> bytes:
    status = _STATUS_LINES.get(answer.status) or f"HTTP/1.1 {answer.status} \r\n"
    lines = [f"{name}: {value}\r\n" for name, value in answer.headers if name.lower() not in _OURS]
    text = f"{status}{_date()}{framing}{''.join(lines)}\r\n"
    if text.count("\n") != text.count("\r") or text.count("\r\n") != len(lines) + 3 + framing.count("\n"):
        # A line break in a name or a value would let the app's data write headers of its own.
        clean = tuple((_one_line(name), _one_line(value)) for name, value in answer.headers)
        return _head(answer._replace(headers=clean), framing)
    return text.encode("latin-1", "replace")


def _connection(keep_alive: bool, version: str) -> str:
    if not keep_alive:
        return "Connection: close\r\n"
    return "Connection: keep-alive\r\n" if version == "1.0" else ""


def _date() -> str:
    now = int(time.time())
    if now != _Clock.second:
        _Clock.second = now
        _Clock.line = f"Date: {formatdate(now, usegmt=True)}\r\n"
    return _Clock.line


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
