"""What the bridge remembers from one request to the next is bounded, and never wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from fakes.answers import answer
from fakes.doors import Ask, event
from fakes.serving import Context, Recorder

from sameroom import make_handler
from sameroom.runtime import wsgi

WAY = "function-url"


class Says:
    """An app of one response that a test may change."""

    def __init__(self) -> None:
        self.status = "200 OK"
        self.headers: list[tuple[str, str]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(self.status, list(self.headers))
        return [b"body"]


def _remembered() -> int:
    """Characters in the bridge's caches."""
    caches = [value for name, value in vars(wsgi).items() if isinstance(value, dict) and name[:2] != "__"]
    texts = [text for cache in caches for pair in cache.items() for text in pair]
    return sum(len(text) for text in texts if isinstance(text, str))


SIZES = [(20, 5_000), (8_000, 300)]


@pytest.mark.parametrize(("length", "count"), SIZES)
def test_what_is_remembered_of_the_headers_of_requests_is_bounded(length: int, count: int) -> None:
    """Clients choose the names, and a sandbox lives for hours."""
    handler = make_handler(Recorder(), access_log=False)
    before = _remembered()
    for number in range(count):
        handler(event(WAY, Ask(headers=((f"{number:x}".rjust(length, "x"), ""),))), Context())
    assert _remembered() - before < 500_000


@pytest.mark.parametrize(("length", "count"), SIZES)
def test_what_is_remembered_of_responses_is_bounded(length: int, count: int) -> None:
    app = Says()
    handler = make_handler(app, access_log=False)
    sent, before = event(WAY, Ask()), _remembered()
    for number in range(count):
        text = f"{number:x}".rjust(length, "x")
        app.status, app.headers = f"200 {text}", [(text, text), ("X-Same", text)]
        handler(sent, Context())
    assert _remembered() - before < 500_000


def test_a_header_of_requests_is_read_anew_each_time() -> None:
    app = Recorder()
    handler = make_handler(app)
    for name, value in [("X-Memory", "1"), ("x-memory", "2"), ("X-Memory", ""), ("X-MEMORY", "3")]:
        handler(event("rest-api", Ask(headers=((name, value),))), Context())
        assert app.environ["HTTP_X_MEMORY"] == value
    handler(event("rest-api", Ask()), Context())
    assert "HTTP_X_MEMORY" not in app.environ


@pytest.mark.parametrize("name", ["X_Memory", "Transfer-Encoding", "X\u017f"])
def test_a_header_that_was_dropped_once_is_dropped_again(name: str) -> None:
    app = Recorder()
    handler = make_handler(app)
    keys = []
    for headers in ((), ((name, "1"),), ((name, "1"),)):
        handler(event("rest-api", Ask(headers=headers)), Context())
        keys.append(set(app.environ))
    assert keys[0] == keys[1] == keys[2]


# One header after another by the same name: what an app says, and what the client gets; None is a 500.
SAID: list[tuple[str, Any, str | None]] = [
    ("X-Memory", None, None),
    ("X Memory", "", None),
    ("X-Memory", "1", "1"),
    ("X-Memory", "1", "1"),
    ("X-Memory", "2", "2"),
    ("X-Memory", "a\r\nb", None),
    ("X-Memory", "a\r\nb", None),
    ("X-Memory", "2", "2"),
    ("x-memory", " 2", "2"),
    ("X-Memory", " 2", "2"),
    ("X-Memory", " 2", "2"),
    ("X-Memory", "λ", None),
    ("X-Memory", None, None),
    ("X-Memory", 2, None),
    ("X-Memory", "", ""),
    ("X-Memory", "", ""),
    ("X-Memory", "x" * 5000, "x" * 5000),
    ("Content-Length", "4", "4"),
    ("Content-Length", "4", "4"),
    ("content-length", "2", "2"),
    ("content-length", "2", "2"),
    ("Content-Length", "5", None),
    ("content-length", "5", None),
    ("content-length", "5", None),
    ("Connection", "close", ""),
    ("Connection", "close", ""),
]


@pytest.mark.parametrize("way", ["function-url", "rest-api", "alb"])
def test_a_header_of_responses_is_looked_at_anew_each_time(way: str) -> None:
    app = Says()
    handler = make_handler(app)
    for name, value, expected in SAID:
        app.headers = [(name, value)]
        got = answer(way, handler(event(way, Ask()), Context()))
        if expected is None:
            assert got.status == 500
            continue
        assert got.status == 200
        if name.lower() == "connection":
            assert not got.headers
        else:
            assert got.one(name.lower()) == expected
        if name.lower() == "content-length":
            assert len(got.body) == int(value)


def test_a_status_is_looked_at_anew_each_time() -> None:
    app = Says()
    handler = make_handler(app)
    said = [("200 OK", 200), ("204 No", 204), ("200 OK", 200), ("20", 500), ("20", 500), ("499 X", 499)]
    for status, expected in said:
        app.status = status
        got = answer(WAY, handler(event(WAY, Ask()), Context()))
        assert got.status == expected
        assert bool(got.body) is (expected != 204)
