"""Responses streamed by real processes: what leaves when, and what happens when a side gives up."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.doors import Ask, event
from fakes.lambda_process import LambdaProcess, function
from fakes.lambda_service import ROOT, LambdaService, Posted

Running = tuple[LambdaService, LambdaProcess]

APP = """
    import sys
    from flask import Flask, Response, request

    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # to the server, which is us

    def told():
        # Blocks until the test writes to the pipe: what was yielded before has to be with it by then.
        with open("told", "rb") as pipe:
            return pipe.read()

    @app.get("/handshake")
    def handshake():
        def body():
            yield b"first "
            yield told()
            yield told()
        return Response(body(), mimetype="text/plain")

    @app.get("/large")
    def large():
        return Response((bytes([number]) * (1 << 20) for number in range(8)), mimetype="image/png")

    @app.get("/broken")
    def broken():
        def body():
            yield b"part"
            raise LookupError("a secret detail")
        return Response(body(), mimetype="text/plain")

    @app.get("/short")
    def short():
        return Response(iter([b"abc"]), headers={"Content-Length": "10"})

    @app.get("/fail")
    def fail():
        raise LookupError("a secret detail")

    @app.get("/endless")
    def endless():
        def body():
            try:
                while True:
                    yield b"x" * 10_000
            finally:
                print("the generator was closed")
        return Response(body(), mimetype="text/plain")

    @app.get("/print")
    def say():
        def body():
            yield b"x"
            app.logger.warning("logged while streaming")
        return Response(body())

    @app.get("/exit")
    def leave():
        def body():
            yield b"part"
            sys.exit(3)
        return Response(body())

    @app.get("/plain")
    def plain():
        response = Response("plain")
        response.set_cookie("a", "1")
        return response

    @app.get("/empty")
    def empty():
        return "", 204
