"""Warnings about time, by a watch of the test's own and in this process."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Iterator
from itertools import count

import pytest

from sameroom import current_invocation
from sameroom.runtime.context import Invocation
from sameroom.runtime.deadline import Watch

linux = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="this looks at Linux's /proc")

NEAR = "before Lambda ends this request"
ENDED = "This request ended with"


numbers = count()


def invocation(allowed: float, *, left: float | None = None) -> Invocation:
    """One that was given ``allowed`` seconds, of which ``left`` are left."""
    now = time.monotonic()
    left = allowed if left is None else left
    return Invocation({}, None, f"r-{next(numbers)}", "alb", now + left - allowed, allowed, now + left)


def watchers() -> int:
    return sum(thread.name == "sameroom-deadline" for thread in threading.enumerate())


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Messages of the runtime's log as they come, behind the ids of the requests that they are about."""
    messages: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(f"{current_invocation.request_id}: {record.getMessage()}")

    keep = Keep()
    logging.getLogger("sameroom").addHandler(keep)
    yield messages
    logging.getLogger("sameroom").removeHandler(keep)


def wait_for(messages: list[str], request: Invocation) -> str:
    """The warning of ``request``; watches of other tests may have something to say of theirs."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for message in list(messages):
            if message.startswith(f"{request.request_id}: ") and NEAR in message:
                return message.partition(": ")[2]
        time.sleep(0.002)
    raise AssertionError(f"nobody warned of {request.request_id}: {messages}")


@pytest.mark.parametrize(
    ("allowed", "left", "told"),
    [
        (10.0, 9.0, False),
        (10.0, 1.1, False),
        (10.0, 0.9, True),
        (10.0, -1.0, True),
        (0.01, 0.0001, True),
        (math.inf, math.inf, False),
    ],
)
def test_a_request_that_ends_with_less_than_a_tenth_of_its_time_is_told(
    warned: list[str], allowed: float, left: float, told: bool
) -> None:
    watch = Watch()
    request = invocation(allowed) if left == math.inf else invocation(allowed, left=left)
    watch.leave(watch.enter(request), request)
    ended = [message for message in warned if ENDED in message]
    assert len(ended) == told
    if told:
        assert f"of its {int(allowed * 1000)} ms left: raise the timeout, or do less." in ended[0]
        assert "with -" not in ended[0]


def test_a_request_that_goes_on_is_told_of_before_its_end_and_once(warned: list[str]) -> None:
    watch = Watch()
    request = invocation(0.6)
    thread = watch.enter(request)
    message = wait_for(warned, request)
    assert time.monotonic() < request.deadline
    assert 0 <= int(message.split(" ms ")[0]) <= 60
    time.sleep(max(0.0, request.deadline - time.monotonic()) + 0.02)
    watch.leave(thread, request)
    assert sum(NEAR in message for message in warned if message.startswith(f"{request.request_id}: ")) == 1


def test_a_request_on_another_thread_is_watched_as_well(warned: list[str]) -> None:
    watch = Watch()
    ended = threading.Event()
    request = invocation(0.6)

    def serve() -> None:
        thread = watch.enter(request)
        ended.wait(10)
        watch.leave(thread, request)

    server = threading.Thread(target=serve)
    server.start()
    quick = invocation(0.6)
    watch.leave(watch.enter(quick), quick)
    message = wait_for(warned, request)
    ended.set()
    server.join()
    assert "test_deadline.py" in message
    assert ", in serve: ended.wait(10)" in message


def test_a_request_that_is_given_less_than_those_before_it_is_told_of_in_time(warned: list[str]) -> None:
    watch = Watch()
    long = invocation(60.0)
    watch.leave(watch.enter(long), long)
    time.sleep(0.01)  # the watcher sleeps for most of a minute now
    for allowed in (0.9, 0.6):
        request = invocation(allowed)
        thread = watch.enter(request)
        message = wait_for(warned, request)
        assert time.monotonic() < request.deadline, message
        watch.leave(thread, request)


def test_a_request_that_begins_while_the_watcher_sleeps_for_another_is_told_of_in_time(
    warned: list[str],
) -> None:
    # Slightly tighter than the first, so that it does not wake the watcher.
    watch = Watch()
    first = invocation(0.66)
    watch.leave(watch.enter(first), first)
    for _ in range(3):
        time.sleep(0.03)
        request = invocation(0.6)
        thread = watch.enter(request)
        wait_for(warned, request)
        assert time.monotonic() < request.deadline
        watch.leave(thread, request)


@linux
def test_many_short_requests_make_one_thread_and_do_not_wake_it() -> None:
    before = set(threading.enumerate())
    watch = Watch()
    first = invocation(30.0)
    watch.leave(watch.enter(first), first)
    (watcher,) = set(threading.enumerate()) - before
    time.sleep(0.05)
    slept = _switches(watcher)
    for number in range(5000):
        request = invocation(30.0 - number % 100 / 1000)  # never given the same, as on Lambda
        watch.leave(watch.enter(request), request)
    time.sleep(0.05)
    assert set(threading.enumerate()) - before == {watcher}
    assert _switches(watcher) == slept


def _switches(thread: threading.Thread) -> list[str]:
    """How often the kernel has put the thread to sleep, or taken it off, so far (Linux)."""
    with open(f"/proc/self/task/{thread.native_id}/status") as status:
        return [line for line in status if "voluntary_ctxt_switches" in line]


@pytest.mark.parametrize("allowed", [0.0, 0.01, 0.09])
def test_a_request_that_has_hardly_any_time_does_not_make_the_watcher_busy(allowed: float) -> None:
    before = watchers()
    watch = Watch()
    request = invocation(allowed)
    watch.leave(watch.enter(request), request)
    assert watchers() == before


def test_a_request_with_all_the_time_there_is_makes_no_thread() -> None:
    before = watchers()
    watch = Watch()
    request = invocation(math.inf)
    watch.leave(watch.enter(request), request)
    assert watchers() == before


def test_requests_on_many_threads_at_once_share_one_watcher() -> None:
    before = watchers()
    watch = Watch()
    ready = threading.Barrier(16)

    def serve() -> None:
        ready.wait(10)
        for _ in range(200):
            request = invocation(30.0)
            watch.leave(watch.enter(request), request)

    threads = [threading.Thread(target=serve) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert watchers() == before + 1


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_watches_its_own_requests() -> None:
    watch = Watch()
    stale = invocation(60.0)
    thread = watch.enter(stale)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _serve_in_child(watch, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    watch.leave(thread, stale)
    assert NEAR in said
    assert "test_deadline.py" in said


def _serve_in_child(watch: Watch, writing: int) -> None:
    """One slow request, whose warning goes to the pipe; never returns."""
    try:
        handler = logging.StreamHandler(os.fdopen(writing, "w"))
        logging.getLogger("sameroom").addHandler(handler)
        request = invocation(0.6)
        thread = watch.enter(request)
        time.sleep(0.62)
        watch.leave(thread, request)
        handler.flush()
    finally:
        os._exit(0)


def test_leaving_twice_or_after_another_request_of_the_thread_is_no_error() -> None:
    watch = Watch()
    outer, inner = invocation(30.0), invocation(30.0)
    thread = watch.enter(outer)
    watch.leave(watch.enter(inner), inner)
    watch.leave(thread, outer)


def test_a_watcher_does_not_hold_up_the_interpreters_end() -> None:
    watch = Watch()
    request = invocation(30.0)
    watch.leave(watch.enter(request), request)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "sameroom-deadline")


def test_the_watcher_logs_each_request_under_its_own_id(warned: list[str]) -> None:
    watch = Watch()
    for request in (invocation(0.6), invocation(1.2)):
        thread = watch.enter(request)
        assert wait_for(warned, request)
        watch.leave(thread, request)
