"""Where the build of one project for one target keeps its things: ``.sameroom/build``."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from ..errors import OutputError
from ..own import NAME, own_folder
from .cache import cache_folder, whole

_PART = "build"
_OUTPUTS = "outputs.json"


class Desk(NamedTuple):
    """Paths; ``label`` tells builds for several targets and stages apart."""

    folder: Path
    label: str

    @property
    def zip(self) -> Path:
        return self._named(".zip")

    @property
    def record(self) -> Path:
        """What was made, and from what."""
        return self._named(".json")

    @property
    def contents(self) -> Path:
        """Every file of the zip, whose it is and what it takes."""
        return self._named(".contents.json")

    @property
    def resolution(self) -> Path:
        """What the lock said, for the target."""
        return self._named(".resolution.json")

    @property
    def pack(self) -> Path:
        """The project's own files, compressed, and their bytecode."""
        return self._named(".pack")

    @property
    def tree(self) -> Path:
        """The artifact as files, to be imported."""
        return self._named(".tree")

    def _named(self, suffix: str) -> Path:
        return self.folder / f"{self.label}{suffix}"


def desk(project: Path, label: str) -> Desk:
    """The desk in the folder ``project``, or in our cache where the project is not ours to write; made
    when it is missing.

    :raises OutputError: neither can be written.
    """
    try:
        return Desk(own_folder(project, _PART), label)
    except OSError as error:
        name = hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:16]
        elsewhere = cache_folder() / "desks" / name
        try:
            elsewhere.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise unwritable(project / NAME / _PART, error) from error
        return Desk(elsewhere, label)


def answer(project: Path, question: str) -> Path:
    """Where ``seen`` keeps what it knows of one question."""
    return project / NAME / _PART / f"{question}.seen.json"


def outputs(project: Path) -> frozenset[str]:
    """What builds have written in the project at somebody's wish: no file of it."""
    try:
        return frozenset(json.loads((project / NAME / _PART / _OUTPUTS).read_bytes()))
    except (OSError, ValueError, TypeError):
        return frozenset()


def add_output(project: Path, output: Path) -> None:
    """Before ``output`` is written. Nothing is kept of what lies outside the project."""
    path, known = os.path.abspath(output), outputs(project)
    if path not in known and Path(path).is_relative_to(project.resolve()):
        with whole(desk(project, "").folder / _OUTPUTS) as file:
            file.write(json.dumps(sorted({*known, path})).encode())


def records(project: Path) -> list[Path]:
    """The records of what was built of the project, the newest first."""
    others = (".contents.json", ".resolution.json", ".tree.json", ".seen.json", _OUTPUTS)
    found = [path for path in (project / NAME / _PART).glob("*.json") if not path.name.endswith(others)]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def unwritable(path: Path, error: OSError) -> OutputError:
    """For a disk that is full, or a place where we may not write."""
    # A file is written beside its place first, under a name that nobody gave it.
    named = path if str(error.filename or "").endswith(".part") else error.filename or path
    return OutputError(
        f"{named} cannot be written.",
        why=f"{error.strerror or error}.",
        next="Make room or mend the permissions, or name another place: --output. No artifact was touched.",
    )
