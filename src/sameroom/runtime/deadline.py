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
import re
import sys
import threading
import traceback
from collections.abc import Iterable
from threading import get_ident
from time import monotonic
from types import FrameType

from .context import Invocation, active

log = logging.getLogger("sameroom")

#: Of the time a request was given: less left at its end, and it is told so; this much before the kill too.
NARROW = 0.1
_AMPLE = 1 - NARROW
#: How much tighter than all before a request must be to wake the watcher: no two are given the same.
_SLACK = 0.9
#: Seconds; who has less is past warning, and would make the watcher wake all the time.
_LEAST = 0.1


class Watch:
    """Knows which requests are running in this process, by thread, and until when each may."""

    def __init__(self) -> None:
        self._reset()
        # A fork takes the requests along and leaves the watching thread behind.
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._running: dict[int, Invocation] = {}
        # Seconds that the tightest request so far was allowed; infinite while no thread watches.
        self._shortest = math.inf
        # A request that is allowed less than this has to wake the watcher.
        self._tighter = math.inf
        self._wake = threading.Event()
        self._starting = threading.Lock()

    def enter(self, invocation: Invocation) -> int:
        """A request begins on this thread, whose number is returned for :meth:`leave`."""
        thread = get_ident()
        self._running[thread] = invocation
        if invocation.allowed < self._tighter:
            self._tighten(invocation.allowed)
        return thread

    def leave(self, thread: int, invocation: Invocation) -> None:
        """The request has ended."""
        self._running.pop(thread, None)
        if monotonic() - invocation.began > invocation.allowed * _AMPLE:
            left = invocation.deadline - monotonic()
            log.warning(
                "This request ended with %d of its %d ms left: raise the timeout, or do less.",
                max(0, left * 1000),
                invocation.allowed * 1000,
            )

    def _tighten(self, allowed: float) -> None:
        """Start watching, or watch more closely than so far."""
        if allowed < _LEAST:
            return
        with self._starting:
            watched = self._shortest is not math.inf
            self._shortest = min(allowed, self._shortest)
            self._tighter = self._shortest * _SLACK
            if watched:
                self._wake.set()
                return
            with contextlib.suppress(RuntimeError):  # no thread to be had, or the interpreter is leaving
                threading.Thread(target=self._watch, name="sameroom-deadline", daemon=True).start()

    def _watch(self) -> None:
        warned: dict[int, Invocation] = {}
        while True:
            now = monotonic()
            # A request that begins now is near its deadline this much later, and not before.
            until = now + self._tighter * _AMPLE
            for thread, invocation in self._running.copy().items():
                near = invocation.began + invocation.allowed * _AMPLE
                if near > now:
                    until = min(until, near)
                elif warned.get(thread) is not invocation:
                    warned[thread] = invocation
                    self._warn(thread, invocation, now)
            self._wake.wait(max(0.001, until - now))
            self._wake.clear()

    def _warn(self, thread: int, invocation: Invocation, now: float) -> None:
        frame = sys._current_frames().get(thread)
        if frame is None or self._running.get(thread) is not invocation:
            return  # it has just ended
        stack = traceback.extract_stack(frame)
        (at,) = traceback.extract_stack(place(frame), limit=1)
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


def place(innermost: FrameType) -> FrameType:
    """The innermost frame that is the app's own rather than a library's; else the innermost."""
    libraries = _libraries(path for path in sys.path if not _installed(path))
    own = os.environ.get("SAMEROOM_APP", "").partition(":")[0].partition(".")[0]
    for frame, _ in traceback.walk_stack(innermost):
        module = frame.f_globals.get("__name__") or ""
        top = module.partition(".")[0]
        if top == own != "":
            return frame
        foreign = top in libraries or top in _NOBODYS or _installed(frame.f_code.co_filename)
        if top and not foreign:
            return frame
    return innermost


# Modules that are never the app's own; a program is ``__main__``, and ours or AWS's is the one that runs.
_NOBODYS = sys.stdlib_module_names | {"sameroom", "__main__"}


def _installed(path: str) -> bool:
    """Whether an installer put it here, in a folder that is for that alone."""
    return "site-packages" in path or "dist-packages" in path


def _libraries(folders: Iterable[str]) -> set[str]:
    """Top-level modules that installers put into ``folders``.

    In Lambda's package, libraries lie beside the app's own modules; their RECORD tells them apart.
    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    from glob import escape, glob  # rarely needed

    found = set()
    for folder in folders:
        for record in glob(os.path.join(escape(folder), "*.dist-info", "RECORD")):
            with contextlib.suppress(OSError), open(record, encoding="utf-8", errors="replace") as lines:
                found |= {re.split("[/.,]", line, maxsplit=1)[0] for line in lines}
    return found


watch = Watch()
