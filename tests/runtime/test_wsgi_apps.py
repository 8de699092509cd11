"""Everything that PEP 3333 lets an app do, buffered and streamed, with and without wsgiref's validator."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest
from fakes.answers import Answer
from fakes.doors import WAYS, Ask
from fakes.serving import App, served, streamed

Environ = dict[str, Any]
TYPE = [("Content-Type", "text/plain")]

APPS: dict[str, tuple[App, bytes]] = {}


def answers(body: bytes) -> Callable[[App], App]:
    """Put an app into the table, with the body that its client gets."""

    def put(app: App) -> App:
        APPS[getattr(app, "__name__", "")] = (app, body)
        return app

    return put


@answers(b"onetwo")
def list_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return [b"one", b"two"]


@answers(b"")
def empty_list(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return []


@answers(b"")
def empty_strings(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return [b"", b""]


@answers(b"onetwo")
def strings_with_empty_ones_among_them(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return [b"", b"one", b"", b"two", b""]


@answers(b"onetwo")
def tuple_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return (b"one", b"two")


@answers(b"onetwo")
def iterator_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return iter([b"one", b"two"])


@answers(b"onetwo")
def generator_beside(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return (chunk for chunk in (b"one", b"two"))


@answers(b"onetwo")
def generator_that_starts_itself(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    yield b"one"
    yield b"two"


@answers(b"")
def generator_of_nothing(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    yield from ()


@answers(b"onetwo")
def write_alone(environ: Environ, start_response: Any) -> Iterable[bytes]:
    write = start_response("200 OK", list(TYPE))
    write(b"one")
    write(b"two")
    return []


@answers(b"onetwothree")
def write_before_a_list(environ: Environ, start_response: Any) -> Iterable[bytes]:
    write = start_response("200 OK", list(TYPE))
    write(b"one")
    write(b"")
    return [b"two", b"three"]


@answers(b"onetwothree")
def write_inside_a_generator(environ: Environ, start_response: Any) -> Iterable[bytes]:
    write = start_response("200 OK", list(TYPE))
    write(b"one")
    yield b"two"
    write(b"three")


@answers(b"line 1\nline 2\n")
def file_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return io.BytesIO(b"line 1\nline 2\n")


class Body:
    """An iterable that is no iterator."""

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"one", b"two"])


@answers(b"onetwo")
def iterable_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return Body()


class AppObject:
    """An app may be an object, and its own iterable."""

    __name__ = "app_object"

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", list(TYPE))
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield b"one"
        yield b"two"


answers(b"onetwo")(AppObject())


@answers(b"replaced")
def headers_replaced_before_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("404 Not Found", [*TYPE, ("X-First", "1"), ("Content-Length", "3")])
    try:
        raise LookupError("before any body")
    except LookupError:
        start_response("200 OK", list(TYPE), sys.exc_info())
    return [b"replaced"]


@answers(b"one")
def headers_with_an_error_from_the_first(environ: Environ, start_response: Any) -> Iterable[bytes]:
    try:
        raise LookupError("before anything")
    except LookupError:
        start_response("200 OK", list(TYPE), sys.exc_info())
    return [b"one"]


@answers(b"replaced")
def headers_replaced_after_empty_strings(environ: Environ, start_response: Any) -> Iterable[bytes]:
    """They are to be sent with the first body that is not empty."""
    start_response("404 Not Found", list(TYPE))
    yield b""
    try:
        raise LookupError("in the generator")
    except LookupError:
        start_response("200 OK", list(TYPE), sys.exc_info())
    yield b"replaced"


@answers(b"exact")
def exact_length(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [*TYPE, ("Content-Length", "5")])
    return [b"ex", b"act"]


@answers(b"\x00\xff")
def bytes_of_any_kind(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "image/png")])
    return [b"\x00", b"\xff"]


@answers(b"posted")
def input_as_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", list(TYPE))
    return iter([environ["wsgi.input"].read(-1)])


def _validated(app: App) -> App:
    return validator(app)


ASK = Ask("POST", headers=(("Content-Type", "text/plain"),), body=b"posted")


def _good(answer: Answer, body: bytes) -> None:
    assert answer.status == 200, answer.body
    assert answer.body == body
    assert answer.all("content-type")
    assert not answer.all("x-first")


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("way", WAYS)
def test_an_app_may_answer_in_any_way_that_the_pep_allows(name: str, way: str) -> None:
    app, body = APPS[name]
    _good(served(app, way, ASK), body)


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("way", WAYS)
def test_and_wsgirefs_validator_finds_no_fault_with_us(name: str, way: str) -> None:
    app, body = APPS[name]
    _good(served(_validated(app), way, ASK), body)


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("way", ["function-url", "rest-api"])
@pytest.mark.parametrize("wrap", [_validated, lambda app: app], ids=["validated", "plain"])
def test_and_all_of_it_can_be_streamed(name: str, way: str, wrap: Any) -> None:
    app, body = APPS[name]
    _good(streamed(wrap(app), way, ASK), body)


def _length(said: str, *chunks: bytes) -> App:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [*TYPE, ("Content-Length", said)])
        return iter(chunks)

    return app


RUNS = {"buffered": served, "streamed": streamed}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    "chunks", [(b"longer",), (b"long", b"er"), (b"lo", b"ng", b"er"), (b"long", b"", b"er")]
)
def test_more_bytes_than_content_length_says_are_cut_off(run: str, chunks: tuple[bytes, ...]) -> None:
    """PEP 3333: what follows "must not" be transmitted."""
    answer = RUNS[run](_length("4", *chunks), "function-url", Ask())
    assert (answer.status, answer.body) == (200, b"long")
    assert answer.all("content-length") == ["4"]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 No")]
)
def test_a_response_without_a_body_may_be_of_an_app_that_makes_one(
    run: str, method: str, status: str
) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response(status, [("X-A", "1")])(b"written")
        return [b"and", b"returned"]

    answer = RUNS[run](app, "function-url", Ask(method))
    assert (answer.status, answer.body) == (int(status[:3]), b"")
    assert answer.headers == [("x-a", "1")]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_length_that_no_body_follows_is_no_fault_where_none_may(run: str, method: str) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK" if method == "HEAD" else "304 Not Modified", [("Content-Length", "7")])
        return []

    assert RUNS[run](app, "function-url", Ask(method)).status in (200, 304)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    "name",
    ["Connection", "keep-alive", "Proxy-Connection", "TE", "Trailer", "TRANSFER-ENCODING", "Upgrade"],
)
def test_headers_of_one_connection_are_not_passed_on(run: str, name: str) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("X-A", "1"), (name, "close"), ("X-B", "2")])
        return [b"ok"]

    assert RUNS[run](app, "function-url", Ask()).headers == [("x-a", "1"), ("x-b", "2")]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_length_is_not_passed_on_where_no_body_follows(run: str, status: str) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response(status, [("X-A", "1"), ("Content-Length", "2"), ("X-B", "2")])
        return [b"ok"]

    assert RUNS[run](app, "function-url", Ask()).headers == [("x-a", "1"), ("x-b", "2")]


@pytest.mark.parametrize("run", RUNS)
def test_white_space_around_a_value_is_not_passed_on(run: str) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("X-A", " 1\t"), ("Content-Length", " 2 ")])
        return [b"ok"]

    answer = RUNS[run](app, "function-url", Ask())
    assert (answer.headers, answer.body) == ([("x-a", "1"), ("content-length", "2")], b"ok")


def test_the_apps_own_list_of_headers_is_left_as_it_is() -> None:
    headers = [("Connection", "close"), ("X-A", "1")]

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return []

    served(app, "rest-api", Ask())
    assert headers == [("Connection", "close"), ("X-A", "1")]


@pytest.mark.parametrize("run", RUNS)
def test_an_app_of_many_chunks_loses_none(run: str) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", list(TYPE))
        for number in range(5000):
            yield b"%d," % number

    body = RUNS[run](app, "function-url", Ask()).body
    assert body == b"".join(b"%d," % number for number in range(5000))


@pytest.mark.parametrize("run", RUNS)
def test_the_same_app_object_serves_many_requests(run: str) -> None:
    for _ in range(3):
        for app, body in APPS.values():
            _good(RUNS[run](app, "function-url", ASK), body)
