"""The handler as Lambda calls it: settings, requests at the same time, its log, and apps that do not load."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from fakes.doors import WAYS, Ask, door_of, event
from fakes.serving import REQUEST_ID, Context, Recorder, Sink, served

from sameroom import current_invocation, make_handler
from sameroom.runtime import handler as module
from sameroom.runtime.errors import AppImportError, InvalidEvent, RuntimeFault, UnknownEvent
from sameroom.runtime.settings import Settings, read

Environ = dict[str, Any]


def hello(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


@pytest.mark.parametrize("app", [None, "wsgi:app", 5, []])
def test_what_cannot_be_called_is_no_app(app: Any) -> None:
    with pytest.raises(TypeError, match=type(app).__name__):
        make_handler(app)


def test_an_override_that_is_no_setting_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(TypeError) as raised:
        make_handler(hello, trusted_hop=1)
    assert "trusted_hop" in str(raised.value)
    assert all(name in str(raised.value) for name in Settings._fields)


def test_settings_come_from_the_environment_and_overrides_go_before_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAMEROOM_SCRIPT_NAME", "/v1")
    app = Recorder()
    make_handler(app)(event("alb", Ask(path="/v1/x")), Context())
    assert app.environ["SCRIPT_NAME"] == "/v1"
    make_handler(app, script_name="")(event("alb", Ask(path="/v1/x")), Context())
    assert app.environ["SCRIPT_NAME"] == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAMEROOM_TRUSTED_HOPS", "many"),
        ("SAMEROOM_RESPONSE_MODE", "stream"),
        ("SAMEROOM_ACCESS_LOG", "maybe"),
        ("SAMEROOM_TRUST_ALB_IDENTITY", "2"),
    ],
)
def test_a_variable_that_cannot_be_used_is_an_error_that_names_it(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name) as raised:
        read({name: value})
    assert value in str(raised.value)


@pytest.mark.parametrize(
    ("said", "on"), [("on", True), ("1", True), ("TRUE", True), ("off", False), ("0", False)]
)
def test_switches_are_read_in_the_usual_words(said: str, on: bool) -> None:
    settings = read({"SAMEROOM_ACCESS_LOG": said, "SAMEROOM_TRUST_ALB_IDENTITY": said})
    assert (settings.access_log, settings.trust_alb_identity) == (on, on)


def test_an_environment_that_says_nothing_gives_the_defaults() -> None:
    empty = dict.fromkeys(
        ("SAMEROOM_TRUSTED_HOPS", "SAMEROOM_RESPONSE_MODE", "SAMEROOM_ACCESS_LOG", "SAMEROOM_SCRIPT_NAME"), ""
    )
    assert read({}) == read(empty) == Settings()


@pytest.mark.parametrize("way", WAYS)
def test_the_app_knows_its_invocation_while_it_runs_and_not_after(way: str) -> None:
    seen: list[Any] = []

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        seen.append((current_invocation.request_id, current_invocation.door, current_invocation.event))
        return hello(environ, start_response)

    sent = event(way, Ask())
    make_handler(app)(sent, Context())
    assert seen == [(REQUEST_ID, door_of(way), sent)]
    assert not current_invocation


@pytest.mark.parametrize("way", ["http-api", "alb"])
def test_requests_on_threads_do_not_see_each_other(way: str) -> None:
    """Lambda can run requests of one process on threads; state in globals or os.environ would mix them."""
    everyone = threading.Barrier(8)

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        everyone.wait(timeout=30)
        mine = current_invocation.request_id or ""
        everyone.wait(timeout=30)
        assert current_invocation.request_id == mine
        start_response("200 OK", [("X-Mine", mine), ("X-Path", environ["PATH_INFO"])])
        return [environ["wsgi.input"].read()]

    handler = make_handler(app)
    results: dict[int, Any] = {}

    def run(number: int) -> None:
        ask = Ask("POST", f"/{number}", body=b"%d" % number, headers=(("Content-Type", "text/plain"),))
        results[number] = handler(event(way, ask), Context(f"request-{number}"))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for number, result in results.items():
        assert result["headers"] == {"x-mine": f"request-{number}", "x-path": f"/{number}"}
        assert result["body"] == str(number)
    assert len(results) == 8


def _lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "sameroom.access"]


@pytest.mark.parametrize("way", WAYS)
def test_there_is_one_access_line_a_request(way: str, caplog: pytest.LogCaptureFixture) -> None:
    served(hello, way, Ask("POST", "/a%20b"), access_log=True)
    (record,) = _lines(caplog)
    said = vars(record)
    assert [said[key] for key in ("method", "path", "status", "bytes")] == ["POST", "/a b", 200, 5]
    assert 0 <= said["ms"] < 60_000
    assert record.getMessage().startswith("POST /a b 200 5 B ")


def test_the_access_line_of_a_failure_says_what_the_client_got(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        raise ValueError

    answer = served(app, "http-api", Ask(), access_log=True)
    (record,) = _lines(caplog)
    assert (vars(record)["status"], vars(record)["bytes"]) == (500, len(answer.body))


def test_the_access_line_says_what_the_client_asked_whatever_became_of_the_environ(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        environ["REQUEST_METHOD"] = "DELETE"
        environ["SCRIPT_NAME"] += environ["PATH_INFO"]
        environ["PATH_INFO"] = "/elsewhere"
        return hello(environ, start_response)

    served(app, "rest-api", Ask("POST", "/x", stage="dev"), access_log=True)
    (record,) = _lines(caplog)
    assert (vars(record)["method"], vars(record)["path"]) == ("POST", "/dev/x")


def test_the_access_line_can_be_turned_off(caplog: pytest.LogCaptureFixture) -> None:
    served(hello, "http-api", Ask(), access_log=False)
    assert not _lines(caplog)


@pytest.mark.parametrize("way", WAYS)
def test_a_path_with_a_line_break_forges_no_line_of_the_log(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        raise ValueError("no")

    served(app, way, Ask(path="/a%0D%0A[ERROR]%20forged"), access_log=True)
    assert caplog.records
    for record in caplog.records:
        assert "\n" not in record.getMessage()
        assert "\r" not in record.getMessage()


def test_a_request_that_ends_with_little_of_its_time_left_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        time.sleep(0.06)
        return hello(environ, start_response)

    for allowed in (60_000, 62):
        make_handler(app)(event("http-api", Ask()), Context(milliseconds=allowed))
    (warning,) = [record for record in caplog.records if "ended with" in record.getMessage()]
    assert warning.levelno == logging.WARNING
    assert "of its 62 ms left" in warning.getMessage()


def test_a_request_without_a_deadline_is_never_near_it(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["sameroom.context"] is None:
            time.sleep(0.4)
        return hello(environ, start_response)

    handler = make_handler(app)
    handler(event("http-api", Ask()), Context(milliseconds=200))
    handler(event("http-api", Ask()))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


# Apps that SAMEROOM_APP names and that cannot be loaded: their source, and what is raised.
BROKEN: dict[str, tuple[str, type[BaseException], str]] = {
    "raises": ("raise RuntimeError('no database')", RuntimeError, "no database"),
    "misses a package": ("import surely_not_installed", ImportError, "surely_not_installed"),
    "is no Python": ("def (", SyntaxError, "was never closed|invalid syntax"),
    "raises AttributeError": ("import sys; sys.nothing_of_the_sort", AppImportError, "nothing_of_the_sort"),
    "has no app": ("name = 'none'", AppImportError, "has no app"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_app_that_cannot_be_imported_says_so_on_every_request(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, kind, said = BROKEN[case]
    name = f"broken_{'_'.join(case.split())}"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SAMEROOM_APP", name)
    for _ in range(2):
        with pytest.raises(kind, match=said) as raised:
            _ = module.handler
        assert not isinstance(raised.value, AttributeError), "the runtime client would blame the handler"


def test_an_app_that_fails_at_import_is_raised_with_the_frame_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fails_inside.py").write_text("def connect():\n    raise OSError('refused')\nconnect()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SAMEROOM_APP", "fails_inside:app")
    with pytest.raises(OSError, match="refused") as raised:
        module.load()
    assert raised.traceback[-1].frame.code.name == "connect"


@pytest.mark.parametrize("named", ["", ":app", "no_such_module_at_all:app"])
def test_a_name_that_leads_nowhere_is_an_error(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEROOM_APP", named)
    with pytest.raises((RuntimeFault, ImportError)):
        module.load()


def test_the_app_that_the_environment_names_is_loaded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
        def app(environ, start_response):
            start_response("200 OK", [])
            return [environ["PATH_INFO"].encode()]
    """
    (tmp_path / "loads_well.py").write_text(dedent(source))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SAMEROOM_APP", "loads_well:app")
    monkeypatch.delitem(vars(module), "handler", raising=False)
    first = module.handler
    assert module.handler is first
    assert first(event("alb", Ask(path="/x")), Context())["body"] == "/x"
    monkeypatch.delitem(vars(module), "handler")


@pytest.mark.parametrize("way", WAYS)
def test_an_event_that_cannot_be_read_is_an_error_where_responses_are_streamed_too(way: str) -> None:
    sent = event(way, Ask()) | {"body": 5}
    sink = Sink()
    with pytest.raises(InvalidEvent, match=f"{door_of(way)} event cannot be read: body"):
        make_handler(hello).stream(sent, Context(), sink)
    with pytest.raises(UnknownEvent):
        make_handler(hello).stream({}, Context(), sink)
    assert sink.prelude is None


def test_the_handler_module_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = module.no_such_name
