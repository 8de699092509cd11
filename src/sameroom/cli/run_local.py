"""``sameroom run --local``: a command that the app registered, in a sandbox on this machine."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..operate.run import Ran, ended
from .options import AppOptions
from .records import records
from .schedule_screen import spoken
from .screen import Printer
from .told import Teller

if TYPE_CHECKING:
    from ..local.sandboxes.lines import LogLine


def run_local(stage: str, words: Sequence[str], show: Callable[[str], None]) -> Ran:
    """Run ``words`` by the event that `sameroom run` sends to AWS; ``show`` is given each line as it comes.

    :raises CommandFailed: the function itself failed: it timed out, or the app does not load.
    :raises SameroomError: the project cannot be run here.
    """
    from ..local import once
    from ..local.event_loop import run

    options = AppOptions("", "", stage, None, None, ric=False, no_isolation=False)
    manner = options.manner(access_log=False)
    project = options.load(manner, options.choices())()
    errors = Printer(sys.stderr)
    teller = Teller(errors.paint, (str(project.folder), str(project.app.root)))

    def log(line: LogLine) -> None:
        if line.kind == "notice":
            errors.line(f"{errors.paint('yellow', '▲')} {line.text}")
        elif line.kind == "output":
            for text in _lines(line.text, teller):
                show(text)

    event = {"sameroom": {"command": list(words), "id": str(uuid.uuid4())}}
    invocation = run(once.invoke(project, manner, json.dumps(event), log))
    return ended(words, invocation.outcome.payload, invocation.request_id)


def _lines(logged: str, teller: Teller) -> Iterator[str]:
    """What was printed, as it was; a record of the app's logging with its level and message."""
    for line in spoken([logged]):
        leveled = line == logged and any(record.level for record in records([line]))
        yield from teller.lines([line]) if leveled else [line]
