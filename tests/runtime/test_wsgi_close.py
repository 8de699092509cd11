"""The iterable's close() is called once, whatever happened, and before the response is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from fakes.doors import Ask
from fakes.serving import App, served, streamed
from flask import Flask, Response, stream_with_context

from sameroom.runtime.stream import Broken

RUNS = {"buffered": served, "streamed": streamed}


class Body:
    """An iterable that counts how often it was closed."""

    def __init__(self, chunks: Callable[[], Iterator[Any]]) -> None:
        self.chunks = chunks
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        return self.chunks()

    def close(self) -> None:
        self.closed += 1


def _good() -> Iterator[bytes]:
    yield b"one"
    yield b"two"


def _nothing() -> Iterator[bytes]:
    return iter(())


def _raises_at_first() -> Iterator[bytes]:
    raise ValueError("no")
    yield b""


def _raises_later() -> Iterator[bytes]:
    yield b"one"
    raise ValueError("no")


def _of_text() -> Iterator[Any]:
    yield "text"


def _ends_the_process() -> Iterator[bytes]:
    yield b"one"
    raise SystemExit


# What the app does: its chunks, what it says first, and the method.
START = ("200 OK", [("Content-Type", "text/plain")])
CASES: dict[str, tuple[Callable[[], Iterator[Any]], Any, str]] = {
    "all well": (_good, START, "GET"),
    "no body": (_nothing, START, "GET"),
    "raises at first": (_raises_at_first, START, "GET"),
    "raises later": (_raises_later, START, "GET"),
    "body of text": (_of_text, START, "GET"),
    "no start_response": (_good, None, "GET"),
    "too short": (_good, ("200 OK", [("Content-Length", "100")]), "GET"),
    "too long": (_good, ("200 OK", [("Content-Length", "2")]), "GET"),
    "head": (_good, START, "HEAD"),
    "no content": (_good, ("204 No Content", []), "GET"),
    "ends the process": (_ends_the_process, START, "GET"),
}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("case", CASES)
def test_the_body_is_closed_once_whatever_happens(run: str, case: str) -> None:
    chunks, start, method = CASES[case]
    body = Body(chunks)

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if start:
            start_response(*start)
        return body

    try:
        RUNS[run](app, "function-url", Ask(method))
    except (Broken, SystemExit):
        assert case in ("raises later", "too short", "ends the process")
    assert body.closed == 1


class ClosingList(list[bytes]):
    """A list has no close(), its subclass may."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("run", RUNS)
def test_a_list_that_can_be_closed_is_closed(run: str) -> None:
    body = ClosingList([b"one"])

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(*START)
        return body

    assert RUNS[run](app, "function-url", Ask()).body == b"one"
    assert body.closed == 1


@pytest.mark.parametrize("run", RUNS)
def test_a_generator_is_closed_even_when_a_read_of_it_failed(run: str) -> None:
    seen: list[str] = []

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            yield b"no status yet"
        finally:
            seen.append("cleaned up")

    assert RUNS[run](app, "function-url", Ask()).status == 500
    assert seen == ["cleaned up"]


@pytest.mark.parametrize("run", RUNS)
def test_an_app_that_raises_before_it_has_a_body_has_nothing_to_close(run: str) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raise ValueError("no")

    assert RUNS[run](app, "function-url", Ask()).status == 500


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("path", ["/list", "/generator", "/teardown"])
def test_flasks_own_hooks_at_the_end_of_a_response_run(run: str, path: str) -> None:
    """call_on_close and teardown depend on close(): with serverless-wsgi they never ran."""
    ran: list[str] = []
    app = Flask(__name__)

    @app.route("/list")
    def of_list() -> Response:
        response = Response("whole")
        response.call_on_close(lambda: ran.append("closed"))
        return response

    @app.route("/generator")
    def of_generator() -> Response:
        response = Response(stream_with_context(iter(["a", "b"])))
        response.call_on_close(lambda: ran.append("closed"))
        return response

    @app.route("/teardown")
    def plain() -> str:
        app.ensure_sync(lambda: None)()
        return "plain"

    @app.teardown_request
    def torn_down(error: BaseException | None) -> None:
        if path == "/teardown":
            ran.append("closed")

    wsgi: App = app
    assert RUNS[run](wsgi, "function-url", Ask(path=path)).status == 200
    assert ran == ["closed"]
