"""What ``sameroom dev`` shows: a line per request, and what the app said under it.

Thousands of requests a second may pass, so lines are put together as plain strings, and written in
batches some thirty times a second.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections import deque
from collections.abc import Iterable

from ..errors import SameroomError
from ..local.develop import Opening
from ..local.explain import explain
from ..local.http import HttpRequest
from ..local.jobs import Batch
from ..local.packaged import libraries
from ..local.reload import Changed
from ..local.sandboxes.invocation import Invocation
from ..local.sandboxes.lines import LogLine
from ..local.sandboxes.pool import Replacement
from ..local.schedules import COUNTED, Missed, Plan, Run
from ..local.server import Exchange
from ..project import Settings
from . import job_screen, site_screen
from .banner import banner, schedule_rows
from .paint import Paint, harmless
from .schedule_screen import failure, missed_text, notes, spoken, title
from .screen import Printer, bug_text, error_text
from .told import Teller

#: Seconds between two batches.
BATCH = 0.03
#: Seconds that a request's line waits for the last of the app's words, and that an app's words wait for the
#: end of their request before they are shown without.
_PATIENCE = 0.05
_LIVE = 0.4
_MARGIN = " " * 9
_STATUS_STYLES = {2: "green", 3: "cyan", 4: "yellow", 5: "error"}


class DevScreen:
    """The pretty form. Belongs to one event loop."""

    def __init__(self, printer: Printer | None = None, *, files: bool = False) -> None:
        self._files = files
        self._printer = printer or Printer(sys.stdout)
        self._paint: Paint = self._printer.paint
        self._teller = Teller(self._paint, ())
        self._door = ""
        self._settings: Settings | None = None
        self._serving = False
        self._waiting: asyncio.TimerHandle | None = None
        self._finished: deque[tuple[float, Exchange | Run | Batch]] = deque()
        #: The app's words by request, each with the time of its first.
        self._said: dict[str, tuple[float, list[str]]] = {}
        self._reported: set[str] = set()
        #: What runs, by request: how its line will begin.
        self._running: dict[str, str] = {}
        #: Requests that are runs of a schedule, and batches of jobs.
        self._runs: set[str] = set()
        self._jobs: set[str] = set()
        self._clock = (0, "")
        self._column = title_room(self._printer.columns)
        self._statuses: dict[int, str] = {}

    # What happens (local.develop.Screen)

    def opened(self, opening: Opening) -> None:
        project = opening.project
        self._door = opening.entrance.door
        self._settings = project.settings
        packed = libraries(project.app.root, project.folder) if opening.manner.packaged else frozenset()
        self._teller = Teller(self._paint, tuple({str(project.folder), str(project.app.root)}), packed)
        self._printer.write(banner(opening, self._paint))

    def began(self, request_id: str, request: HttpRequest) -> None:
        self._running[request_id] = _title(request)

    def exchanged(self, exchange: Exchange) -> None:
        self._ended(exchange)

    def run_began(self, run: Run) -> None:
        self._running[run.request_id] = title(run)
        self._runs.add(run.request_id)

    def run_ended(self, run: Run) -> None:
        self._ended(run)

    def jobs_began(self, batch: Batch) -> None:
        self._running[batch.request_id] = job_screen.title(batch)
        self._jobs.add(batch.request_id)

    def jobs_ended(self, batch: Batch) -> None:
        self._ended(batch)

    def served(self, request: HttpRequest, status: int, duration_ms: float) -> None:
        if site_screen.is_told(status, self._files):
            what = self._paint("dim", f"{_title(request):<{self._column}}")
            self._now(self._row(request.time, self._status(status), what, _figures(duration_ms, None)))

    def site_said(self, line: str) -> None:
        self._now(site_screen.said(line, self._paint))

    def site_ready(self, what: str, seconds: float) -> None:
        self._now(self._line(self._paint("green", "✓"), f"{what} in {_ms(seconds * 1000)}"))

    def missed(self, missed: Missed) -> None:
        self._now(f"{self._paint('yellow', '▲')} {missed_text(missed, COUNTED)}\n")

    def planned(self, plans: tuple[Plan, ...]) -> None:
        told = self._under(row for _, row in schedule_rows(plans, self._paint))
        self._now(self._line(" ", "schedules changed" if plans else "there are no schedules any more") + told)

    def log(self, line: LogLine) -> None:
        if line.kind == "output":
            first = self._said.get(line.request_id)
            if first is None:
                self._said[line.request_id] = (time.monotonic(), [line.text])
            else:
                first[1].append(line.text)
            self._soon()
        elif line.kind == "notice":
            self._now(f"{self._paint('yellow', '▲')} {line.text}\n")
        elif line.text.startswith("REPORT "):
            self._reported.add(line.request_id)

    def loaded(self, replacement: Replacement, seconds: float, changed: Changed | None) -> None:
        if replacement.superseded:
            return
        _, said = self._said.pop("", (0.0, []))
        self._serving = self._serving or replacement.ok
        if replacement.ok:
            what = f"{changed.describe()} changed, reloaded" if changed else "ready"
            text = self._line(self._paint("green", "✓"), f"{what} in {_ms(seconds * 1000)}")
            self._now(text + self._under(self._teller.lines(said)))
            return
        what = f"{changed.describe()} changed; it" if changed else "The app"
        text = self._line(self._paint("error", "✗"), self._paint("bold", f"{what} cannot be loaded"))
        text += self._under(self._teller.failure(replacement.error))
        stay = "The code of before goes on serving. " if self._serving else ""
        self._now(text + self._line(" ", self._paint("cyan", f"{stay}Save a mended file to try again.")))

    def trouble(self, error: SameroomError) -> None:
        self._now(error_text(error, self._paint, self._printer.columns))

    def failed(self, error: BaseException) -> None:
        self._now(bug_text(error, self._paint))

    def closing(self) -> None:
        self._now("")
        self._printer.line(self._paint("dim", "\nending…") if self._paint.colour else "ending")

    def closed(self) -> None:
        """Show what still waits to be shown."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._now("".join(self._live(math.inf)))

    # Batches

    def _ended(self, ended: Exchange | Run | Batch) -> None:
        self._running.pop(ended.request_id, None)
        self._finished.append((time.monotonic(), ended))
        self._soon()

    def _soon(self) -> None:
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(BATCH, self._flush)

    def _flush(self) -> None:
        self._waiting = None
        now = time.monotonic()
        parts: list[str] = []
        while self._finished:
            since, ended = self._finished[0]
            request_id = ended.request_id
            if ended.invocation and request_id not in self._reported and now - since < _PATIENCE:
                break
            self._finished.popleft()
            parts.append(self._told(ended))
        if self._said:
            parts += self._live(now)
        if not self._finished:
            self._reported.clear()
        if parts:
            self._printer.write("".join(parts))
        if self._finished or self._said:
            self._soon()

    def _live(self, now: float) -> list[str]:
        """What was said outside of requests, in those that take long, and after the end of others."""
        waiting = {ended.request_id for _, ended in self._finished}
        due = [
            request_id
            for request_id, (since, _) in self._said.items()
            if request_id not in waiting and now - since > _LIVE
        ]
        parts = []
        for request_id in due:
            _, lines = self._said.pop(request_id)
            where = f"··· {self._running.get(request_id, '')}"
            if request_id not in self._running:
                where = f"··· after request {request_id}" if request_id else "··· at import"
            parts.append(f"{self._time(time.time())} {self._paint('dim', where)}\n")
            parts.append(self._under(self._lines(request_id, lines)))
        return parts

    def _now(self, text: str) -> None:
        """``text`` after all that was there before it."""
        for _, ended in self._finished:
            self._printer.write(self._told(ended))
        self._finished.clear()
        if text:
            self._printer.write(self._paint.plain(text))

    # Lines

    def _told(self, ended: Exchange | Run | Batch) -> str:
        if isinstance(ended, Batch):
            text = self._batch(ended)
        else:
            text = self._exchange(ended) if isinstance(ended, Exchange) else self._run(ended)
        said = self._said.pop(ended.request_id, None)
        text += self._under(self._lines(ended.request_id, said[1])) if said else ""
        self._runs.discard(ended.request_id)
        self._jobs.discard(ended.request_id)
        return text

    def _lines(self, request_id: str, said: list[str]) -> Iterable[str]:
        if request_id in self._runs:
            said = list(spoken(said))
        elif request_id in self._jobs:
            said = list(job_screen.spoken(said))
        return self._teller.lines(said)

    def _exchange(self, exchange: Exchange) -> str:
        status = self._status(exchange.status)
        details = _figures(exchange.duration_ms, exchange.invocation)
        if exchange.hung_up:
            details += " · the client hung up"
        why = self._explained(exchange) if exchange.status >= 400 else ""
        return self._row(exchange.request.time, status, _title(exchange.request), details) + self._why(why)

    def _explained(self, exchange: Exchange) -> str:
        replaced = site_screen.replaced(self._settings, exchange.status) if self._settings else ""
        return explain(exchange, self._door) or replaced

    def _status(self, status: int) -> str:
        text = self._statuses.get(status)
        if text is None:
            style = _STATUS_STYLES.get(status // 100, "bold")
            text = self._statuses[status] = self._paint(style, str(status))
        return text

    def _run(self, run: Run) -> str:
        why = failure(run.invocation) if run.invocation is not None else ""
        mark = self._paint("error", "✗  ") if why else self._paint("green", "✓  ")
        details = _figures(run.duration_ms, run.invocation) + notes(run)
        return self._row(run.began, mark, title(run), details) + self._why(why)

    def _batch(self, batch: Batch) -> str:
        why = job_screen.failure(batch)
        mark = self._paint("error", "✗  ") if why else self._paint("green", "✓  ")
        details = _figures(batch.duration_ms, batch.invocation) + job_screen.notes(batch)
        return self._row(batch.began, mark, job_screen.title(batch), details) + self._why(why)

    def _row(self, when: float, mark: str, what: str, details: str) -> str:
        return f"{self._time(when)} {mark} {what:<{self._column}} {self._paint('dim', details)}\n"

    def _why(self, why: str) -> str:
        if not why:
            return ""
        return f"{_MARGIN}{self._paint('dim', '→')} {self._paint('yellow', harmless(why))}\n"

    def _under(self, lines: Iterable[str]) -> str:
        bar = self._paint("dim", "│")
        return "".join(f"{_MARGIN}{bar} {line}\n" for line in lines)

    def _line(self, mark: str, text: str) -> str:
        return f"{self._time(time.time())} {mark} {text}\n"

    def _time(self, when: float) -> str:
        second = int(when)
        if self._clock[0] != second:
            self._clock = (second, self._paint("dim", time.strftime("%H:%M:%S", time.localtime(second))))
        return self._clock[1]


class RawScreen(DevScreen):
    """``--raw-log``: exactly the lines that CloudWatch would have. All else goes to standard error."""

    def __init__(self) -> None:
        super().__init__(Printer(sys.stderr))
        self._log = Printer(sys.stdout)

    def began(self, request_id: str, request: HttpRequest) -> None:
        """The log has START."""

    def _ended(self, ended: Exchange | Run | Batch) -> None:
        """The log has what there is to say."""

    def run_began(self, run: Run) -> None:
        """The log has START."""

    def jobs_began(self, batch: Batch) -> None:
        """The log has START."""

    def log(self, line: LogLine) -> None:
        if line.kind == "notice":
            super().log(line)
        else:
            self._log.line(line.text)


def title_room(columns: int) -> int:
    """What a title may take, so that time, status and figures fit on its line: 48 where there is room."""
    return max(24, min(48, columns - 44))


def _title(request: HttpRequest) -> str:
    return f"{harmless(request.method):<7} {harmless(request.target)}"


def _figures(milliseconds: float, invocation: Invocation | None) -> str:
    told = _ms(milliseconds)
    if invocation is not None:
        if invocation.init_ms is not None:
            told += f" · init {_ms(invocation.init_ms)}"
        if invocation.max_memory_mb:
            told += f" · {invocation.max_memory_mb} MB"
    return told


def _ms(milliseconds: float) -> str:
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f} s"
