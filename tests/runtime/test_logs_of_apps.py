"""The log of a Flask app in a real runtime process: access lines, the app's loggers, levels, both formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from fakes.doors import Ask, event
from fakes.lambda_process import LOOP, RIC, LambdaProcess, function
from fakes.lambda_service import LambdaService

Running = tuple[LambdaService, LambdaProcess]

APP = """
    import logging, threading
    from flask import Flask

    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.logger.warning("while importing")

    @app.route("/<path:anything>", methods=["GET", "POST"])
    def serve(anything):
        return "four", 200, {"Set-Cookie": "session=classified"}

    @app.get("/log")
    def log():
        app.logger.warning("by Flask's own logger")
        logging.getLogger("shop").warning("by a logger of the app")
        logging.getLogger("shop").info("by the way")
        thread = threading.Thread(target=lambda: logging.getLogger("shop").warning("by a thread"))
        thread.start()
        thread.join()
        return ""

    @app.get("/fail")
    def fail():
        try:
            {}["key"]
        except KeyError as error:
            raise ValueError("outer") from error

    @app.get("/mute")
    def mute():
        class Mute(Exception):
            def __str__(self):
                raise ValueError("not a word")
        raise Mute
"""

# Not from the line's beginning on: AWS's client puts no line feed behind a traceback.
TEXT_LINE = re.compile(
    r"\[INFO\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t"
    r"(?P<id>[^\t]+)\t(?P<said>[A-Z]+ /.* \d{3} \d+ B \d+\.\d ms)$"
)
kinds = pytest.mark.parametrize("kind", ["loop", "ric"])


def started(kind: str, folder: Path, **environ: str) -> Any:
    if kind == "ric" and not find_spec("awslambdaric"):
        pytest.skip("awslambdaric is not installed")
    return function(folder, APP, command={"loop": LOOP, "ric": RIC}[kind], environ=environ)


def ask(service: LambdaService, path: str, **more: Any) -> str:
    """Ask for ``path``; the request's id, when it was answered."""
    request_id = service.invoke(event("http-api", Ask(path=path, **more)))
    service.posted()
    return request_id


def accesses(process: LambdaProcess) -> list[re.Match[str]]:
    return [found for line in process.lines() if (found := TEXT_LINE.search(line))]


@kinds
def test_every_request_has_one_access_line_with_method_path_status_bytes_and_time(
    tmp_path: Path, kind: str
) -> None:
    with started(kind, tmp_path) as (service, process):
        ids = [ask(service, "/a"), ask(service, "/b/c", method="POST", body=b"x"), ask(service, "/fail")]
        found = accesses(process)
    assert [line["id"] for line in found] == ids
    assert [line["said"].rpartition(" B ")[0] for line in found] == [
        "GET /a 200 4",
        "POST /b/c 200 4",
        f"GET /fail 500 {len(_failure(ids[2]))}",
    ]


def _failure(request_id: str) -> str:
    return json.dumps({"message": "Internal Server Error", "requestId": request_id})


@kinds
def test_in_json_the_access_lines_values_are_keys_of_their_own(tmp_path: Path, kind: str) -> None:
    # Lambda sets the level along with the format.
    environ = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
    with started(kind, tmp_path, **environ) as (service, process):
        request_id = ask(service, "/a")
        record = process.record("sameroom.access")
    assert record.pop("timestamp")
    ms = record.pop("ms")
    assert isinstance(ms, float)
    assert 0 <= ms < 10_000
    assert record == {
        "level": "INFO",
        "logger": "sameroom.access",
        "message": f"GET /a 200 4 B {ms} ms",
        "requestId": request_id,
        "method": "GET",
        "path": "/a",
        "status": 200,
        "bytes": 4,
    }


@kinds
def test_nothing_that_may_be_secret_is_in_the_log_of_a_request(tmp_path: Path, kind: str) -> None:
    secret = "classified"
    headers = (("Authorization", secret), ("X-Api-Key", secret))
    with started(kind, tmp_path) as (service, process):
        ask(
            service,
            "/a",
            method="POST",
            query=f"token={secret}",
            headers=headers,
            cookies=(f"session={secret}",),
            body=secret.encode(),
        )
        assert len(accesses(process)) == 1
        assert secret not in process.output()


@kinds
@pytest.mark.parametrize("path", ["/x%0a[ERROR]%09forged", "/x%0D%0Aforged", "/x\n[ERROR]\tforged"])
def test_a_path_cannot_forge_a_line_of_the_log(tmp_path: Path, kind: str, path: str) -> None:
    with started(kind, tmp_path) as (service, process):
        for door in ("function-url", "alb", "http-api"):
            sent = event(door, Ask(path=path))
            sent[{"alb": "path"}.get(door, "rawPath")] = path
            service.invoke(sent)
            service.posted()
        lines = process.output().replace("\r", "\n").splitlines()
        assert [line for line in lines if line.startswith(("[ERROR]", "forged"))] == []
        assert len(accesses(process)) == 3


