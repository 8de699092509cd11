"""Warnings about time: one before Lambda kills a request, naming the line the app is at.

One thread watches for the whole process. Arming it is an assignment, because it would cost every
request to wake it: instead it sleeps for as long as no request, not even one that starts this
instant, could come near its deadline.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sys
import threading
import time
import traceback

from .context import Invocation, active

log = logging.getLogger("sameroom")

#: Of the time a request was given: less left at its end, and it is told so; this much before the kill too.
NARROW = 0.1


class Watch:
    """Knows which requests are running in this process, by thread, and until when each may."""

    def __init__(self) -> None:
        self._running: dict[int, Invocation] = {}
        # Seconds that the tightest request so far was allowed; infinite while no thread watches.
        self._shortest = math.inf
        self._wake = threading.Event()
        # A fork takes the requests along and leaves the watching thread behind.
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        self._shortest = math.inf
        self._wake = threading.Event()

    def enter(self, invocation: Invocation) -> int:
        """A request begins on this thread, whose number is returned for :meth:`leave`."""
        thread = threading.get_ident()
        self._running[thread] = invocation
        if invocation.allowed < self._shortest * 0.9:
            self._tighten(invocation.allowed)
        return thread

    def leave(self, thread: int, invocation: Invocation) -> None:
        """The request has ended."""
        del self._running[thread]
        if (left := invocation.deadline - time.monotonic()) < invocation.allowed * NARROW:
            log.warning(
                "This request ended with %d of its %d ms left: raise the timeout, or do less.",
                max(0, left * 1000),
                invocation.allowed * 1000,
            )

    def _tighten(self, allowed: float) -> None:
        """Start watching, or watch more closely than so far."""
        if self._shortest is not math.inf:
            self._shortest = allowed
            self._wake.set()
            return
        self._shortest = allowed
        with contextlib.suppress(RuntimeError):  # the interpreter is shutting down
            threading.Thread(target=self._watch, name="sameroom-deadline", daemon=True).start()

    def _watch(self) -> None:
        warned: dict[int, Invocation] = {}
        while True:
            now = time.monotonic()
            # A request that begins now is near its deadline this much later, and not before.
            until = now + self._shortest * (1 - NARROW)
            for thread, invocation in list(self._running.items()):
                near = invocation.deadline - invocation.allowed * NARROW
                if near > now:
                    until = min(until, near)
                elif warned.get(thread) is not invocation:
                    warned[thread] = invocation
                    _warn(thread, invocation, now)
            self._wake.wait(max(0.001, until - now))
            self._wake.clear()


def _warn(thread: int, invocation: Invocation, now: float) -> None:
    frame = sys._current_frames().get(thread)
    if frame is None:
        return
    stack = traceback.extract_stack(frame)
    at = place(stack)
    active.set(invocation)  # for the log's request id; this thread serves nobody itself
    log.warning(
        "%d ms before Lambda ends this request, the app is at %s, line %s, in %s: %s",
        max(0, (invocation.deadline - now) * 1000),
        at.filename,
        at.lineno,
        at.name,
        at.line,
        extra={"stack": traceback.format_list(stack)},
    )


def place(stack: traceback.StackSummary) -> traceback.FrameSummary:
    """The innermost line that is the app's own rather than a library's; else the innermost."""
    for frame in reversed(stack):
        if "site-packages" not in frame.filename and not _ours_or_python(frame.filename):
            return frame
    return stack[-1]


_HERE = os.path.dirname(os.path.abspath(__file__))
_STDLIB = os.path.dirname(os.path.abspath(traceback.__file__))


def _ours_or_python(filename: str) -> bool:
    return filename.startswith((_HERE, _STDLIB, "<frozen"))


watch = Watch()
