"""Apps that break PEP 3333, or just raise: the client gets a plain 500, the log gets everything."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fakes.answers import Answer
from fakes.doors import WAYS, Ask
from fakes.serving import REQUEST_ID, App, Sink, served, streamed

from sameroom.runtime.errors import ProtocolError
from sameroom.runtime.stream import Broken

Environ = dict[str, Any]
RUNS = {"buffered": served, "streamed": streamed}
OK = ("200 OK", [("Content-Type", "text/plain")])


def returns(body: Any) -> App:
    def app(environ: Environ, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return body() if callable(body) else body

    return app


def says(status: Any, headers: Any = ()) -> App:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response(status, list(headers) if isinstance(headers, tuple) else headers)
        return [b"body"]

    return app


def twice(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    start_response("201 Created", [])
    return [b"s3cret"]


def never(environ: Environ, start_response: Any) -> Iterable[bytes]:
    return [b"s3cret"]


def never_and_empty(environ: Environ, start_response: Any) -> Iterable[bytes]:
    return []


def never_in_a_generator(environ: Environ, start_response: Any) -> Iterable[bytes]:
    yield b"s3cret"


def too_late(environ: Environ, start_response: Any) -> Iterable[bytes]:
    yield b"s3cret"
    start_response("200 OK", [])


def too_few(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "10")])
    return []


# The app, and what the log says of its fault.
FAULTS: dict[str, tuple[App, str]] = {
    "str body": (returns("s3cret"), "str"),
    "list of str": (returns(["s3cret"]), "str"),
    "generator of str": (returns(lambda: iter(["s3cret"])), "str"),
    "list of empty str": (returns([""]), "str"),
    "generator of empty str": (returns(lambda: iter([""])), "str"),
    "None": (returns(None), "NoneType"),
    "list of None": (returns([None]), "NoneType"),
    "generator of None": (returns(lambda: iter([None])), "NoneType"),
    "number": (returns(5), "int"),
    "bare bytes": (returns(b"s3cret"), "int"),
    "bare bytes that are all nul": (returns(b"\x00\x00"), "int"),
    "list of numbers": (returns([0]), "int"),
    "start_response twice": (twice, "second time"),
    "start_response never": (never, "start_response"),
    "start_response never, no body": (never_and_empty, "start_response"),
    "start_response never, generator": (never_in_a_generator, "start_response"),
    "start_response too late": (too_late, "start_response"),
    "too few bytes": (too_few, "10 bytes"),
    "status without a number": (says("OK"), "status"),
    "status of nothing": (says(""), "status"),
    "status too short": (says("20"), "status"),
    "status too long": (says("2000 OK"), "status"),
    "status without a space": (says("200OK"), "status"),
    "status with a sign": (says("+20 OK"), "status"),
    "status zero": (says("000 Zero"), "status"),
    "status below a hundred": (says("099 Low"), "status"),
    "status of bytes": (says(b"200 OK"), "status"),
    "status of a number": (says(200), "status"),
    "status of None": (says(None), "status"),
    "status in other digits": (says("\uff12\uff10\uff10 OK"), "status"),
    "status with a line break": (says("200 OK\r\nX: y"), "status"),
    "status with a nul": (says("200 O\x00K"), "status"),
    "status beyond latin-1": (says("200 λ"), "status"),
    "line break in a value": (says("200 OK", (("X-A", "a\r\nSet-Cookie: evil=1"),)), "X-A"),
    "line feed in a value": (says("200 OK", (("X-A", "a\nb"),)), "X-A"),
    "carriage return in a value": (says("200 OK", (("X-A", "a\rb"),)), "X-A"),
    "nul in a value": (says("200 OK", (("X-A", "a\x00b"),)), "X-A"),
    "line break in a name": (says("200 OK", (("X-A\r\nSet-Cookie", "evil=1"),)), "X-A"),
    "line feed in a name": (says("200 OK", (("X-A\n", "a"),)), "X-A"),
    "colon in a name": (says("200 OK", (("Set-Cookie: evil=1; X", "a"),)), "Set-Cookie"),
    "colon in a name of nothing": (says("200 OK", (("X: evil", ""),)), "X: evil"),
    "space in a name": (says("200 OK", (("X A", "a"),)), "X A"),
    "empty name": (says("200 OK", (("", "a"),)), "name"),
    "name beyond ascii": (says("200 OK", (("X-\xe9", "a"),)), "X-"),
    "name of bytes": (says("200 OK", ((b"X-A", "a"),)), "X-A"),
    "name of None": (says("200 OK", ((None, "a"),)), "None"),
    "value beyond latin-1": (says("200 OK", (("X-A", "λ"),)), "X-A"),
    "value of bytes": (says("200 OK", (("X-Bytes", b"a"),)), "X-Bytes"),
    "value of a number": (says("200 OK", (("X-Number", 5),)), "X-Number"),
    "value of None": (says("200 OK", (("X-None", None),)), "X-None"),
    "value of a boolean": (says("200 OK", (("X-Boolean", True),)), "X-Boolean"),
    "length that is none": (says("200 OK", (("Content-Length", "four"),)), "Content-Length"),
    "length below zero": (says("200 OK", (("Content-Length", "-1"),)), "Content-Length"),
    "length in other digits": (says("200 OK", (("Content-Length", "\u0664"),)), "Content-Length"),
    "length of nothing": (says("200 OK", (("Content-Length", ""),)), "Content-Length"),
    "length that is two": (says("200 OK", (("Content-Length", "4, 4"),)), "Content-Length"),
}


def _is_a_plain_500(answer: Answer) -> None:
    assert answer.status == 500
    said = json.loads(answer.body)
    assert said == {"message": "Internal Server Error", "requestId": REQUEST_ID}
    assert answer.headers == [("content-type", "application/json"), ("content-length", str(len(answer.body)))]


def _error(caplog: pytest.LogCaptureFixture) -> BaseException:
    """The exception of the one error that was logged."""
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.exc_info
    assert record.exc_info[1]
    assert record.exc_info[2], "with its frames"
    return record.exc_info[1]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("fault", FAULTS)
def test_an_app_that_breaks_the_pep_is_a_500_and_a_log_record_that_says_how(
    run: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    app, said = FAULTS[fault]
    answer = RUNS[run](app, "function-url", Ask())
    _is_a_plain_500(answer)
    error = _error(caplog)
    assert isinstance(error, ProtocolError)
    assert said in str(error)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: evil=1", "λ", 5])
def test_an_app_that_swallows_the_refusal_of_a_header_does_not_send_it(
    run: str, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        with contextlib.suppress(Exception):
            start_response("200 OK", [("X-A", value)])
        return [b"body"]

    _is_a_plain_500(RUNS[run](app, "function-url", Ask()))
    assert isinstance(_error(caplog), ProtocolError)


@pytest.mark.parametrize("headers", [None, 5, [5], [("X-A",)], [("X-A", "1", "2")], ["X-A: 1"]])
@pytest.mark.parametrize("run", RUNS)
def test_headers_that_are_no_list_of_pairs_are_a_500(
    run: str, headers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    _is_a_plain_500(RUNS[run](says("200 OK", headers), "function-url", Ask()))
    assert _error(caplog)


def raises_at_once(environ: Environ, start_response: Any) -> Iterable[bytes]:
    raise ValueError("s3cret")


def raises_after_start(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response(*OK)
    raise ValueError("s3cret")


def raises_in_the_generator(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response(*OK)
    raise ValueError("s3cret")
    yield b""


def raises_in_the_middle(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response(*OK)
    yield b"part"
    raise ValueError("s3cret")


def raises_after_write(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response(*OK)(b"part")
    raise ValueError("s3cret")


def gives_up_after_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response(*OK)
    yield b"part"
    try:
        raise ValueError("s3cret")
    except ValueError:
        start_response("500 Oh", [], sys.exc_info())
    yield b"the app wants to go on"


class ClosesBadly:
    """An iterable that fails at the very end."""

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"part"])

    def close(self) -> None:
        raise ValueError("s3cret")


EARLY: list[App] = [raises_at_once, raises_after_start, raises_in_the_generator]
LATE: list[App] = [raises_in_the_middle, raises_after_write, gives_up_after_body, returns(ClosesBadly)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("app", [*EARLY, *LATE])
def test_an_exception_is_a_500_with_the_request_id_and_one_record_with_every_frame(
    way: str, app: App, caplog: pytest.LogCaptureFixture
) -> None:
    answer = served(app, way, Ask())
    _is_a_plain_500(answer)
    assert b"s3cret" not in answer.body
    assert b"ValueError" not in answer.body
    error = _error(caplog)
    assert (type(error), str(error)) == (ValueError, "s3cret")
    assert error.__traceback__
    names = set()
    frame: Any = error.__traceback__
    while frame:
        names.add(frame.tb_frame.f_code.co_filename)
        frame = frame.tb_next
    assert __file__ in names, "the app's own"


@pytest.mark.parametrize("app", EARLY)
def test_an_exception_before_the_first_byte_of_a_stream_is_a_500_too(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    _is_a_plain_500(streamed(app, "function-url", Ask()))
    assert str(_error(caplog)) == "s3cret"


@pytest.mark.parametrize("app", LATE)
def test_an_exception_in_the_middle_of_a_stream_breaks_it_off(app: App) -> None:
    sink = Sink()
    with pytest.raises(Broken) as raised:
        streamed(app, "function-url", Ask(), sink)
    assert str(raised.value.__cause__) == "s3cret"
    assert sink.prelude
    assert sink.prelude["statusCode"] == 200
    assert sink.chunks == [b"part"]


def test_a_stream_that_is_shorter_than_it_promised_breaks_off() -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "10")])
        yield b"part"

    with pytest.raises(Broken, match="4 bytes"):
        streamed(app, "function-url", Ask())


@pytest.mark.parametrize("run", RUNS)
def test_a_500_of_ours_has_no_body_where_head_was_asked(run: str) -> None:
    answer = RUNS[run](raises_at_once, "function-url", Ask("HEAD"))
    assert (answer.status, answer.body) == (500, b"")


def test_the_log_says_which_request_failed(caplog: pytest.LogCaptureFixture) -> None:
    served(raises_at_once, "rest-api", Ask("POST", "/a%20b", stage="dev"))
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "POST /dev/a b" in record.getMessage()


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_an_app_that_wants_to_end_the_process_may(kind: type[BaseException]) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        raise kind

    with pytest.raises(kind):
        served(app, "http-api", Ask())
