"""All sandboxes of one function: who serves which request, how many there are, and which code they run."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import json
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from . import failures, function
from .failures import Failure
from .function import FunctionConfig
from .invocation import Call, Invocation
from .lines import LogLine
from .processes import IMPORTED_FROM, JailRefused, Processes
from .sandbox import Blueprint, Sandbox
from .streaming import StreamSink

#: Seconds that a request waits for a sandbox which has answered and tidies up, before another is started.
PATIENCE = 0.05
#: Seconds that a function which has answered may go on when everything is closed.
LAST_LINES = 0.5


class Replacement(NamedTuple):
    """How a reload went. ``error`` says why the old code stays; ``superseded``: a later reload took over."""

    ok: bool
    error: str = ""
    superseded: bool = False
    init_ms: float | None = None


class Pool:
    """The sandboxes of a function. An async context manager; lives in one event loop.

    A request goes to the sandbox that was busy last, so that few are kept warm under little load. When none
    is idle it goes to the first that is free: the one started for it, or another that has answered meanwhile.
    """

    def __init__(self, config: FunctionConfig, log: Callable[[LogLine], None]) -> None:
        self._config = config
        self._log = log
        self._number = 0
        self._sandboxes: set[Sandbox] = set()
        #: Sandboxes with old code that still serve a request.
        self._retired: set[Sandbox] = set()
        self._idle: list[Sandbox] = []
        self._waiting: deque[Call] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._candidate: Sandbox | None = None
        self._replaced: asyncio.Future[Replacement] | None = None
        #: The code on disk could not be loaded: more sandboxes would not come up.
        self._broken = False
        self._jailed = config.isolate
        self._stack = contextlib.ExitStack()
        self._closed = False

    async def __aenter__(self) -> Pool:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Make ready to start sandboxes. SandboxError when the app's interpreter does not run."""
        self._interpreter = await asyncio.to_thread(function.examine, self._config.python)
        self._library = _library(self._stack)
        self._processes = Processes()
        self._processes.open()
        self._blueprint = self._draw()

    async def invoke(
        self, payload: bytes, *, request_id: str, streaming: StreamSink | None = None, trace_id: str = ""
    ) -> Invocation:
        """Run the function on an event (JSON text). The result comes back as the runtime posted it.

        With ``streaming`` a streamed response goes to that sink as it comes; a buffered one comes back.
        Cancelling this does not stop the function.
        """
        if self._closed:
            return Invocation(_CLOSED.outcome(request_id), request_id)
        call = Call(payload, request_id, trace_id or _trace_id(), streaming is not None)
        if not self._place(call):
            return Invocation(failures.throttled(), request_id)
        try:
            if streaming is not None:
                await _pass_on(call, streaming)
            return await call.done
        except asyncio.CancelledError:
            with contextlib.suppress(ValueError):
                self._waiting.remove(call)
            raise

    async def replace(self, config: FunctionConfig | None = None) -> Replacement:
        """Load the code anew. The old serves until one new sandbox waits for its first event; if none ever
        does, it goes on. The function may be configured anew at the same time (its interpreter may not).
        """
        self._drop_candidate(Replacement(False, superseded=True))
        if config is not None:
            self._config = config
        self._blueprint = self._draw()
        replaced: asyncio.Future[Replacement] = asyncio.get_running_loop().create_future()
        self._replaced = replaced
        self._candidate = self._launch()
        self._sandboxes.discard(self._candidate)
        try:
            return await replaced
        except asyncio.CancelledError:
            if self._replaced is replaced:
                self._drop_candidate(Replacement(False, superseded=True))
            raise

    async def close(self) -> None:
        """End every process, and wait until they are gone. Requests under way fail; those that have just
        been answered may come to the end of their log."""
        self._closed = True
        self._drop_candidate(Replacement(False, superseded=True))
        while self._waiting:
            call = self._waiting.popleft()
            call.settle(Invocation(_CLOSED.outcome(call.request_id), call.request_id))
        end = time.monotonic() + LAST_LINES
        while any(sandbox.phase == "finishing" for sandbox in self._sandboxes | self._retired):
            if time.monotonic() > end:
                break
            await asyncio.sleep(0.002)
        for sandbox in self._sandboxes | self._retired:
            sandbox.kill()
        await self._processes.close()
        # The last exits and closed connections are told on the loop's next rounds.
        await asyncio.gather(*self._tasks)
        await asyncio.sleep(0)
        self._stack.close()

    # What sandboxes tell (sandbox.Owner)

    def idle(self, sandbox: Sandbox) -> None:
        if sandbox is self._candidate:
            self._swap(sandbox)
        if sandbox in self._retired:
            self._retired.discard(sandbox)
            sandbox.kill()
            return
        if self._waiting:
            sandbox.begin(self._waiting.popleft())
            self._grow()
        else:
            self._idle.append(sandbox)

    def ended(self, sandbox: Sandbox, failure: Failure | None) -> None:
        self._sandboxes.discard(sandbox)
        self._retired.discard(sandbox)
        if sandbox in self._idle:
            self._idle.remove(sandbox)
        if sandbox is self._candidate:
            self._broken = True
            self._drop_candidate(Replacement(False, _explain(failure, sandbox.init_output)))
        elif failure is not None and self._waiting:
            call = self._waiting.popleft()
            if failure.status == "timeout":
                self._launch(call)
            else:
                sandbox.refuse(call, failure)
        self._grow()

    # How many there are

    def _place(self, call: Call) -> bool:
        """Give the call to a sandbox, or let it wait for one; False when the function is at its limit."""
        while self._idle:
            sandbox = self._idle.pop()
            if sandbox.ready:
                sandbox.begin(call)
                return True
            # Its runtime hung up while it was idle.
            self._sandboxes.discard(sandbox)
            sandbox.kill()
        serving = sum(sandbox.serving for sandbox in self._sandboxes | self._retired)
        if serving + len(self._waiting) >= self._config.concurrency:
            return False
        self._waiting.append(call)
        self._grow()
        asyncio.get_running_loop().call_later(PATIENCE, self._hurry, call)
        return True

    def _grow(self) -> None:
        """Start as many sandboxes as requests wait for in vain, up to the limit."""
        if self._candidate is not None or (self._broken and self._sandboxes):
            return
        # With nothing left to protect, what is on disk may show what it is worth.
        self._broken = False
        coming = sum(
            sandbox.phase == "finishing" or (sandbox.phase == "init" and not sandbox.serving)
            for sandbox in self._sandboxes
        )
        for _ in range(len(self._waiting) - coming):
            if len(self._sandboxes) < self._config.concurrency:
                self._launch()

    def _hurry(self, call: Call) -> None:
        """The sandbox that was to be free at once is not."""
        if call not in self._waiting or self._candidate is not None or self._broken:
            return
        starting = any(sandbox.phase == "init" for sandbox in self._sandboxes)
        if not starting and len(self._sandboxes) < self._config.concurrency:
            self._launch()

    def _launch(self, call: Call | None = None) -> Sandbox:
        self._number += 1
        sandbox = Sandbox(self._number, self._blueprint, self, call)
        self._sandboxes.add(sandbox)
        task = asyncio.get_running_loop().create_task(self._start(sandbox))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return sandbox

    async def _start(self, sandbox: Sandbox) -> None:
        try:
            await sandbox.start()
        except JailRefused as refusal:
            if sandbox not in self._sandboxes and sandbox is not self._candidate:
                return
            if self._jailed:
                self._jailed = False
                self._log(LogLine("notice", _no_jail(str(refusal)), time=time.time()))
            self._blueprint = self._draw()
            self._sandboxes.discard(sandbox)
            again = self._launch()
            if sandbox is self._candidate:
                self._candidate = again
                self._sandboxes.discard(again)

    # Which code they run

    def _draw(self) -> Blueprint:
        config, interpreter, library = self._config, self._interpreter, self._library
        if config.bytecode is not None:
            config.bytecode.mkdir(parents=True, exist_ok=True)
        environment = functools.partial(function.environment, config, interpreter, library)
        return Blueprint(
            config,
            function.command(config, interpreter),
            environment,
            function.view(config, interpreter, library) if self._jailed else None,
            self._processes,
            self._log,
        )

    def _swap(self, candidate: Sandbox) -> None:
        for sandbox in self._sandboxes:
            if sandbox.serving or sandbox.phase == "finishing":
                self._retired.add(sandbox)
            else:
                sandbox.kill()
        self._sandboxes = {candidate}
        self._idle.clear()
        self._broken = False
        self._candidate = None
        self._conclude(Replacement(True, init_ms=candidate.init_ms))

    def _drop_candidate(self, replacement: Replacement) -> None:
        if self._candidate is not None:
            self._candidate.kill()
            self._candidate = None
            self._conclude(replacement)

    def _conclude(self, replacement: Replacement) -> None:
        replaced, self._replaced = self._replaced, None
        if replaced is not None and not replaced.done():
            replaced.set_result(replacement)


