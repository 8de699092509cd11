"""What ``sameroom build`` shows: how far it is, then what is in the artifact. The table is a pure string."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .live_screen import LiveScreen, bar
from .paint import Paint, harmless

if TYPE_CHECKING:
    from ..artifact.report import Report

#: Rows and pieces of advice that are shown; all are in --json and --html.
_ROWS = 15
_ADVICE = 4
_MB = 1 << 20


class BuildScreen(LiveScreen):
    """Stages as they come, and in the end the report."""

    def __enter__(self) -> BuildScreen:
        super().__enter__()
        return self

    def done(self, report: Report, width: int) -> None:
        """The artifact is there."""
        self.printer.write(table(report, self.printer.paint, width))


def table(report: Report, paint: Paint, width: int) -> str:
    """The whole report in at most ``width`` columns (80 at least), ending with where the zip is."""
    width = min(max(width, 80), 120)
    artifact = report.artifact
    lines = ["", *_parts(report, paint, width), "", *_limits(report, paint)]
    lines += _left_out(report, paint, width)
    for advice in report.advice[:_ADVICE]:
        lines += ["", *_wrapped(paint("yellow", "→"), advice.says, width, paint)]
        lines += [f"    {paint('dim', line)}" for line in textwrap.wrap(advice.do, width - 4)]
    if len(report.advice) > _ADVICE:
        lines += ["", paint("dim", f"    {len(report.advice) - _ADVICE} more in --html and --json")]
    warnings = list(artifact.notes)
    if not artifact.proof.ran:
        warnings.insert(0, f"The app was not imported from the zip. {artifact.proof.why_not}")
    for warning in warnings:
        lines += ["", *_wrapped(paint("yellow", "▲"), warning, width, paint)]
    return "\n".join([*lines, "", *_last(report, paint)]) + "\n"


def _last(report: Report, paint: Paint) -> Iterator[str]:
    artifact = report.artifact
    how = f"in {artifact.seconds:.1f} s" if artifact.fresh else "nothing had changed"
    path = harmless(str(artifact.path))
    yield f"  {paint('green', '✓')} {paint('bold', path)}"
    facts = f"{_mb(artifact.zipped)}, {artifact.target}, app {harmless(artifact.app)}, {how}"
    yield f"    {paint('dim', facts)}"
    yield f"    {paint('dim', f'sha256 {artifact.sha256}')}"


def _parts(report: Report, paint: Paint, width: int) -> Iterator[str]:
    shown = report.rows if len(report.rows) <= _ROWS + 1 else report.rows[:_ROWS]
    rest = report.rows[len(shown) :]
    room = width - 2 - 3 * 11 - 2
    longest = min(30, room - 32)
    name_width = room - longest - 2
    head = f"  {'':<{name_width}}{'zipped':>11}{'unzipped':>11}{'import':>11}"
    yield paint("dim", head)
    largest = max((row.zipped for row in report.rows), default=1) or 1
    for row in shown:
        name = row.name or "(your project)"
        label = _cut(f"{name} {row.version}".rstrip(), name_width)
        called, version = paint.plain(label[: len(name)]), label[len(name) :]
        cells = f"{_mb(row.zipped):>11}{_mb(row.unzipped):>11}{_ms(row.import_ms):>11}"
        drawn = paint("blue", _blocks(row.zipped / largest * longest, paint))
        yield (f"  {called}{paint('dim', version)}{' ' * (name_width - len(label))}{cells}  {drawn}".rstrip())
    if rest:
        took = [row.import_ms for row in rest if row.import_ms is not None]
        cells = f"{_mb(sum(row.zipped for row in rest)):>11}{_mb(sum(row.unzipped for row in rest)):>11}"
        cells += f"{_ms(sum(took) if took else None):>11}"
        yield paint("dim", f"  {f'{len(rest)} smaller ones':<{name_width}}{cells}")
    for name, milliseconds in report.elsewhere:
        yield paint("dim", f"  {name:<{name_width}}{'':>22}{_ms(milliseconds):>11}")
    artifact = report.artifact
    whole = artifact.proof.import_ms if artifact.proof.ran else None
    cells = f"{_mb(artifact.zipped):>11}{_mb(artifact.unzipped):>11}{_ms(whole):>11}"
    yield paint("bold", f"  {'all':<{name_width}}{cells}")


def _limits(report: Report, paint: Paint) -> Iterator[str]:
    for distance in report.distances:
        share = distance.used / distance.most
        style = "red" if share > 1 else "yellow" if share > 0.8 else "green"
        filled = bar(min(share, 1), 20, paint, style)
        most = f"{share:4.0%} of {_mb(distance.most)}"
        yield f"  {filled} {most} {paint('dim', distance.limit)}"


def _left_out(report: Report, paint: Paint, width: int) -> Iterator[str]:
    if not report.left_out:
        return
    yield ""
    yield paint("dim", "  left out")
    for one in report.left_out:
        files = "file " if one.files == 1 else "files"
        reason = _cut(harmless(one.reason), width - 30)
        yield paint.plain(f"  {one.files:>7,} {files} {_mb(one.bytes):>9}  {reason}")


def _wrapped(mark: str, text: str, width: int, paint: Paint) -> Iterator[str]:
    for number, line in enumerate(textwrap.wrap(harmless(text), width - 4)):
        yield f"  {mark if number == 0 else ' '} {paint.plain(line)}"


def _blocks(length: float, paint: Paint) -> str:
    """A bar ``length`` columns long, to the eighth of one."""
    if not paint.unicode:
        return "#" * round(length)
    whole, eighths = divmod(round(length * 8), 8)
    return "█" * whole + ("▏▎▍▌▋▊▉"[eighths - 1] if eighths else "")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _mb(size: int) -> str:
    figure = size / _MB
    if size and figure < 0.01:
        return "<0.01 MB"
    return f"{figure:,.{2 if figure < 1 else 1 if figure < 100 else 0}f} MB"


def _ms(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "-"
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:,.0f} ms"
