"""Entries of a log as lines: time, level, request, message; tracebacks with links to the files here."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .paint import LEVELS, Paint

if TYPE_CHECKING:
    from ..operate.log_lines import Entry
    from ..operate.reports import Report

#: Where the zip's files lie on Lambda.
TASK_ROOT = "/var/task/"
_FRAME = re.compile(r'^(?P<indent>\s*)File "(?P<file>[^"]+)", line (?P<line>\d+)(?P<rest>.*)$')
_SHORT = {"WARNING": "WARN", "CRITICAL": "FATAL"}
#: Columns before the second line and those after it: under the level, as ``sameroom dev`` has it.
_MARGIN = 9


class Manner(NamedTuple):
    """``folder`` is the project's; with ``links`` the terminal shows links (OSC 8)."""

    paint: Paint
    folder: Path
    links: bool = False


def lines(entry: Entry, manner: Manner) -> str:
    """One entry, with its line feeds; where the terminal ends, it wraps."""
    paint = manner.paint
    level = _SHORT.get(entry.level, entry.level)[:5]
    head = (
        f"{paint('dim', clock(entry.at))} {paint(LEVELS.get(entry.level, 'bold'), f'{level:<5}')} "
        f"{paint('magenta', f'{entry.request[:8]:<8}')} "
    )
    seam = f"\n{' ' * _MARGIN}{paint('dim', '│')} "
    return head + seam.join(body(entry, manner)) + "\n"


def body(entry: Entry, manner: Manner) -> list[str]:
    """What one entry says, without its time, level and request; one line at least."""
    paint = manner.paint
    if entry.report is not None:
        return [paint("dim", _report(entry.report)) + _status(entry.report, paint)]
    told = [clean(line) for line in entry.message.split("\n")] if entry.message else []
    return [*told, *(_traced(line, manner) for line in entry.traceback.splitlines())] or [""]


def to_json(entry: Entry) -> dict[str, Any]:
    """For scripts: ``at`` in UTC, ISO 8601 with milliseconds; ``report`` null but at a request's end."""
    at = datetime.fromtimestamp(entry.at / 1000, timezone.utc).isoformat(timespec="milliseconds")
    return {
        "at": at.replace("+00:00", "Z"),
        "level": entry.level,
        "request": entry.request,
        "message": entry.message,
        "traceback": entry.traceback,
        "report": entry.report and entry.report._asdict(),
        "stream": entry.stream,
    }


def clock(at: int) -> str:
    """Milliseconds since the epoch as the time of day, here."""
    return time.strftime("%H:%M:%S", time.localtime(at / 1000))


def day(at: int) -> str:
    """The day here, "2026-11-21"."""
    return time.strftime("%Y-%m-%d", time.localtime(at / 1000))


def clean(text: str) -> str:
    """``text`` from outside without what could play with the terminal; tabs stay."""
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in text)


def _report(report: Report) -> str:
    told = f"· {_ms(report.duration)}"
    if report.init is not None:
        told += f" · init {_ms(report.init)}"
    if report.memory is not None:
        told += f" · {report.memory} MB" + (f" of {report.of_memory}" if report.of_memory else "")
    return told


def _status(report: Report, paint: Paint) -> str:
    return f" {paint('dim', '·')} {paint('error', clean(report.status))}" if report.status else ""


def _traced(line: str, manner: Manner) -> str:
    paint, frame = manner.paint, _FRAME.match(line)
    if frame is None:
        error = (
            bool(line) and not line[0].isspace() and not line.startswith(("Traceback", "During", "The above"))
        )
        return paint("error" if error else "dim", clean(line))
    home = at_home(frame["file"], manner.folder)
    if home is None:
        return paint("dim", clean(line))
    place = paint("cyan", clean(f"./{home.relative_to(manner.folder)}:{frame['line']}"))
    if manner.links:
        place = f"\x1b]8;;{home.as_uri()}\x1b\\{place}\x1b]8;;\x1b\\"
    return f"{frame['indent']}File {place}{clean(frame['rest'])}"


def at_home(file: str, folder: Path) -> Path | None:
    """The project's file that ``file`` on Lambda was made from; None where there is none."""
    inside = file.removeprefix(TASK_ROOT)
    if inside == file or ".." in inside.split("/"):
        return None
    places = (folder / inside, folder / "src" / inside)
    return next((place for place in places if place.is_file()), None)


def _ms(milliseconds: float) -> str:
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f} s"
