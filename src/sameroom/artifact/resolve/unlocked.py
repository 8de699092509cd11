"""No lock: versions that pyproject.toml allows today, or the last build's where they still do."""

from __future__ import annotations

from collections.abc import Sequence

from ...project.settings import FILE
from ..members import Pin
from . import compiled, pylock

_LOCK = "uv lock"
NOTE = f"Nothing is locked: the versions are today's for what {FILE} asks. To lock them: {_LOCK}"


def resolve(
    ask: compiled.Ask, extras: Sequence[str], groups: Sequence[str]
) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """Pins and notes.

    :raises LockError: no versions will do.
    :raises NoWheel: something has no wheel for the target and cannot be built.
    """
    options = [part for extra in extras for part in ("--extra", extra)]
    options += [part for group in groups for part in ("--group", group)]
    asked = ask._replace(sources=(FILE,), options=tuple(options))
    answer = compiled.for_target(asked)
    choice = pylock.Choice(
        ask.target, FILE, answer.folder, _LOCK, offered=lambda package: compiled.offered(asked, package)
    )
    return pylock.pins(pylock.chosen(answer.lock, choice), choice), (NOTE, *answer.notes)
