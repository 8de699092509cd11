"""The release command, ``release = "db upgrade"``: run on the new version while the old one still serves.

A deploy that is killed here runs it again, so it has to bear that; migrations do.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...errors import ReleaseFailed
from ...releases.clock import Clock
from .invoking import Called, call, why

if TYPE_CHECKING:
    from ...aws.cloud import Cloud

#: Lines of the output that an error shows.
_SHOWN = 40


class Place(NamedTuple):
    """Where a command runs; ``folder`` is the project's, for the places in a traceback."""

    function: str
    version: str
    folder: Path
    clock: Clock


def run(cloud: Cloud, at: Place, typed: str, name: str) -> tuple[str, ...]:
    """The lines that ``typed`` printed, as in ``flask <typed>``. ``name`` tells this run from others.

    :raises ReleaseFailed: it ended with another status than 0; with its output.
    """
    event = {"sameroom": {"command": shlex.split(typed), "id": name}}
    called = call(cloud, at.function, at.version, event, at.clock, once=True)
    if called.failed:
        raise _ended(called, typed, at.folder)
    said = called.payload if isinstance(called.payload, dict) else {}
    lines = tuple(str(said.get("output", "")).splitlines())
    if said.get("exit_code") == 0:
        return lines
    shown = "\n".join(lines[-_SHOWN:]) or str(said.get("error") or called.payload)
    raise ReleaseFailed(
        f"The release command failed: flask {typed} ended with the status {said.get('exit_code')}.",
        why=shown,
        next="Mend it and deploy again.",
    )


def _ended(called: Called, typed: str, folder: Path) -> ReleaseFailed:
    message = called.payload.get("errorMessage", "") if isinstance(called.payload, dict) else ""
    if "timed out" in str(message):
        return ReleaseFailed(
            f"The release command took too long: flask {typed}.",
            why=f"{message}\n{called.log.strip()}".strip(),
            next="Raise timeout in [tool.sameroom] (900 seconds at most), or let the command do less.",
        )
    return ReleaseFailed(
        f"The release command ended the function: flask {typed}.",
        why=why(called, folder),
        next="Mend it and deploy again.",
    )