@kinds
def test_neither_can_the_path_of_a_request_that_failed(tmp_path: Path, kind: str) -> None:
    source = "def app(environ, start_response): raise ValueError('failed')"
    if kind == "ric" and not find_spec("awslambdaric"):
        pytest.skip("awslambdaric is not installed")
    command = {"loop": LOOP, "ric": RIC}[kind]
    with function(tmp_path, source, command=command) as (service, process):
        ask(service, "/J%C3%BCrg%0aforged")
        assert process.line("GET /Jürg\\nforged failed: ValueError: failed")


@kinds
@pytest.mark.parametrize("switch", ["off", "0", "FALSE"])
def test_access_lines_can_be_switched_off(tmp_path: Path, kind: str, switch: str) -> None:
    with started(kind, tmp_path, SAMEROOM_ACCESS_LOG=switch) as (service, process):
        ask(service, "/a")
        ask(service, "/log")
        assert accesses(process) == []
        assert process.line("by a logger of the app")


@kinds
@pytest.mark.parametrize(("level", "count"), [("DEBUG", 1), ("INFO", 1), ("WARN", 0), ("ERROR", 0)])
def test_a_level_that_is_asked_for_holds_for_access_lines_too(
    tmp_path: Path, kind: str, level: str, count: int
) -> None:
    with started(kind, tmp_path, AWS_LAMBDA_LOG_LEVEL=level) as (service, process):
        ask(service, "/a")
        assert len(accesses(process)) == count


@kinds
@pytest.mark.parametrize("shape", ["Text", "JSON"])
def test_what_the_app_logs_comes_out_once_whichever_logger_it_uses(
    tmp_path: Path, kind: str, shape: str
) -> None:
    with started(kind, tmp_path, AWS_LAMBDA_LOG_FORMAT=shape) as (service, process):
        ask(service, "/log")
        output = process.output()
        for words in ("while importing", "by Flask's own logger", "by a logger of the app", "by a thread"):
            assert output.count(words) == 1


@pytest.mark.parametrize(("shape", "count"), [("Text", 0), ("JSON", 1)])
def test_without_a_level_text_begins_at_warning_and_json_at_info(
    tmp_path: Path, shape: str, count: int
) -> None:
    with started("loop", tmp_path, AWS_LAMBDA_LOG_FORMAT=shape) as (service, process):
        ask(service, "/log")
        assert process.output().count("by the way") == count


@kinds
def test_records_of_a_thread_that_the_app_started_have_the_request_id_too(tmp_path: Path, kind: str) -> None:
    with started(kind, tmp_path) as (service, process):
        request_id = ask(service, "/log")
        assert f"\t{request_id}\tby a thread" in process.line("by a thread")
        assert "\t\twhile importing" in process.line("while importing")


def test_an_exception_with_its_causes_is_one_event_of_the_log(tmp_path: Path) -> None:
    with started("loop", tmp_path) as (service, process):
        request_id = ask(service, "/fail")
        _, failure, access = process.lines()
    assert failure.startswith("[ERROR]\t")
    assert (
        f"\t{request_id}\tGET /fail failed: ValueError: outer (gateway request ATfSmjLgPHcESJw=)\r"
        "Traceback (most recent call last):\r" in failure
    )
    for words in ("KeyError: 'key'\r", "direct cause", ', in fail\r    raise ValueError("outer") from error'):
        assert words in failure
    assert "GET /fail 500" in access


@kinds
def test_in_json_an_exception_is_one_object(tmp_path: Path, kind: str) -> None:
    environ = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
    with started(kind, tmp_path, **environ) as (service, process):
        ask(service, "/fail")
        record = process.record("/fail failed")
    # By its gateway's id, which the client has, the request can be found.
    assert record["message"] == "GET /fail failed: ValueError: outer (gateway request ATfSmjLgPHcESJw=)"
    assert (record["errorType"], record["errorMessage"]) == ("ValueError", "outer")
    stack = "".join(record["stackTrace"])
    assert ', in fail\n    raise ValueError("outer") from error\n' in stack
    # AWS's client leaves causes out.
    assert ("KeyError: 'key'" in stack) == (kind == "loop")


def test_an_exception_that_cannot_be_shown_as_text_is_logged_all_the_same(tmp_path: Path) -> None:
    with started("loop", tmp_path) as (service, process):
        ask(service, "/mute")
        assert ", in mute" in process.line("GET /mute failed: Mute")


@pytest.fixture
def piped(tmp_path: Path) -> Iterator[Running]:
    """A loop whose environment's encoding is not UTF-8."""
    with started("loop", tmp_path, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0") as running:
        yield running


def test_text_that_the_output_cannot_encode_is_escaped_rather_than_lost(piped: Running) -> None:
    service, process = piped
    ask(service, "/J%C3%BCrg")
    assert process.line("GET /J\\xfcrg 200")
