"""One sandbox: a process, its Runtime API, and the invocations it serves one at a time.

Life cycle and log lines as in AWS docs "Understanding the Lambda execution environment lifecycle".
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from ...errors import SandboxError
from ..http import Outcome
from . import failures, lines
from .failures import Failure
from .function import FunctionConfig
from .invocation import Call, Invocation
from .jail import View
from .lines import LogLine, Report
from .memory import LOOK_EVERY, Meter
from .output import Output
from .processes import JailRefused, Processes, signal_group
from .runtime_api import Event, RuntimeApi
from .streaming import Stream
from .supervisor import Order

#: Seconds without work before a sandbox is frozen. Lambda does it at once; a moment's patience saves two
#: signals and a wake-up per request while requests follow each other closely.
FREEZE_AFTER = 0.005
#: Lines kept of what was printed during init, to tell why it failed.
INIT_LINES = 40
#: Seconds that a dead process's connections may take to tell us the last that it sent.
LAST_WORDS = 0.1

ENDED = Failure("Sandbox.Failure", "The sandbox was shut down.")


class Blueprint(NamedTuple):
    """What all sandboxes of a function have in common. ``view`` is None without a jail."""

    config: FunctionConfig
    argv: tuple[str, ...]
    environment: Callable[[str], dict[str, str]]
    view: View | None
    processes: Processes
    log: Callable[[LogLine], None]


class Owner(Protocol):
    """Told what becomes of its sandboxes."""

    def idle(self, sandbox: Sandbox) -> None:
        """It waits for an event; ``begin`` may be called at once."""

    def ended(self, sandbox: Sandbox, failure: Failure | None) -> None:
        """It is gone; with the failure if its init failed and nobody was told of that yet."""


class Sandbox:
    """Made, ``start``ed, then given calls with ``begin`` whenever it is idle, until it ends.

    With a ``call`` from the start, init runs inside that invocation and under its timeout, as when Lambda
    repeats an init that took too long.
    """

    def __init__(self, number: int, blueprint: Blueprint, owner: Owner, call: Call | None = None) -> None:
        self.number = number
        self.phase: Literal["init", "idle", "busy", "finishing", "ended"] = "init"
        #: Milliseconds that init took, until they have been reported.
        self.init_ms: float | None = None
        #: The last of what it printed during init.
        self.init_output: deque[str] = deque(maxlen=INIT_LINES)
        self._blueprint = blueprint
        self._config = blueprint.config
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._api = RuntimeApi(self)
        self._output = Output(self._print)
        self._meter: Meter | None = None
        self._pid = 0
        self._exit: int | None = None
        self._call = call
        self._stream: Stream | None = None
        self._begun = time.perf_counter()
        self._deadline: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._freezing: asyncio.TimerHandle | None = None
        self._idle_since = 0.0
        self._frozen = False

    @property
    def ready(self) -> bool:
        """Whether ``begin`` may be called."""
        return self.phase == "idle" and self._api.waits

    @property
    def serving(self) -> bool:
        """Whether somebody waits for its answer."""
        return self._call is not None and self.phase in ("init", "busy")

    async def start(self) -> None:
        """Start the process. Raises JailRefused; whatever else goes wrong is a failed init."""
        blueprint, call, self._begun = self._blueprint, self._call, time.perf_counter()
        if call is not None:
            self._say(lines.start_line(call.request_id))
        self._allow(self._config.init_timeout if call is None else self._config.timeout)
        try:
            environment = blueprint.environment(await self._api.open())
            order = Order(0, blueprint.argv, environment, str(self._config.root), blueprint.view)
            self._pid = await blueprint.processes.start(order, self._output.writer, self._exited)
            self._meter = Meter(self._pid)
            self._keep_watch()
        except (SandboxError, OSError, JailRefused) as error:
            self._exit = 0
            if isinstance(error, JailRefused):
                self.kill()
                raise
            if self.phase != "ended":
                self._break(Failure("Runtime.InvalidEntrypoint", str(error)))
        finally:
            self._output.close_writer()
            if self.phase == "ended":
                # Killed before there was anything to kill.
                self._clear_away()

    def begin(self, call: Call) -> None:
        """Give it an invocation."""
        self._call = call
        self._begun = time.perf_counter()
        if self._frozen:
            self._frozen = False
            signal_group(self._pid, signal.SIGCONT)
        self._hand_over(call, self._config.timeout)
        # It works already: nothing that it prints is read before this.
        self._say(lines.start_line(call.request_id))
        self._allow(self._config.timeout)

    def refuse(self, call: Call, failure: Failure) -> None:
        """Answer a call that waited for this sandbox, whose init failed.

        Lambda would repeat the init first; the same code would fail in the same way, and say it all twice.
        """
        self._call = call
        self._say(lines.start_line(call.request_id))
        self._conclude(failure)

    def kill(self) -> None:
        """End it and everything it started. Who still waits for an answer gets an error."""
        if self.phase == "ended":
            return
        self.phase = "ended"
        if self._call is not None:
            self._answer(ENDED.outcome(self._call.request_id))
        for timer in (self._deadline, self._watch, self._freezing):
            if timer is not None:
                timer.cancel()
        self._clear_away()

    def _clear_away(self) -> None:
        if self._exit is None:
            signal_group(self._pid, signal.SIGKILL)
        else:
            self._output.close()
        self._api.close()

    # What the runtime does (runtime_api.Host)

    def polled(self) -> None:
        if self.phase == "init":
            self._initialised()
        elif self.phase == "finishing":
            self._report()
            self._rest()

    def answered(self, payload: bytes) -> None:
        self._settle(Outcome("result", payload))

    def failed(self, payload: bytes) -> None:
        self._settle(Outcome("error", payload))

    def answered_too_much(self, size: int) -> None:
        self._settle(failures.too_large(size))

    def init_failed(self, payload: bytes, error_type: str) -> None:
        self._break(failures.init_failed(error_type, payload))

    def streams(self, stream: Stream) -> None:
        assert self._call is not None
        assert self._call.opened is not None
        self._stream = stream
        if self._call.opened.done():
            stream.abandon()
        else:
            self._call.opened.set_result(stream)

    def stream_over(self, stream: Stream) -> None:
        if self.phase == "busy":
            self._stream = None
            outcome = Outcome("error", stream.error) if stream.error else Outcome("result", b"")
            self._settle(outcome, streamed=stream.began)

    def hung_up(self) -> None:
        if self._exit is not None:
            self._last_words()

    # What becomes of it

    def _initialised(self) -> None:
        assert self._deadline is not None
        spent = time.perf_counter() - self._begun
        if self._call is not None:
            self._hand_over(self._call, self._config.timeout - spent)
            return
        self._deadline.cancel()
        self._deadline = None
        self.init_ms = spent * 1000
        self._rest()

    def _hand_over(self, call: Call, seconds: float) -> None:
        self.phase = "busy"
        deadline = int((time.time() + seconds) * 1000)
        event = Event(call.payload, call.request_id, deadline, call.trace_id, self._config.arn)
        self._api.hand_over(event, streaming=call.opened is not None)
        self._keep_watch()

    def _rest(self) -> None:
        self.phase = "idle"
        self._idle_since = time.monotonic()
        if self._freezing is None:
            self._freezing = self._loop.call_later(FREEZE_AFTER, self._freeze)
        self._owner.idle(self)

    def _freeze(self) -> None:
        # One timer for many requests: it was set some requests ago and looks how things stand now.
        self._freezing = None
        if self.phase != "idle":
            return
        left = self._idle_since + FREEZE_AFTER - time.monotonic()
        if left > 0:
            self._freezing = self._loop.call_later(left, self._freeze)
            return
        self._frozen = True
        signal_group(self._pid, signal.SIGSTOP)

    def _keep_watch(self) -> None:
        if self._watch is None:
            self._watch = self._loop.call_later(LOOK_EVERY, self._look)

    def _look(self) -> None:
        self._watch = None
        if self.phase in ("idle", "ended"):
            return
        if self._meter is not None:
            self._meter.look(search=True)
        if self._meter is not None and self._meter.used > self._config.memory:
            self._break(failures.out_of_memory())
        else:
            self._keep_watch()

    def _allow(self, seconds: float) -> None:
        """So much time from now. One timer for many requests, as with freezing: it cannot be set too late,
        as each request is allowed as much as the one before it."""
        self._due = self._loop.time() + seconds
        if self._deadline is None:
            self._deadline = self._loop.call_later(seconds, self._out_of_time)

    def _out_of_time(self) -> None:
        self._deadline = None
        if self.phase == "idle":
            return
        left = self._due - self._loop.time()
        if left > 0:
            self._deadline = self._loop.call_later(left, self._out_of_time)
            return
        if self._call is None:
            self._break(failures.init_timed_out(self._config.init_timeout))
        else:
            self._break(failures.timed_out(self._config.timeout))

    def _exited(self, status: int) -> None:
        self._exit = status
        if self.phase == "ended":
            self._clear_away()
        elif self._api.connections:
            # What it sent last may still be on its way to us.
            self._loop.call_later(LAST_WORDS, self._last_words)
        else:
            self._last_words()

    def _last_words(self) -> None:
        # A stream that a slow client holds back is read to its end, or until the deadline.
        reading_on = self._stream is not None and self._api.connections
        if self.phase != "ended" and self._exit is not None and not reading_on:
            self._break(failures.exited(self._exit))

    def _break(self, failure: Failure) -> None:
        """It is of no further use: say why, answer whoever waits for it, and end it."""
        in_init, had_call = self.phase == "init", self._call is not None
        self._output.drain()
        if in_init:
            spent = (time.perf_counter() - self._begun) * 1000
            error_type = failure.error_type if failure.status == "error" else ""
            phase: Literal["init", "invoke"] = "invoke" if had_call else "init"
            self._say(lines.init_report_line(spent, phase, failure.status, error_type))
        if had_call:
            self._conclude(failure)
        elif not in_init:
            self._say(f"Error: {failure.reason}")
        self.kill()
        self._owner.ended(self, failure if in_init and not had_call else None)

    def _conclude(self, failure: Failure) -> None:
        """Answer the call at hand with a failure, and write the end of its log."""
        assert self._call is not None
        request_id = self._call.request_id
        if failure.status == "timeout":
            self._say(lines.timed_out_line(request_id, self._config.timeout, time.time()))
        elif not failure.payload:
            self._say(f"RequestId: {request_id} Error: {failure.reason}")
            self._say(failure.error_type)
        self._answer(failure.outcome(request_id))
        self._report(failure.status, failure.error_type if failure.status == "error" else "")

    def _answer(self, failure: Outcome) -> None:
        """Give the call at hand up, unless it has its answer."""
        if self._stream is not None:
            self._stream.finish(failure.payload)
        self._settle(failure, streamed=self._stream is not None and self._stream.began)

    def _settle(self, outcome: Outcome, streamed: bool = False) -> None:
        """The response is there; the invocation goes on until the runtime polls again."""
        assert self._call is not None
        if self.phase == "busy":
            self.phase = "finishing"
        duration = (time.perf_counter() - self._begun) * 1000
        self._call.settle(
            Invocation(
                outcome,
                self._call.request_id,
                sandbox=self.number,
                duration_ms=duration,
                billed_ms=lines.billed(duration, self.init_ms),
                init_ms=self.init_ms,
                max_memory_mb=self._memory(),
                streamed=streamed,
            )
        )

    def _report(self, status: str = "", error_type: str = "") -> None:
        assert self._call is not None
        self._output.drain()
        report = Report(
            self._call.request_id,
            duration=(time.perf_counter() - self._begun) * 1000,
            memory_size=self._config.memory,
            memory_used=self._memory(),
            init=self.init_ms,
            status=status,
            error_type=error_type,
        )
        self._say(lines.end_line(report.request_id))
        self._say(lines.report_line(report))
        self._call = self.init_ms = None

    def _memory(self) -> int:
        """The most MB it has used so far."""
        if self._meter is None:
            return 0
        self._meter.look()
        return self._meter.peak

    def _say(self, text: str) -> None:
        self._write("platform", text)

    def _print(self, text: str) -> None:
        if self.phase == "init":
            self.init_output.append(text)
        self._write("output", text)

    def _write(self, kind: Literal["output", "platform"], text: str) -> None:
        request_id = self._call.request_id if self._call is not None else ""
        self._blueprint.log(LogLine(kind, text, self.number, request_id, time.time()))