_CLOSED = Failure("Sandbox.Failure", "The sandboxes were shut down.")


async def _pass_on(call: Call, sink: StreamSink) -> None:
    """If the function streams its response, pump that into the sink."""
    assert call.opened is not None
    either: set[asyncio.Future[Any]] = {call.opened, call.done}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if call.opened.done():
            await call.opened.result().pump(sink)
    finally:
        # From now on a stream that opens has nobody to go to.
        call.opened.cancel()


def _library(stack: contextlib.ExitStack) -> Path:
    """A folder with nothing but ``sameroom`` in it, for an interpreter that does not have it, or another.

    One per place that we are installed in, so that what Python compiles there is found again; where there is
    no home to keep it in, one that goes with ``stack``. Not in /tmp, which the app must find empty.
    """
    place = hashlib.sha256(os.fsencode(IMPORTED_FROM)).hexdigest()[:12]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    library = caches / "sameroom" / "library" / place
    try:
        library.mkdir(parents=True, exist_ok=True)
    except OSError:
        elsewhere = "/var/tmp"  # noqa: S108
        place = elsewhere if os.access(elsewhere, os.W_OK) else tempfile.gettempdir()
        library = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sameroom-", dir=place)))
    with contextlib.suppress(FileExistsError):
        (library / "sameroom").symlink_to(IMPORTED_FROM / "sameroom", target_is_directory=True)
    return library


def _trace_id() -> str:
    """An X-Ray trace header of a trace that is not sampled."""
    noise = os.urandom(20).hex()
    return f"Root=1-{int(time.time()):08x}-{noise[:24]};Parent={noise[24:]};Sampled=0"


def _explain(failure: Failure | None, output: deque[str]) -> str:
    """Why the app could not be loaded: the runtime's error with its traceback, or what was printed."""
    if failure is None:
        return "The sandbox was shut down."
    if not failure.payload:
        return "\n".join([*output, f"{failure.error_type}: {failure.reason}"])
    try:
        posted = json.loads(failure.payload)
        trace = [line.rstrip("\n") for line in posted.get("stackTrace") or []]
        return "\n".join([*trace, f"{posted['errorType']}: {posted['errorMessage']}"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return failure.payload.decode("utf-8", "replace")


def _no_jail(reason: str) -> str:
    return (
        "Sandboxes run without isolation here: unlike on Lambda, the app may write to its own code, and it "
        f"shares /tmp with this machine. The system refused: {reason}. On Linux, allow user namespaces "
        "(sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0)."
    )
