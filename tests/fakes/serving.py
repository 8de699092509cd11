"""One request through a door, the handler and an app, as Lambda would run it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

from sameroom import make_handler

from .answers import Answer, answer
from .doors import Ask, event

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
REQUEST_ID = "8f5e6a2b-4a0e-4d0c-9d5b-2f8f5f0c1a11"


class Context:
    """What of Lambda's context object the runtime asks for."""

    def __init__(self, request_id: str = REQUEST_ID, milliseconds: int = 300_000) -> None:
        self.aws_request_id = request_id
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class Recorder:
    """An app that keeps the last environ it was given, and the body it read from it."""

    def __init__(self) -> None:
        self.environ: dict[str, Any] = {}
        self.body = b""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.environ = environ
        self.body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"seen"]


def served(app: App, way: str, ask: Ask, **settings: Any) -> Answer:
    """What the client gets."""
    return answer(way, make_handler(app, **settings)(event(way, ask), Context()))


def environ_of(way: str, ask: Ask, **settings: Any) -> dict[str, Any]:
    """The environ that an app sees of a request."""
    return environ_of_event(event(way, ask), **settings)


def environ_of_event(sent: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """The environ that an app sees of an event as it stands."""
    app = Recorder()
    make_handler(app, **settings)(sent, Context())
    assert app.environ, "the app was not called"
    return app.environ


def body_of(way: str, ask: Ask) -> bytes:
    """The body that an app reads."""
    app = Recorder()
    make_handler(app)(event(way, ask), Context())
    return app.body


class Sink:
    """Where a streamed response goes: its prelude, and its chunks as they came."""

    def __init__(self) -> None:
        self.prelude: dict[str, Any] | None = None
        self.chunks: list[bytes] = []

    def head(self, prelude: bytes) -> None:
        assert self.prelude is None, "one prelude a response"
        self.prelude = json.loads(prelude)

    def data(self, chunk: bytes) -> None:
        assert self.prelude is not None, "the prelude comes before the body"
        assert type(chunk) is bytes
        assert chunk, "an empty chunk would end the stream"
        self.chunks.append(chunk)


def streamed(app: App, way: str, ask: Ask, sink: Sink | None = None, **settings: Any) -> Answer:
    """What the client gets where the response is streamed: on a Function URL or a REST API."""
    sink = sink or Sink()
    make_handler(app, **settings).stream(event(way, ask), Context(), sink)
    assert sink.prelude is not None, "no prelude came"
    body = base64.b64encode(b"".join(sink.chunks)).decode("ascii")
    return answer(way, sink.prelude | {"body": body, "isBase64Encoded": True})
