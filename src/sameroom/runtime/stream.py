"""Request -> app -> Response, each chunk sent on as the app yields it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .access import message
from .errors import ProtocolError, RuntimeFault
from .messages import Response
from .wsgi import App, Environ, Start, bodiless, iterable, short


class Sink(Protocol):
    """Where a streamed response goes."""

    def head(self, prelude: bytes) -> None:
        """Status and headers, as the JSON object that the door's integration reads. Once, before data."""

    def data(self, chunk: bytes) -> None:
        """Some of the body, to be sent at once."""


class Broken(RuntimeFault):
    """The app failed when part of its answer was with the client already; ``__cause__`` says of what.

    ``status`` is that of the answer, ``sent`` counts the bytes of body that went out.
    """

    def __init__(self, status: int, sent: int, cause: Exception) -> None:
        why = f"{type(cause).__name__}: {message(cause)}"
        super().__init__(f"the response broke off after {sent} bytes: {why}")
        self.status = status
        self.sent = sent


class StreamedStart(Start):
    """``start_response`` of a streamed response, and the way of its body to the client."""

    silent = False
    produced = 0

    def __init__(self, method: str, head: Callable[[Response], None], data: Callable[[bytes], None]) -> None:
        super().__init__()
        self._method = method
        self._head = head
        self._data = data

    def begin(self) -> None:
        """Send status and headers, once there is body or there will be none.

        :raises ProtocolError: the app has said no status yet.
        """
        self.before_body()
        self.silent = bodiless(self._method, self.status)
        self._head(Response(self.status, self.reason, self.headers, b""))

    def write(self, data: bytes) -> None:
        if not isinstance(data, bytes):
            raise ProtocolError(f"the app's body is not made of bytes: {type(data).__name__} found")
        if not data:
            return
        if not self.sent:
            self.begin()
        if self.silent:
            return
        if self.length >= 0:
            data = data[: self.length - self.produced]
        if data:
            self._data(data)
            self.produced += len(data)

    def finish(self) -> None:
        """The app has nothing more.

        :raises ProtocolError: it never called ``start_response``, or sent less than it promised.
        """
        if not self.status:
            raise ProtocolError("the app returned without calling start_response")
        if self.produced < self.length and not bodiless(self._method, self.status):
            raise short(self.length, self.produced)
        if not self.sent:
            self.begin()


def call(
    app: App, environ: Environ, head: Callable[[Response], None], data: Callable[[bytes], None]
) -> tuple[int, int]:
    """Run one request through the app; ``head`` is called with an empty body before the first ``data``.

    :returns: status, and bytes of body.
    :raises Broken: from what the app raised, or from a short body, after ``head`` was called.
    :raises ProtocolError: the app broke PEP 3333 before that; what else it raises comes through.
    """
    start = StreamedStart(environ["REQUEST_METHOD"], head, data)
    try:
        chunks = app(environ, start.start_response)
        try:
            for chunk in iterable(chunks):
                start.write(chunk)
            start.finish()
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
    except Exception as error:
        if start.sent:
            raise Broken(start.status, start.produced, error) from error
        raise
    return start.status, start.produced
