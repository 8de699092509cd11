"""The environ that an app gets: all of PEP 3333's keys, truthful flags, the event and the context."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.validate import validator

import pytest
from fakes.doors import WAYS, Ask, door_of, event
from fakes.serving import Context, Recorder, environ_of, served

from sameroom import make_handler

BODY = b"first\nsecond\nthird"
ASK = Ask("POST", "/a%20b", "x=1", (("Content-Type", "text/plain"), ("X-A", "1")), ("c=1",), BODY)

# Everything that has to be there, and of which type. https://peps.python.org/pep-3333/#environ-variables
KEYS: dict[str, type] = {
    "REQUEST_METHOD": str,
    "SCRIPT_NAME": str,
    "PATH_INFO": str,
    "QUERY_STRING": str,
    "CONTENT_TYPE": str,
    "CONTENT_LENGTH": str,
    "SERVER_NAME": str,
    "SERVER_PORT": str,
    "SERVER_PROTOCOL": str,
    "SERVER_SOFTWARE": str,
    "REMOTE_ADDR": str,
    "RAW_URI": str,
    "REQUEST_URI": str,
    "wsgi.version": tuple,
    "wsgi.url_scheme": str,
    "wsgi.multithread": bool,
    "wsgi.multiprocess": bool,
    "wsgi.run_once": bool,
    "wsgi.input_terminated": bool,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_key_of_the_pep_is_there_in_its_type(way: str) -> None:
    environ = environ_of(way, ASK)
    assert type(environ) is dict
    assert {key: type(environ[key]) for key in KEYS} == KEYS
    assert environ["wsgi.version"] == (1, 0)
    assert environ["wsgi.url_scheme"] in ("http", "https")


@pytest.mark.parametrize("way", WAYS)
def test_every_variable_of_cgi_is_a_native_string(way: str) -> None:
    environ = environ_of(way, ASK._replace(path="/λ", query="ü=ñ", headers=(("X-Ä", "1"), ("X-B", "€"))))
    for key, value in environ.items():
        if "." not in key:
            assert type(value) is str, key
            value.encode("latin-1")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_wsgirefs_validator_finds_no_fault_with_the_environ(way: str, method: str) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"fine"]

    answer = served(validator(app), way, ASK._replace(method=method))
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("way", WAYS)
def test_the_flags_tell_the_truth(way: str) -> None:
    """One request at a time in this process, and other sandboxes beside it."""
    environ = environ_of(way, ASK)
    assert environ["wsgi.multithread"] is False
    assert environ["wsgi.multiprocess"] is True
    assert environ["wsgi.run_once"] is False


@pytest.mark.parametrize(
    ("mode", "threads"), [("thread", True), ("hybrid", True), ("process", False), ("", False)]
)
def test_where_lambda_runs_requests_on_threads_the_flag_says_so(mode: str, threads: bool) -> None:
    """https://github.com/aws/aws-lambda-python-runtime-interface-client/issues/215"""
    code = (
        "from sameroom import make_handler\n"
        "from fakes.doors import Ask, event\n"
        "seen = []\n"
        "def app(environ, start_response):\n"
        "    seen.append(environ['wsgi.multithread'])\n"
        "    start_response('200 OK', [])\n"
        "    return []\n"
        "make_handler(app)(event('http-api', Ask()))\n"
        "print(seen[0])\n"
    )
    search = [path for path in sys.path if path]
    environ = {"AWS_LAMBDA_CONCURRENCY_MODE": mode, "PYTHONPATH": ":".join(search)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, timeout=60, text=True
    )
    assert done.stdout.strip() == str(threads), done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_the_event_and_the_context_are_within_reach(way: str) -> None:
    app = Recorder()
    sent, context = event(way, ASK), Context()
    make_handler(app)(sent, context)
    assert app.environ["sameroom.event"] is sent
    assert app.environ["sameroom.context"] is context
    assert app.environ["sameroom.door"] == door_of(way)


@pytest.mark.parametrize("way", WAYS)
def test_without_a_context_as_in_a_test_the_app_is_served_all_the_same(way: str) -> None:
    app = Recorder()
    assert make_handler(app)(event(way, ASK))["statusCode"] == 200
    assert app.environ["sameroom.context"] is None


@pytest.mark.parametrize("way", WAYS)
def test_the_environ_is_the_apps_own_to_change(way: str) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("X-Path", environ.get("PATH_INFO", "gone"))])
        environ.clear()
        return []

    handler = make_handler(app)
    for _ in range(2):
        assert handler(event(way, Ask(path="/same")), Context())["statusCode"] == 200


def test_an_app_may_rewrite_method_and_path_and_still_be_answered_for() -> None:
    """Method-override middleware does; whether the client asked HEAD is the client's word."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["REQUEST_METHOD"] = "GET"
        environ["PATH_INFO"] = "/elsewhere"
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"body"]

    assert served(app, "http-api", Ask("HEAD")).body == b""


READS: dict[str, Callable[[Any], Any]] = {
    "all": lambda body: [body.read()],
    "all, by minus one": lambda body: [body.read(-1)],
    "all, and past the end": lambda body: [body.read(10_000), body.read(), body.read(1)],
    "by parts": lambda body: [body.read(5), body.read(1), body.read(6), body.read()],
    "by lines": lambda body: [body.readline(), body.readline(), body.readline(), body.readline()],
    "by parts of lines": lambda body: [body.readline(3), body.readline()],
    "all lines": lambda body: body.readlines(),
    "some lines": lambda body: body.readlines(1),
    "iterated": lambda body: list(body),
    "twice": lambda body: [body.read(), body.seek(0), body.read()],
    "from inside": lambda body: [body.seek(6), body.read(6), body.tell()],
    "from the end": lambda body: [body.seek(-5, 2), body.read()],
}
READ: dict[str, list[Any]] = {
    "all": [BODY],
    "all, by minus one": [BODY],
    "all, and past the end": [BODY, b"", b""],
    "by parts": [b"first", b"\n", b"second", b"\nthird"],
    "by lines": [b"first\n", b"second\n", b"third", b""],
    "by parts of lines": [b"fir", b"st\n"],
    "all lines": [b"first\n", b"second\n", b"third"],
    "some lines": [b"first\n"],
    "iterated": [b"first\n", b"second\n", b"third"],
    "twice": [BODY, 0, BODY],
    "from inside": [6, b"second", 12],
    "from the end": [13, b"third"],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("how", READS)
def test_the_input_can_be_read_in_every_way_of_a_file(way: str, how: str) -> None:
    seen: list[Any] = []

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.extend(READS[how](environ["wsgi.input"]))
        start_response("200 OK", [])
        return []

    assert served(app, way, ASK).status == 200
    assert seen == READ[how]


@pytest.mark.parametrize("way", WAYS)
def test_the_input_of_a_request_without_a_body_ends_at_once(way: str) -> None:
    environ = environ_of(way, Ask())
    assert environ["wsgi.input"].read() == b""
    assert environ["wsgi.input_terminated"] is True


@pytest.mark.parametrize("way", WAYS)
def test_an_app_that_leaves_the_input_unread_is_answered(way: str) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"did not look"]

    assert served(app, way, ASK).body == b"did not look"


def test_what_an_app_writes_to_the_errors_stream_is_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        errors = environ["wsgi.errors"]
        errors.write("one\n")
        errors.writelines(["two\n", "λ\n"])
        errors.flush()
        start_response("200 OK", [])
        return []

    served(app, "http-api", Ask())
    assert capsys.readouterr().err == "one\ntwo\nλ\n"
