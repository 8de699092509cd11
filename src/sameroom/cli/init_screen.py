"""What ``sameroom init`` says and asks."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator

import click

import sameroom

from ..project.begin import Candidate, Left, Plan, Trial
from .banner import DOOR_NAMES, shortened
from .paint import Paint, harmless
from .screen import Printer


def asked(found: tuple[Candidate, ...], out: Printer) -> Candidate:
    """Let the person at the keyboard choose."""
    paint = out.paint
    width = max(len(one.spec) for one in found)
    out.line(f"\n  {paint('bold', f'There are {len(found)} apps here.')}\n")
    for number, one in enumerate(found, 1):
        about = f"{one.file}, a factory" if one.kind == "factory" else one.file
        mark = paint("cyan", str(number).rjust(2))
        out.line(f"  {mark}  {one.spec.ljust(width)}  {paint('dim', about)}")
    out.line()
    return found[click.prompt("  Which one", type=click.IntRange(1, len(found)), default=1) - 1]


def report(plan: Plan, trial: Trial, written: bool, streams: tuple[Printer, Printer]) -> None:
    """All of it: to standard output what was written, to standard error what to look at."""
    out, err = streams
    out.write("\n".join(_told(plan, trial, written, out.paint)) + "\n")
    notes = [*_warnings(plan, trial, err.paint), *not_carried(plan.source, plan.left, err.paint)]
    if notes:
        err.write("\n".join(notes) + "\n\n")
    out.write("\n".join(_next_steps(plan, out.paint)) + "\n\n")


def _told(plan: Plan, trial: Trial, written: bool, paint: Paint) -> Iterator[str]:
    yield f"\n  {paint('title', 'sameroom')} {paint('dim', sameroom.__version__)}\n"
    rows = [
        ("app", _app(plan, trial, paint)),
        ("door", _door(plan, paint)),
        ("runtime", _runtime(plan, paint)),
        ("lock", plan.lock or paint("yellow", "none")),
    ]
    if plan.source:
        rows.append(("from", plan.source))
    for name, text in rows:
        yield f"  {paint('dim', name.ljust(7))}  {paint.plain(text)}"
    yield ""
    if plan.before == plan.after:
        yield f"  {paint('green', '✓')} {paint('bold', plan.file.name)} says so already.\n"
        return
    done = f"{paint('green', '✓')} Written to" if written else f"{paint('dim', '·')} Would be written to"
    yield f"  {done} {paint('bold', plan.file.name)}:\n"
    for line in plan.section.splitlines():
        yield f"    {paint('cyan', line) if line.startswith('[') else line}".rstrip()
    yield ""


def _app(plan: Plan, trial: Trial, paint: Paint) -> str:
    if plan.app is None:
        return "one for every stage"
    kind = paint("dim", f" ({trial.app})") if trial.app else ""
    return f"{plan.app.describe()}{kind}"


def _door(plan: Plan, paint: Paint) -> str:
    settings = plan.settings
    stages = [stage for stage in settings.stages.values() if "door" in stage.model_fields_set]
    if {stage.door for stage in stages} - {settings.door}:
        return "by stage"
    return f"{DOOR_NAMES[settings.door]} {paint('dim', f'({settings.door})')}"


def _runtime(plan: Plan, paint: Paint) -> str:
    reason = paint("dim", f" (by {plan.runtime.reason})") if plan.runtime.reason else ""
    return f"{plan.runtime.runtime}{reason}, {plan.settings.architecture}"


def _warnings(plan: Plan, trial: Trial, paint: Paint) -> Iterator[str]:
    if plan.runtime.warning:
        yield f"  {paint('yellow', '▲')} {plan.runtime.warning} {plan.runtime.runtime} was taken."
    if trial.error:
        python = shortened(plan.python, plan.folder)
        yield f"  {paint('yellow', '▲')} The app could not be imported by {python}:"
        yield from _wrapped(trial.error, 4)
        yield f"    {paint('cyan', 'sameroom dev shows the whole traceback.')}"


def not_carried(source: str, left: Iterable[Left], paint: Paint) -> Iterator[str]:
    """The list of what stays behind; what stays for the same reason stands together."""
    together: dict[tuple[str, str], list[str]] = {}
    for key, why, instead in left:
        together.setdefault((why, instead), []).append(key)
    if not together:
        return
    title = f"Not carried over from {source}:" if source else "Not read:"
    yield f"  {paint('yellow', '▲')} {paint('bold', title)}"
    for (why, instead), keys in together.items():
        yield from (paint("bold", line) for line in _wrapped(", ".join(keys), 4))
        yield from _wrapped(why, 6)
        yield from (paint("cyan", line) for line in _wrapped(instead, 6))


def _next_steps(plan: Plan, paint: Paint) -> Iterator[str]:
    steps = [("sameroom dev", "the app on this machine, behind its door")]
    if not plan.lock:
        lock = "uv lock" if "[project]" in plan.after else "uv pip freeze > requirements.txt"
        steps.append((lock, "so that every build takes the same versions"))
    steps.append(("sameroom build", "the zip for AWS Lambda"))
    width = max(len(command) for command, _ in steps)
    yield f"  {paint('dim', 'Next:')}"
    for command, about in steps:
        yield f"    {paint('bold', command.ljust(width))}  {paint('dim', about)}"


def _wrapped(text: str, margin: int) -> list[str]:
    width = min(100, max(40, shutil.get_terminal_size().columns))
    indent = " " * margin
    return textwrap.wrap(harmless(text), width, initial_indent=indent, subsequent_indent=indent)