"""


def started(folder: Path) -> Any:
    os.mkfifo(folder / "told")
    return function(folder, APP, environ={"SAMEROOM_RESPONSE_MODE": "streaming"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("function")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with started(folder) as running:
        yield running


def asked(service: LambdaService, path: str, *, method: str = "GET", door: str = "function-url") -> Posted:
    request_id = service.invoke(event(door, Ask(method, path)))
    post = service.posted()
    assert post.path == f"{ROOT}/invocation/{request_id}/response"
    return post


def trailing_error(post: Posted) -> Any:
    assert post.whole.wait(10)
    error = json.loads(b64decode(post.trailers["lambda-runtime-function-error-body"]))
    assert post.trailers["lambda-runtime-function-error-type"] == error["errorType"]
    return error


def test_each_chunk_of_a_flask_generator_has_left_before_the_generator_goes_on(
    running: Running, folder: Path
) -> None:
    service, _ = running
    post = asked(service, "/handshake")
    prelude, _, body = (post.chunk() or b"").partition(b"\0" * 8)
    assert json.loads(prelude)["statusCode"] == 200
    assert body + (post.chunk() or b"") == b"first "
    assert not post.whole.is_set()
    for word in (b"second ", b"third"):
        (folder / "told").write_bytes(word)
        assert post.chunk() == word
    assert post.chunk() is None
    assert post.streamed == b"first second third"
    assert post.trailers == {}


def test_a_stream_is_declared_as_the_runtime_api_wants_it(running: Running) -> None:
    service, _ = running
    headers = asked(service, "/plain").headers
    assert headers["content-type"] == "application/vnd.awslambda.http-integration-response"
    assert headers["lambda-runtime-function-response-mode"] == "streaming"
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers


def test_binary_travels_as_it_is_in_chunks_of_a_megabyte(running: Running) -> None:
    service, _ = running
    post = asked(service, "/large")
    assert post.prelude["statusCode"] == 200
    assert [len(chunk.data) for chunk in post.chunks if len(chunk.data) > 1000] == [1 << 20] * 8
    assert post.streamed == b"".join(bytes([number]) * (1 << 20) for number in range(8))


def test_a_function_url_and_a_rest_api_get_their_own_preludes(running: Running) -> None:
    service, _ = running
    post = asked(service, "/plain", door="function-url")
    assert post.prelude["cookies"] == ["a=1; Path=/"]
    assert post.streamed == b"plain"
    post = asked(service, "/plain", door="rest-api")
    headers = {name.lower(): values for name, values in post.prelude["multiValueHeaders"].items()}
    assert headers["set-cookie"] == ["a=1; Path=/"]
    assert post.streamed == b"plain"


@pytest.mark.parametrize(("path", "method", "status"), [("/plain", "HEAD", 200), ("/empty", "GET", 204)])
def test_a_response_without_body_is_its_prelude_alone(
    running: Running, path: str, method: str, status: int
) -> None:
    service, _ = running
    post = asked(service, path, method=method)
    assert (post.prelude["statusCode"], post.streamed, post.trailers) == (status, b"", {})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_failure_before_the_first_chunk_is_a_stream_with_status_500(running: Running, method: str) -> None:
    service, process = running
    post = asked(service, "/fail", method=method)
    assert post.prelude["statusCode"] == 500
    assert (b"Internal Server Error" in post.streamed) == (method == "GET")
    assert b"secret" not in post.body
    assert post.trailers == {}
    assert process.line(f"{method} /fail failed: LookupError: a secret detail")
    assert asked(service, "/plain").streamed == b"plain"


def test_a_failure_behind_the_first_chunk_is_in_trailers_and_in_the_log(running: Running) -> None:
    service, process = running
    post = asked(service, "/broken")
    error = trailing_error(post)
    assert (post.prelude["statusCode"], post.streamed) == (200, b"part")
    assert (error["errorType"], error["errorMessage"]) == ("LookupError", "a secret detail")
    assert error["requestId"] in post.path
    assert ", in body\n" in error["stackTrace"][-1]
    line = process.line("the response broke off after 4 bytes: LookupError: a secret detail")
    assert error["requestId"] in line
    assert ", in body\r" in line
    assert "Broken" not in line
    assert asked(service, "/plain").streamed == b"plain"


def test_a_stream_shorter_than_its_content_length_is_marked_as_broken(running: Running) -> None:
    service, _ = running
    post = asked(service, "/short")
    error = trailing_error(post)
    assert post.streamed == b"abc"
    assert error["errorMessage"] == "the app promised 10 bytes in Content-Length and produced 3"


def test_an_event_that_no_door_knows_is_an_error_and_not_a_stream(running: Running) -> None:
    service, _ = running
    request_id = service.invoke({"Records": []})
    post = service.posted()
    assert post.path == f"{ROOT}/invocation/{request_id}/error"
    assert post.json()["errorType"] == "UnknownEvent"
    assert asked(service, "/plain").streamed == b"plain"


def test_a_client_that_hangs_up_closes_the_generator_and_the_next_request_is_served(tmp_path: Path) -> None:
    with started(tmp_path) as (service, process):
        service.cut("post")
        asked(service, "/endless")
        assert process.line("the generator was closed")
        line = process.line("Lambda takes no more of this response")
        assert line.startswith("[ERROR]")
        assert asked(service, "/plain").streamed == b"plain"
        assert service.connections == 2


def test_a_stream_that_lambda_refuses_is_logged_and_the_next_request_is_served(running: Running) -> None:
    service, process = running
    service.refuse(413, b"too much")
    asked(service, "/plain")
    assert process.line("Lambda refused the response: 413 too much")
    assert asked(service, "/plain").streamed == b"plain"


def test_every_stream_has_one_access_line_with_the_bytes_that_were_sent(running: Running) -> None:
    service, process = running
    for path, sent in (("/large", 8 << 20), ("/empty", 0), ("/short", 3)):
        post = asked(service, path)
        assert post.whole.wait(10)
        line = process.line(f"\t{post.path.split('/')[-2]}\tGET {path} ")
        assert f" {sent} B " in line


def test_records_written_while_a_stream_runs_have_its_request_id(running: Running) -> None:
    service, process = running
    post = asked(service, "/print")
    assert post.streamed == b"x"
    assert f"\t{post.path.split('/')[-2]}\t" in process.line("logged while streaming")


def test_an_app_that_ends_the_process_in_its_generator_ends_it_with_its_status(tmp_path: Path) -> None:
    with started(tmp_path) as (service, process):
        post = asked(service, "/exit")
        assert process.status() == 3
        assert post.whole.wait(10)
        assert post.cut_off
