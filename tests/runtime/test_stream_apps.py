"""What apps may do in a streamed response, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest
from fakes.doors import Ask, event

from sameroom.runtime.handler import make_handler
from sameroom.runtime.stream import Broken

Start = Callable[..., Callable[[bytes], object]]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
PLAIN = [("Content-Type", "text/plain")]


class Sink:
    """Keeps what a handler streams, in order."""

    def __init__(self) -> None:
        self.preludes: list[dict[str, Any]] = []
        self.chunks: list[bytes] = []

    def head(self, prelude: bytes) -> None:
        assert not self.chunks
        self.preludes.append(json.loads(prelude))

    def data(self, chunk: bytes) -> None:
        assert self.preludes
        self.chunks.append(chunk)

    @property
    def prelude(self) -> dict[str, Any]:
        (prelude,) = self.preludes
        return prelude

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


def streamed(app: App, *, method: str = "GET", door: str = "function-url", sink: Sink | None = None) -> Sink:
    sink = sink or Sink()
    make_handler(app, access_log=False).stream(event(door, Ask(method)), None, sink)
    return sink


class Closing:
    """An iterable that counts how often it is closed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = chunks
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks)

    def close(self) -> None:
        self.closed += 1


def test_each_chunk_is_sent_on_before_the_next_is_asked_for() -> None:
    sink = Sink()
    seen: list[tuple[int, int]] = []

    def app(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", PLAIN)
        for number in range(3):
            seen.append((len(sink.preludes), len(sink.chunks)))
            yield b"%d" % number
        seen.append((len(sink.preludes), len(sink.chunks)))

    streamed(app, sink=sink)
    assert sink.chunks == [b"0", b"1", b"2"]
    assert seen == [(0, 0), (1, 1), (1, 2), (1, 3)]


def test_an_app_may_start_its_response_from_within_its_generator() -> None:
    def app(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        yield b""
        start("202 Accepted", PLAIN)
        yield b"x"

    sink = streamed(app)
    assert (sink.prelude["statusCode"], sink.body) == (202, b"x")


def test_headers_wait_for_the_first_body_so_that_they_can_be_replaced_until_then() -> None:
    def app(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", PLAIN)
        yield b""
        try:
            raise ValueError("before the body")
        except ValueError as error:
            start("503 Busy", [("Content-Length", "4")], (type(error), error, error.__traceback__))
        yield b"busy"

    sink = streamed(app)
    assert sink.prelude["statusCode"] == 503
    assert {name.lower(): value for name, value in sink.prelude["headers"].items()} == {"content-length": "4"}
    assert sink.body == b"busy"


def test_exc_info_behind_the_first_body_breaks_the_stream_with_the_apps_own_error() -> None:
    def app(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", PLAIN)
        yield b"part"
        try:
            raise ValueError("behind the body")
        except ValueError as error:
            start("500 No", PLAIN, (type(error), error, error.__traceback__))

    sink = Sink()
    with pytest.raises(Broken, match="broke off after 4 bytes: ValueError: behind the body") as caught:
        streamed(app, sink=sink)
    assert isinstance(caught.value.__cause__, ValueError)
    assert (caught.value.status, caught.value.sent) == (200, 4)
    assert sink.body == b"part"


def test_write_sends_at_once() -> None:
    sink = Sink()

    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        write = start("200 OK", PLAIN)
        write(b"one")
        assert sink.chunks == [b"one"]
        write(b"")
        write(b"two")
        return [b"three"]

    streamed(app, sink=sink)
    assert sink.chunks == [b"one", b"two", b"three"]


@pytest.mark.parametrize(("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No"), ("GET", "304 Same")])
def test_a_response_that_has_no_body_by_its_kind_sends_none(method: str, status: str) -> None:
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        start(status, [("X-Kind", "bare")])
        return [b"not to be sent"]

    sink = streamed(app, method=method)
    assert (sink.prelude["statusCode"], sink.body) == (int(status[:3]), b"")


def test_a_head_response_keeps_its_length_and_is_not_short() -> None:
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [("Content-Length", "1000")])
        return []

    sink = streamed(app, method="HEAD")
    assert (sink.prelude["statusCode"], sink.body) == (200, b"")
    assert "1000" in str(sink.prelude)


@pytest.mark.parametrize("chunks", [[], [b""], iter(())], ids=["empty list", "empty chunk", "empty iterator"])
def test_a_response_without_body_still_has_status_and_headers(chunks: Iterable[bytes]) -> None:
    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("404 Not Found", PLAIN)
        return chunks

    sink = streamed(app)
    assert (sink.prelude["statusCode"], sink.chunks) == (404, [])


def test_more_body_than_content_length_says_is_cut_off_there() -> None:
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [("Content-Length", "4")])
        return [b"abc", b"def", b"ghi"]

    assert streamed(app).chunks == [b"abc", b"d"]


def test_less_body_than_content_length_says_breaks_the_stream() -> None:
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [("Content-Length", "4")])
        return [b"abc"]

    with pytest.raises(Broken, match="promised 4 bytes in Content-Length and produced 3"):
        streamed(app)


