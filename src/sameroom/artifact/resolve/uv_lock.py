"""uv.lock, which uv itself checks against pyproject.toml and exports."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ...errors import LockError, SettingsError
from ...project.settings import FILE
from . import project
from .uv import Said, Uv, failure

NAME = "uv.lock"
REMEDY = "uv lock"

_STALE = "needs to be updated"
_DAMAGED = re.compile(r"Failed to parse `uv.lock`|unsupported schema version")
_UNKNOWN = re.compile(r"(Extra|Group) `([^`]+)` is not defined")


def find(folder: Path) -> Path | None:
    """The uv.lock of the project, or of the workspace it is a member of
    (docs.astral.sh/uv/concepts/projects/workspaces)."""
    if (folder / NAME).is_file():
        return folder / NAME
    for above in folder.resolve().parents:
        if (above / NAME).is_file() and (above / FILE).is_file():
            workspace = project.table(project.document(above), "tool", "uv", "workspace")
            members = (found for pattern in workspace.get("members") or () for found in above.glob(pattern))
            if folder.resolve() in members:
                return above / NAME
    return None


def export(uv: Uv, folder: Path, lock: str, extras: Sequence[str], groups: Sequence[str]) -> str:
    """The lock as pylock.toml, without the project itself and what only sameroom needs, after uv has seen
    that it still answers pyproject.toml. That takes no network unless it does not.

    :raises LockError: it is out of date or damaged.
    :raises SettingsError: the project has not that extra or group.
    :raises FetchError: uv would have to ask an index, and cannot.
    """
    chosen = [part for extra in extras for part in ("--extra", extra)]
    chosen += [part for group in groups for part in ("--group", group)]
    said = _export(uv, folder, *chosen, "--offline")
    if said.code != 0 and not _final(said):
        said = _export(uv, folder, *chosen)
    if said.code == 0:
        return said.out
    unknown = _UNKNOWN.search(said.err)
    if unknown:
        raise SettingsError(
            f"There is no {'extra' if unknown[1] == 'Extra' else 'dependency group'} {unknown[2]!r}.",
            why=said.complaint,
            next=f"Mend extras or groups in [tool.sameroom], or add it to {FILE} and run: {REMEDY}",
        )
    if "No interpreter found" in said.err:
        raise LockError(
            f"uv reads {lock} only with a Python that the project runs on, and there is none here.",
            why=said.complaint,
            next="Install one, for instance with: uv python install",
        )
    if _DAMAGED.search(said.err):
        raise LockError(f"{lock} cannot be read.", why=said.complaint, next=f"Run: {REMEDY}")
    raise failure(said, f"{lock} is out of date: it does not answer {FILE}.", f"Run: {REMEDY}")


def _export(uv: Uv, folder: Path, *options: str) -> Said:
    arguments = (
        *("export", "--locked", "--format", "pylock.toml", "--no-header"),
        *("--no-default-groups", "--no-emit-project", "--prune", "sameroom", *options),
    )
    # Naming an interpreter spares uv the search for one; it must be one the project takes.
    said = uv(folder, *arguments, "--python", sys.executable)
    return uv(folder, *arguments) if "incompatible with the project" in said.err else said


def _final(said: Said) -> bool:
    """Whether being online would change nothing."""
    return _STALE in said.err or bool(_DAMAGED.search(said.err) or _UNKNOWN.search(said.err))
