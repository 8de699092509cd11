"""What ``sameroom deploy`` and ``plan`` show while they work, and what was done in the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..errors import ConsentNeeded
from . import plan_screen
from .columns import columns, cut, wrapped
from .live_screen import LiveScreen
from .paint import Paint, harmless

if TYPE_CHECKING:
    from ..stack.deploy import Deployed
    from ..stack.following import Event
    from ..stack.plan import Plan


class DeployScreen(LiveScreen):
    """Stages, then the plan, then one line for every resource as it is made, with the seconds it took."""

    def __init__(
        self, stream: TextIO, *, yes: bool = False, ask: Callable[[str], bool] | None = None
    ) -> None:
        super().__init__(stream)
        self._yes = yes
        self._ask = ask
        self._since: dict[str, float] = {}
        self._start = time.monotonic()

    def __enter__(self) -> DeployScreen:
        super().__enter__()
        return self

    def planned(self, plan: Plan) -> None:
        """Show ``plan``, and ask where something would be lost.

        :raises ConsentNeeded: something would be, and there is nobody to ask.
        :raises click.Abort: the answer was no.
        """
        self.stage("")
        super().line(plan_screen.screen(plan, self.printer.paint, columns()))
        if not plan.risky or self._yes:
            return
        names = ", ".join(harmless(change.physical or change.id) for change in plan.risky)
        if self._ask is None:
            raise ConsentNeeded(
                f"This deploy replaces or removes {names}.",
                why="What they hold may be lost, and there is nobody to ask.",
                next="If that is meant: sameroom deploy --yes",
            )
        if not self._ask(f"This replaces or removes {names}. Go on?"):
            raise click.Abort

    def event(self, event: Event) -> None:
        """One event of the stack."""
        if event.status.endswith("_IN_PROGRESS"):
            self._since.setdefault(event.resource, event.at)
            if self._live:
                self.stage(f"{_verb(event.status)} {cut(event.resource, 48)}")
        if event.of_stack or event.status.endswith("_IN_PROGRESS"):
            return
        seconds = event.at - self._since.pop(event.resource, event.at)
        super().line(event_line(event, seconds, self.printer.paint, columns()))

    def line(self, text: str) -> None:
        """A word of what happened."""
        for line in text.splitlines():
            super().line("\n".join(f"  {part}" for part in wrapped(line, columns() - 3)))

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._start


def asker() -> Callable[[str], bool] | None:
    """Asks the person at the terminal; None where there is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    return lambda question: click.confirm(f"  {question}", err=True)


def event_line(event: Event, seconds: float, paint: Paint, width: int = 80) -> str:
    """One resource that has come to an end, with the seconds that AWS took."""
    failed = event.status.endswith("FAILED")
    mark = paint("error", "✗") if failed else paint("green", "✓")
    kind = paint("dim", event.type.removeprefix("AWS::"))
    text = f"  {mark} {_verb(event.status):<9}{seconds:>6.1f} s  {event.resource}  {kind}"
    reasons = wrapped(harmless(event.reason), width - 7) if failed else ()
    return "\n".join([text, *(f"      {line}" for line in reasons)])


def summary(deployed: Deployed, seconds: float, paint: Paint) -> str:
    """Where it runs now, after ``seconds``."""
    release = deployed.release
    if release is None:
        return ""
    url = deployed.outputs.get("Url", "")
    lines = ["", f"  {paint('green', '✓')} {paint('bold', url or deployed.outputs.get('FunctionName', ''))}"]
    about = f"release {release.number}, version {release.version}, in {_span(seconds)}"
    lines.append(f"    {paint('dim', about)}")
    return "\n".join(lines) + "\n"


def _span(seconds: float) -> str:
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def to_json(deployed: Deployed) -> dict[str, Any]:
    """For scripts."""
    return {
        "changed": deployed.release is not None,
        "plan": plan_screen.to_json(deployed.plan),
        "outputs": dict(deployed.outputs),
        "release": deployed.release._asdict() if deployed.release else None,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


_VERBS = {"CREATE": "creating", "UPDATE": "updating", "DELETE": "removing", "ROLLBACK": "undoing"}
_PAST = {"creating": "created", "updating": "updated", "removing": "removed", "undoing": "undone"}


def _verb(status: str) -> str:
    verb = _VERBS.get("ROLLBACK" if "ROLLBACK" in status else status.partition("_")[0], "making")
    if status.endswith("_IN_PROGRESS"):
        return verb
    if status.endswith("_SKIPPED"):
        return "kept"
    return "failed" if status.endswith("FAILED") else _PAST.get(verb, verb)
