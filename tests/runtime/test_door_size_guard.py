"""A response that the door would refuse is answered with a clear 500, to the byte of its limit."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fakes.answers import answer
from fakes.doors import WAYS, Ask, door_of, event
from fakes.serving import REQUEST_ID, Context

from sameroom import make_handler
from sameroom.runtime.doors import door

LAMBDA = 6_291_556
ALB = 1_048_576


def limit(way: str) -> int:
    return ALB if door_of(way) == "alb" else LAMBDA


@dataclass(frozen=True)
class Says:
    """An app of one response, and of as many bytes as the test adds in a header."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    pad: int = 0
    status: str = "200 OK"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(self.status, [("Content-Type", self.content_type), ("X-Pad", "p" * self.pad)])
        return [self.body]


def result_of(way: str, app: Says, method: str = "GET") -> dict[str, Any]:
    return make_handler(app, access_log=False)(event(way, Ask(method)), Context())


def size(result: dict[str, Any], ascii_only: bool = False) -> int:
    """Bytes of a result as the runtime sends it: managed Pythons before 3.12 escape what is not ASCII."""
    return len(json.dumps(result, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


def filled(way: str, kind: str) -> Says:
    """An app whose result is exactly at the limit, most of it a body of one kind."""
    unit, cost = UNITS[kind]
    room = limit(way) - size(result_of(way, Says(b"")))
    if kind == "base64":
        room += len("false") - len("true")
    return Says(unit * (room // cost), pad=room % cost)


# A piece of body, and how many bytes of JSON it takes. Three bytes of what is no text are four in base64.
UNITS = {
    "letters": (b"a", 1),
    "quotes": (b'"', 2),
    "backslashes": (b"\\", 2),
    "line feeds": (b"\n", 2),
    "control characters": (b"\x01", 6),
    "nul": (b"\x00", 6),
    "delete": (b"\x7f", 1),
    "text of two bytes": ("é".encode(), 2),
    "text of three bytes": ("世".encode(), 3),
    "text of four bytes": ("😀".encode(), 4),
    "mixed": ('é"a\x01'.encode(), 2 + 2 + 1 + 6),
    "base64": (b"\xff\xfe\xfd", 4),
}
ESCAPED = {
    "letters": (b"a", 1),
    "text of two bytes": ("é".encode(), 6),
    "text of three bytes": ("世".encode(), 6),
    "text of four bytes": ("😀".encode(), 12),
    "control characters": (b"\x01", 6),
}


def assert_refused(way: str, result: dict[str, Any], caplog: pytest.LogCaptureFixture, was: int) -> None:
    refusal = answer(way, result)
    assert refusal.status == 500
    assert refusal.one("content-type") == "application/json"
    said = json.loads(refusal.body)
    assert said["requestId"] == REQUEST_ID
    assert "too large" in said["message"]
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    line = record.getMessage()
    assert str(was) in line
    assert str(limit(way)) in line
    assert door_of(way) in line
    assert "GET /" in line


@pytest.mark.parametrize("way", WAYS)
def test_the_limits_are_those_of_aws(way: str) -> None:
    assert limit(way) == door(door_of(way)).LIMIT


@pytest.mark.parametrize(
    ("way", "kind"),
    [("alb", kind) for kind in UNITS]
    + [("alb-multi-value", kind) for kind in UNITS]
    + [("http-api", kind) for kind in UNITS]
    + [(way, kind) for way in ("http-api-v1", "rest-api", "lattice") for kind in ("letters", "base64")]
    + [(way, "quotes") for way in ("function-url", "lattice-v1")],
)
def test_the_guard_is_exact_to_the_byte_on_both_sides(
    way: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = filled(way, kind)
    result = result_of(way, app)
    assert size(result) == limit(way), "the test itself"
    assert result["statusCode"] == 200
    assert answer(way, result).body == app.body
    caplog.clear()
    assert_refused(way, result_of(way, replace(app, pad=app.pad + 1)), caplog, limit(way) + 1)


@pytest.mark.parametrize("way", ["alb", "http-api", "rest-api"])
@pytest.mark.parametrize("kind", ESCAPED)
@pytest.mark.parametrize("python", ["AWS_Lambda_python3.10", "AWS_Lambda_python3.11"])
def test_where_the_runtime_escapes_text_the_guard_counts_that(
    way: str, kind: str, python: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_EXECUTION_ENV", python)
    unit, cost = ESCAPED[kind]
    room = limit(way) - size(result_of(way, Says(b"")), ascii_only=True)
    app = Says(unit * (room // cost), pad=room % cost)
    result = result_of(way, app)
    assert size(result, ascii_only=True) == limit(way), "the test itself"
    assert result["statusCode"] == 200
    caplog.clear()
    assert_refused(way, result_of(way, replace(app, pad=app.pad + 1)), caplog, limit(way) + 1)


@pytest.mark.parametrize("python", ["AWS_Lambda_python3.12", "AWS_Lambda_python3.13", ""])
def test_where_the_runtime_sends_text_as_it_is_the_guard_counts_that(
    python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EXECUTION_ENV", python)
    assert result_of("http-api", filled("http-api", "text of two bytes"))["statusCode"] == 200


@pytest.mark.parametrize("way", WAYS)
def test_headers_count_too(way: str, caplog: pytest.LogCaptureFixture) -> None:
    room = limit(way) - size(result_of(way, Says(b"")))
    assert result_of(way, Says(b"", pad=room))["statusCode"] == 200
    assert_refused(way, result_of(way, Says(b"", pad=room + 1)), caplog, limit(way) + 1)


@pytest.mark.parametrize("way", ["alb", "alb-multi-value", "lattice", "lattice-v1"])
def test_the_reason_counts_too_where_it_is_sent(way: str, caplog: pytest.LogCaptureFixture) -> None:
    room = limit(way) - size(result_of(way, Says(b"", status="200 ")))
    fits = Says(b"", status="200 " + "r" * (room - 1))
    assert result_of(way, fits)["statusCode"] == 200
    assert_refused(way, result_of(way, replace(fits, status=fits.status + "r")), caplog, limit(way) + 1)


@pytest.mark.parametrize("way", WAYS)
def test_the_answer_to_head_is_never_too_large_for_its_body(way: str) -> None:
    assert result_of(way, Says(b"a" * (limit(way) + 1)), "HEAD")["statusCode"] == 200


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_a_refused_response_is_sent(way: str) -> None:
    app = Says(b"s3cret" * limit(way), content_type="text/x-s3cret")
    assert "s3cret" not in json.dumps(result_of(way, app))