def test_an_app_that_promised_body_and_has_none_is_a_500_because_nothing_has_left_yet() -> None:
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [("Content-Length", "4")])
        return []

    assert streamed(app).prelude["statusCode"] == 500


def _never_started(environ: dict[str, Any], start: Start) -> list[bytes]:
    return []


def _started_late(environ: dict[str, Any], start: Start) -> list[bytes]:
    return [b"x"]


def _raises(environ: dict[str, Any], start: Start) -> list[bytes]:
    raise LookupError("a secret detail")


def _raises_in_generator(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
    start("200 OK", PLAIN)
    yield b""
    raise LookupError("a secret detail")


def _text(environ: dict[str, Any], start: Start) -> Any:
    start("200 OK", PLAIN)
    return "text"


def _chunk_of_text(environ: dict[str, Any], start: Start) -> Any:
    start("200 OK", PLAIN)
    return ["text"]


def _nothing(environ: dict[str, Any], start: Start) -> Any:
    start("200 OK", PLAIN)


def _starts_twice(environ: dict[str, Any], start: Start) -> list[bytes]:
    start("200 OK", PLAIN)
    start("200 OK", PLAIN)
    return [b"x"]


@pytest.mark.parametrize(
    "app",
    [
        _never_started,
        _started_late,
        _raises,
        _raises_in_generator,
        _text,
        _chunk_of_text,
        _nothing,
        _starts_twice,
    ],
)
def test_what_goes_wrong_before_the_first_body_is_a_500_without_the_cause(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    sink = streamed(app)
    assert sink.prelude["statusCode"] == 500
    assert json.loads(sink.body)["message"] == "Internal Server Error"
    assert b"secret" not in sink.body
    (record,) = caplog.records
    assert record.exc_info


def test_the_500_to_a_head_request_has_no_body() -> None:
    sink = streamed(_raises, method="HEAD")
    assert (sink.prelude["statusCode"], sink.body) == (500, b"")


@pytest.mark.parametrize("wrong", ["text", None, 7, bytearray(b"x")], ids=repr)
def test_a_chunk_that_is_no_bytes_breaks_the_stream(wrong: Any) -> None:
    def app(environ: dict[str, Any], start: Start) -> list[Any]:
        start("200 OK", PLAIN)
        return [b"part", wrong]

    with pytest.raises(Broken, match="body is not made of bytes: "):
        streamed(app)


def test_the_iterable_is_closed_once_at_its_end() -> None:
    body = Closing([b"x"])

    def app(environ: dict[str, Any], start: Start) -> Closing:
        start("200 OK", PLAIN)
        return body

    assert streamed(app).body == b"x"
    assert body.closed == 1


def test_the_iterable_is_closed_once_when_it_fails() -> None:
    def failing() -> Iterator[bytes]:
        yield b"x"
        raise LookupError

    body = Closing(failing())

    def app(environ: dict[str, Any], start: Start) -> Closing:
        start("200 OK", PLAIN)
        return body

    with pytest.raises(Broken):
        streamed(app)
    assert body.closed == 1


def test_the_iterable_is_closed_once_when_nobody_takes_its_chunks_any_more() -> None:
    class Full(Sink):
        def data(self, chunk: bytes) -> None:
            raise ConnectionResetError("gone")

    ended: list[str] = []

    def app(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", PLAIN)
        try:
            while True:
                yield b"x"
        finally:
            ended.append("closed")

    with pytest.raises(Broken, match="broke off after 0 bytes: ConnectionResetError: gone"):
        streamed(app, sink=Full())
    assert ended == ["closed"]


def test_an_app_that_keeps_to_pep_3333_passes_its_validator_when_streamed() -> None:
    @validator
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", PLAIN)
        return [b"one", b"two"]

    assert streamed(app).body == b"onetwo"


def _cookies(environ: dict[str, Any], start: Start) -> list[bytes]:
    start("200 OK", [*PLAIN, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Vary", "x"), ("Vary", "y")])
    return [b"x"]


def test_a_function_urls_prelude_has_its_cookies_apart() -> None:
    prelude = streamed(_cookies, door="function-url").prelude
    assert set(prelude) == {"statusCode", "headers", "cookies"}
    assert prelude["cookies"] == ["a=1", "b=2"]
    headers = {name.lower(): value for name, value in prelude["headers"].items()}
    assert headers == {"content-type": "text/plain", "vary": "x, y"}


def test_a_rest_apis_prelude_has_every_value_in_multi_value_headers() -> None:
    prelude = streamed(_cookies, door="rest-api").prelude
    assert set(prelude) == {"statusCode", "multiValueHeaders"}
    headers = {name.lower(): values for name, values in prelude["multiValueHeaders"].items()}
    assert headers == {"content-type": ["text/plain"], "set-cookie": ["a=1", "b=2"], "vary": ["x", "y"]}
