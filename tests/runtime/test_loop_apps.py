"""WSGI apps behind our loop and behind AWS's own client: answers, log, and how the process ends."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from fakes.doors import Ask, event
from fakes.lambda_process import LOOP, RIC, LambdaProcess, function
from fakes.lambda_service import ROOT, LambdaService

Running = tuple[LambdaService, LambdaProcess]

APP = """
    import atexit, os, sys, time
    from flask import Flask, request
    from sameroom import current_invocation

    app = Flask(__name__)
    atexit.register(print, "the app said goodbye")

    @app.get("/")
    def hello():
        return {"served": current_invocation.request_id, "door": current_invocation.door}

    @app.post("/twice")
    def twice():
        return request.get_data() * 2, 201, {"X-Name": "v"}

    @app.get("/print")
    def say():
        print("printed é")
        print("to stderr", file=sys.stderr)
        app.logger.warning("logged")
        return ""

    @app.get("/fail")
    def fail():
        raise LookupError("a secret detail")

    @app.get("/exit")
    def leave():
        print("leaving")
        sys.exit(3)

    @app.get("/_exit")
    def leave_at_once():
        print("leaving at once")
        os._exit(4)

    @app.get("/abort")
    def abort():
        os.abort()

    @app.get("/wait")
    def wait():
        print("waiting")
        time.sleep(60)
"""

commands = {"loop": LOOP, "ric": RIC}
both = pytest.mark.parametrize("running", ["loop", "ric"], indirect=True)


def started(kind: str, folder: Path) -> Any:
    if kind == "ric" and not find_spec("awslambdaric"):
        pytest.skip("awslambdaric is not installed")
    return function(folder, APP, command=commands[kind])


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(request.param, tmp_path_factory.mktemp("function")) as running:
        yield running


def get(path: str, method: str = "GET", body: bytes = b"") -> dict[str, Any]:
    return event("http-api", Ask(method, path, body=body))


@both
def test_requests_are_served_one_after_the_other_each_as_its_own_invocation(running: Running) -> None:
    service, _ = running
    for _ in range(20):
        request_id = service.invoke(get("/"))
        result = service.posted().json()
        assert result["statusCode"] == 200
        assert result["headers"]["content-type"] == "application/json"
        assert result["body"] == f'{{"door":"http-api","served":"{request_id}"}}\n'


@both
def test_a_body_goes_in_and_out(running: Running) -> None:
    service, _ = running
    result = service.answer(get("/twice", "POST", b"\x00\xff"))
    assert (result["statusCode"], result["headers"]["x-name"]) == (201, "v")
    assert (result["body"], result["isBase64Encoded"]) == ("AP8A/w==", True)


@both
def test_what_an_app_prints_is_out_before_its_answer_is(running: Running) -> None:
    service, process = running
    service.invoke(get("/print"))
    service.posted()
    lines = process.lines()
    assert "printed é" in lines
    assert "to stderr" in lines


@both
def test_a_failure_of_the_app_is_a_500_to_the_client_and_a_traceback_in_the_log(running: Running) -> None:
    service, process = running
    request_id = service.invoke(get("/fail"))
    post = service.posted()
    assert post.path == f"{ROOT}/invocation/{request_id}/response"
    assert post.json()["statusCode"] == 500
    assert "secret" not in post.body.decode()
    assert process.line("LookupError: a secret detail")
    assert "in fail" in process.output()


@both
def test_an_event_that_no_door_knows_is_an_error_that_names_its_keys(running: Running) -> None:
    service, process = running
    request_id = service.invoke({"Records": []})
    post = service.posted()
    assert post.path == f"{ROOT}/invocation/{request_id}/error"
    assert post.json()["errorType"] == "UnknownEvent"
    assert "'Records'" in post.json()["errorMessage"]
    assert "'Records'" in process.line("UnknownEvent")
    assert service.answer(get("/"))["statusCode"] == 200


@pytest.mark.parametrize("kind", ["loop", "ric"])
@pytest.mark.parametrize(
    ("path", "status", "words"), [("/exit", 3, "leaving"), ("/_exit", 4, "leaving at once")]
)
def test_an_app_that_ends_the_process_ends_it_with_its_status(
    tmp_path: Path, kind: str, path: str, status: int, words: str
) -> None:
    with started(kind, tmp_path) as (service, process):
        service.invoke(get(path))
        assert process.status() == status
        assert words in process.lines()
        # Nothing was posted: Lambda says Runtime.ExitError of such an invocation.
        assert [request[0] for request in service.requests] == ["GET"]


def test_an_app_that_leaves_orderly_has_its_atexit_hooks_run_and_one_that_does_not_has_not(
    tmp_path: Path,
) -> None:
    for path, hooks in (("/exit", 1), ("/_exit", 0)):
        with started("loop", tmp_path) as (service, process):
            service.invoke(get(path))
            process.status()
            assert process.lines().count("the app said goodbye") == hooks


@pytest.mark.parametrize("streaming", ["buffered", "streaming"])
def test_an_app_that_crashes_takes_the_process_along_whatever_the_mode(
    tmp_path: Path, streaming: str
) -> None:
    with function(tmp_path, APP, environ={"SAMEROOM_RESPONSE_MODE": streaming}) as (service, process):
        service.invoke(get("/abort"))
        assert process.status() == -6


def test_sigterm_between_requests_runs_the_apps_atexit_hooks_and_is_no_failure(tmp_path: Path) -> None:
    with started("loop", tmp_path) as (service, process):
        service.answer(get("/"))
        assert service.idle.wait(10)
        process.terminate()
        assert process.status() == 0
        assert "the app said goodbye" in process.lines()
        assert "Traceback" not in process.output()


def test_sigterm_within_a_request_runs_the_apps_atexit_hooks_too(tmp_path: Path) -> None:
    with started("loop", tmp_path) as (service, process):
        service.invoke(get("/wait"))
        process.line("waiting")
        process.terminate()
        assert process.status() == 0
        assert "the app said goodbye" in process.lines()


DJANGO = """
    import os
    from django.conf import settings
    from django.http import HttpResponse
    from django.urls import path

    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="k", USE_TZ=True)
    urlpatterns = [path("hello/<name>", lambda request, name: HttpResponse(f"hello {name}"))]
    from django.core.wsgi import get_wsgi_application
    application = get_wsgi_application()
"""

BOTTLE = """
    from bottle import Bottle
    app = Bottle()
    app.route("/hello/<name>")(lambda name: f"hello {name}")
"""

PLAIN = """
    from wsgiref.validate import validator

    @validator
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello " + environ["PATH_INFO"].rpartition("/")[2].encode("latin-1")]
"""


@pytest.mark.parametrize("mode", ["buffered", "streaming"])
@pytest.mark.parametrize(
    ("source", "named"),
    [(DJANGO, "wsgi"), (BOTTLE, "wsgi"), (PLAIN, "wsgi:wrapped")],
    ids=["django", "bottle", "plain"],
)
def test_apps_of_other_frameworks_are_found_and_served_whole_and_streamed(
    tmp_path: Path, source: str, named: str, mode: str
) -> None:
    source += "\n    wrapped = lambda environ, start_response: app(environ, start_response)\n"
    environ = {"SAMEROOM_APP": named, "SAMEROOM_RESPONSE_MODE": mode}
    with function(tmp_path, source, environ=environ) as (service, process):
        service.invoke(event("function-url", Ask(path="/hello/J%C3%BCrg")))
        post = service.posted()
        body = post.streamed.decode() if mode == "streaming" else post.json()["body"]
        assert body == "hello Jürg", process.output()
