"""``current_invocation``: inside a request and outside, over threads, copied contexts, forks and errors."""

from __future__ import annotations

import contextvars
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from fakes.doors import WAYS, Ask, door_of, event

from sameroom import current_invocation, make_handler
from sameroom.runtime.errors import UnknownEvent

Start = Callable[..., object]


class Context:
    """Lambda's context object, as far as it is asked."""

    def __init__(self, request_id: str = "r-1", seconds: float = 30.0) -> None:
        self.aws_request_id = request_id
        self.function_name = "room"
        self._until = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._until - time.monotonic()) * 1000))


class Seen(NamedTuple):
    inside: bool
    request_id: str | None
    event: Any
    context: Any
    door: str | None
    remaining: float


def look() -> Seen:
    it = current_invocation
    return Seen(bool(it), it.request_id, it.event, it.context, it.door, it.remaining)


OUTSIDE = Seen(False, None, None, None, None, math.inf)


def serve(within: Callable[[], Any], sent: Any = None, context: Any = None) -> Any:
    """What ``within`` returns, called by an app that answers an invocation."""
    kept: list[Any] = []

    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        kept.append(within())
        start("200 OK", [])
        return []

    make_handler(app, access_log=False)(sent or event("http-api", Ask()), context)
    return kept[0]


def test_outside_lambda_every_name_has_an_honest_value() -> None:
    assert look() == OUTSIDE
    assert repr(current_invocation) == "<no invocation>"


@pytest.mark.parametrize("way", WAYS)
def test_inside_a_request_it_is_what_lambda_handed_over(way: str) -> None:
    sent, context = event(way, Ask()), Context()
    seen = serve(look, sent, context)
    assert seen[:2] == (True, "r-1")
    assert seen.event is sent
    assert seen.context is context
    assert seen.door == door_of(way)
    assert 29 < seen.remaining <= 30


def test_it_is_over_when_the_request_is() -> None:
    serve(look, context=Context())
    assert look() == OUTSIDE


def test_it_says_in_words_what_it_is() -> None:
    said = serve(lambda: repr(current_invocation), context=Context(seconds=5.0))
    assert said.startswith("<invocation r-1 by http-api, 4.9")
    assert said.endswith(" s left>")


def test_the_remaining_time_runs_down_and_ends_at_nought() -> None:
    def within() -> list[float]:
        first = current_invocation.remaining
        time.sleep(0.03)
        return [first, current_invocation.remaining]

    first, second = serve(within, context=Context(seconds=10.0))
    assert second <= first - 0.03
    first, second = serve(within, context=Context(seconds=0.01))
    assert 0 <= first <= 0.01
    assert second == 0


def test_without_a_context_as_in_a_unit_test_there_is_a_door_and_all_the_time_there_is() -> None:
    seen = serve(look)
    assert seen[:2] == (True, "")
    assert (seen.context, seen.door, seen.remaining) == (None, "http-api", math.inf)


def test_it_holds_while_a_generator_is_read_and_closed() -> None:
    seen: list[str | None] = []

    def app(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", [])
        try:
            seen.append(current_invocation.request_id)
            yield b"x"
            seen.append(current_invocation.request_id)
        finally:
            seen.append(current_invocation.request_id)

    handler = make_handler(app, access_log=False)
    handler(event("http-api", Ask()), Context("buffered"))
    assert seen == ["buffered"] * 3


def test_it_holds_for_a_streamed_response_too() -> None:
    class Sink:
        def head(self, prelude: bytes) -> None:
            seen.append(current_invocation.request_id)

        def data(self, chunk: bytes) -> None:
            seen.append(current_invocation.request_id)

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        seen.append(current_invocation.request_id)
        yield b"x"

    seen: list[str | None] = []
    make_handler(app, access_log=False).stream(event("function-url", Ask()), Context("s"), Sink())
    assert seen == ["s"] * 3
    assert look() == OUTSIDE


def test_it_is_over_after_an_app_that_raised() -> None:
    def fail() -> None:
        raise LookupError

    with pytest.raises(IndexError):
        serve(fail, context=Context())
    assert look() == OUTSIDE


def test_it_is_over_after_an_app_that_left() -> None:
    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        serve(leave, context=Context())
    assert look() == OUTSIDE


def test_there_is_none_after_an_event_that_no_door_knows() -> None:
    with pytest.raises(UnknownEvent):
        serve(look, {"Records": []}, Context())
    assert look() == OUTSIDE


def test_a_request_within_a_request_has_its_own_and_the_outer_one_goes_on() -> None:
    def within() -> list[str | None]:
        inner = serve(look, context=Context("inner"))
        return [inner.request_id, current_invocation.request_id]

    assert serve(within, context=Context("outer")) == ["inner", "outer"]


def test_a_thread_that_the_app_starts_begins_without_one() -> None:
    def within() -> Seen:
        seen: list[Seen] = []
        thread = threading.Thread(target=lambda: seen.append(look()))
        thread.start()
        thread.join()
        return seen[0]

    assert serve(within, context=Context()) == OUTSIDE


def test_a_thread_that_gets_a_copy_of_the_context_has_it() -> None:
    def within() -> Seen:
        with ThreadPoolExecutor() as pool:
            return pool.submit(contextvars.copy_context().run, look).result()

    assert serve(within, context=Context()).request_id == "r-1"


def test_a_copied_context_keeps_it_when_the_request_is_over() -> None:
    copied = serve(contextvars.copy_context, context=Context())
    assert copied.run(look).request_id == "r-1"
    assert look() == OUTSIDE


def test_requests_on_many_threads_at_once_do_not_see_each_others() -> None:
    together = threading.Barrier(8)

    def within() -> list[str | None]:
        seen = []
        for _ in range(20):
            together.wait(10)
            seen.append(current_invocation.request_id)
        return seen

    with ThreadPoolExecutor(8) as pool:
        ids = [f"r-{number}" for number in range(8)]
        seen = list(pool.map(lambda one: serve(within, context=Context(one)), ids))
    assert seen == [[one] * 20 for one in ids]


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_fork_within_a_request_takes_it_along_and_changes_nothing_for_the_parent() -> None:
    def within() -> tuple[str, str | None]:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                before = current_invocation.request_id
                own = serve(look, context=Context("the child's")).request_id
                os.write(writing, f"{before}, {own}, {current_invocation.request_id}".encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        return said, current_invocation.request_id

    assert serve(within, context=Context()) == ("r-1, the child's, r-1", "r-1")


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_process_that_was_forked_before_any_request_serves_its_own() -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            seen = [serve(look, context=Context(one)).request_id for one in ("a", "b")]
            os.write(writing, f"{seen} {bool(current_invocation)}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "['a', 'b'] False"
    os.waitpid(child, 0)


@pytest.mark.parametrize("name", ["request_id", "event", "context", "door", "remaining"])
def test_its_values_cannot_be_set_by_an_app(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(current_invocation, name, "x")
