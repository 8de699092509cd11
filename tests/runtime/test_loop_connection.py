"""The Runtime API's connection: kept, lost, mended, and answers that it does not take."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes.lambda_process import LambdaProcess, function
from fakes.lambda_service import Cut, LambdaService

from sameroom.runtime.runtime_api import RuntimeApi

Running = tuple[LambdaService, LambdaProcess]

ECHO = """
    import socket

    socket.setdefaulttimeout(0.2)

    def handler(event, context):
        if event == "fail":
            raise ValueError("failed")
        return event
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with function(tmp_path, ECHO, handler="wsgi.handler") as started:
        yield started


@pytest.mark.parametrize("where", ["next", "reset", "after"])
def test_a_connection_that_died_while_frozen_is_opened_anew(running: Running, where: Cut) -> None:
    service, process = running
    assert service.answer(1) == 1
    assert service.idle.wait(10)
    service.cut(where)
    assert service.answer(2) == 2
    assert service.answer(3) == 3
    assert service.answer(4) == 4
    assert service.connections == 2
    assert process.lines() == []


def test_a_connection_that_dies_while_the_handler_runs_is_opened_anew_for_the_response(
    running: Running,
) -> None:
    service, process = running
    service.cut("given")
    assert service.answer("x" * 100_000) == "x" * 100_000
    service.cut("given")
    service.invoke("fail")
    assert service.posted().path.endswith("/error")
    assert service.answer(2) == 2
    assert service.connections == 3
    assert len(process.lines()) == 1  # of the error


def test_a_service_that_stays_away_ends_the_process_with_an_error(running: Running) -> None:
    service, process = running
    assert service.answer(1) == 1
    assert service.idle.wait(10)
    service.__exit__()
    assert process.status() == 1
    assert "ConnectionRefusedError" in process.output()


def test_the_apps_default_timeout_for_sockets_does_not_reach_the_wait_for_work(running: Running) -> None:
    service, process = running
    assert service.answer(1) == 1
    service.cut("after")
    assert service.answer(2) == 2
    assert service.answer(3) == 3
    time.sleep(0.5)  # waiting on the connection that was made after the app set 0.2 s
    assert service.answer(4) == 4
    assert service.connections == 2
    assert process.lines() == []


@pytest.mark.parametrize("size", [10, 7_000_000])
def test_a_response_that_lambda_refuses_is_logged_and_the_loop_goes_on(running: Running, size: int) -> None:
    service, process = running
    service.refuse(413, b'{"errorType":"RequestEntityTooLarge"}')
    request_id = service.invoke("x" * size)
    assert len(service.posted().body) == size + 2
    line = process.line("refused")
    assert line.startswith("[ERROR]\t")
    assert f"\t{request_id}\tLambda refused the response of {size + 2} bytes: 413 " in line
    assert "RequestEntityTooLarge" in line
    assert service.answer("next") == "next"


def test_an_error_that_lambda_refuses_to_hear_is_logged_and_the_loop_goes_on(running: Running) -> None:
    service, process = running
    service.refuse(403, b"{}")
    service.invoke("fail")
    assert service.posted().path.endswith("/error")
    assert "Lambda refused the response: 403" in process.line("refused")
    assert service.answer("next") == "next"


def test_an_answer_to_next_other_than_200_ends_the_process_and_says_why(tmp_path: Path) -> None:
    with _answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\nnot you") as address:
        environ = {"AWS_LAMBDA_RUNTIME_API": address}
        (tmp_path / "wsgi.py").write_text("def handler(event, context): pass\n")
        with LambdaProcess(None, tmp_path, handler="wsgi.handler", environ=environ) as process:
            assert process.status() == 1
            assert "the Runtime API answered 403 to /next: b'not you'" in process.output()


@pytest.mark.parametrize(
    "cut_short",
    [
        b"Content-Le",
        b"Content-Length: 9\r\n\r\n[1,",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\n[1",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n",
    ],
)
def test_half_an_event_is_never_taken_for_a_whole_one(cut_short: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\n" + cut_short
    with _answering(answer, answer) as address:
        api = RuntimeApi(address)
        try:
            with pytest.raises(ConnectionResetError, match="closed the connection"):
                api.next()
        finally:
            api.close()


def test_an_ipv6_address_stands_in_brackets() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 on this machine")
    with listener:
        RuntimeApi(f"[::1]:{listener.getsockname()[1]}").close()


def test_answers_that_come_in_pieces_are_put_together() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    body = b"[" + b"1," * 100_000 + b"1]"
    head = b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nContent-Length: %d\r\n\r\n" % len(body)

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            for piece in (head[:60], head[60:-1], head[-1:] + body[:5], body[5:]):
                connection.sendall(piece)
                time.sleep(0.01)

    thread = threading.Thread(target=serve)
    thread.start()
    with listener:
        api = RuntimeApi(f"127.0.0.1:{listener.getsockname()[1]}")
        assert api.next().body == body
        api.close()
        thread.join()


@contextmanager
def _answering(*answers: bytes) -> Iterator[str]:
    """The address of a server that answers each connection once, with these very bytes, and closes it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    with listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()
