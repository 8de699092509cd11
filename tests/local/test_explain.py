"""Why a client got an error that the app did not make."""

from __future__ import annotations

import json

import pytest

from sameroom.local.explain import explain
from sameroom.local.http import HttpRequest, Outcome
from sameroom.local.sandboxes.invocation import Invocation
from sameroom.local.server import Exchange

REQUEST = HttpRequest("GET", "/", (), b"", "127.0.0.1", 80, 0.0)


def why(status: int, outcome: Outcome | None, streamed: bool = False) -> str:
    invocation = Invocation(outcome, "id", streamed=streamed) if outcome else None
    return explain(Exchange(REQUEST, "id", status, 1.0, invocation), "alb")


def error(kind: str, message: str) -> Outcome:
    return Outcome("error", json.dumps({"errorType": kind, "errorMessage": message}).encode())


@pytest.mark.parametrize(
    ("status", "outcome", "said"),
    [
        (502, error("KeyError", "'x'"), "AWS answers 502 here because the function failed: KeyError: 'x'"),
        (502, error("Sandbox.Timedout", "RequestId: x"), "did not answer in time"),
        (502, error("Runtime.OutOfMemory", "x"), "more memory than it has"),
        (
            502,
            error("Runtime.ExitError", "RequestId: 1 Error: Runtime exited with error: exit status 3"),
            "the function's process ended: Runtime exited with error: exit status 3",
        ),
        (502, Outcome("error", b"not JSON"), "the function failed"),
        (503, Outcome("throttled", b"{}"), "concurrency is used up"),
        (502, Outcome("too_large", b'{"errorMessage":"6 MB"}'), "Lambda refuses the response: 6 MB"),
        (502, Outcome("result", b'"text"'), 'is not what the door alb takes: "text"'),
        (502, Outcome("result", b"\xff" * 300), "..."),
        (413, None, "the body is larger than this door takes; the function was not asked"),
        (418, None, "this door refuses the request; the function was not asked"),
    ],
)
def test_what_aws_answers_by_itself_is_explained(status: int, outcome: Outcome | None, said: str) -> None:
    assert said in why(status, outcome)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome("result", b"{}")),
        (404, Outcome("result", b'{"statusCode": 404}')),
        (500, Outcome("result", b'{"statusCode": 500}')),
        (502, Outcome("result", b'{"statusCode": "502"}')),
    ],
)
def test_what_the_app_answered_needs_no_explanation(status: int, outcome: Outcome) -> None:
    assert why(status, outcome) == ""


def test_a_stream_has_said_its_status_itself() -> None:
    assert why(500, Outcome("result", b""), streamed=True) == ""
