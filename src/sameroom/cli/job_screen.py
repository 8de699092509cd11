"""Background jobs in words: what ran, what comes again, what was given up. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .paint import harmless
from .records import records
from .schedule_screen import failure as function_failure

if TYPE_CHECKING:
    from ..local.jobs import Batch, Counts


#: The runtime's line for a job that went well.
_DONE = re.compile(r"job \S+ \[[0-9a-f-]{36}\] attempt \d+, [0-9.]+ ms: done")


def title(batch: Batch) -> str:
    """``job mail.send``, or ``jobs mail.send (3), report``."""
    return f"{'job' if len(batch.names) == 1 else 'jobs'} {_names(batch.names)}"


def notes(batch: Batch) -> str:
    """Whose it is, and what is unusual of it, for the end of its line."""
    causes = ", ".join(cause[:8] for cause in batch.causes[:3]) + (" ..." if len(batch.causes) > 3 else "")
    by = f" · called by {causes}" if causes else ""
    return (f" · attempt {batch.attempt}" if batch.attempt > 1 else "") + by


def spoken(lines: Iterable[str]) -> Iterator[str]:
    """What the jobs said, of their lines in the log: without that they are done, which the screen has."""
    return (line for line in lines if not _DONE.match(next(records([line])).message))


def failure(batch: Batch) -> str:
    """What did not run, and what becomes of it; "" when all is done."""
    if batch.invocation is None:
        return ""
    if batch.invocation.outcome.kind == "throttled":
        return "All of the function's concurrency is in use: tried again at once."
    said = [f"{_names(batch.dead)} was given up, and is a dead letter"] if batch.dead else []
    if batch.failed:
        said.append(f"{_names(batch.failed)} comes again")
    if not said:
        return ""
    why = function_failure(batch.invocation)
    return "; ".join([why, *said] if why else said) + "."


def waiting(counts: Counts) -> str:
    """The queue at the beginning."""
    found = [f"{counts.waiting} waiting" if counts.waiting else "nothing waits"]
    if counts.dead:
        found.append(f"{counts.dead} dead letter{'s' * (counts.dead > 1)}")
    return "a queue of dev's own, " + ", ".join(found)


def _names(names: Iterable[str]) -> str:
    counted = Counter(names)
    return ", ".join(
        f"{harmless(name) or '?'}{f' ({times})' if times > 1 else ''}" for name, times in counted.items()
    )
