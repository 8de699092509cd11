"""From a lock file to pins: what exactly is to be in the artifact besides the project itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from packaging.pylock import Pylock, is_valid_pylock_path
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import LockError
from ...project.settings import FILE, Settings
from ..members import Pin, Resolution
from ..target import Target
from . import compiled, poetry, project, pylock, requirements, unlocked, uv_lock, yanked
from .poetry_project import has_dependencies
from .uv import Uv, find_uv, locate

__all__ = ["lock_file", "resolve"]

_PYLOCK = "pylock.toml"
_PYLOCK_REMEDY = "uv export --format pylock.toml -o pylock.toml"
#: Ours travels by itself, with the runtime and nothing else of the toolkit.
_OURS = "sameroom"
_TOOLKIT = (
    "sameroom[cli] is among the dependencies, so all that the toolkit needs travels too. "
    "Only the runtime must, and does by itself: move sameroom to a development group."
)
#: As many as a note can name before it is a list.
_NAMED = 6


class _Job(NamedTuple):
    uv: Uv
    folder: Path
    settings: Settings
    target: Target
    known: Resolution | None
    pyproject: Mapping[str, Any]
    #: The target's Python, to a patch release that the project takes.
    python: str


def resolve(
    folder: Path,
    settings: Settings,
    target: Target,
    known: Resolution | None = None,
    find: Callable[[], str] = find_uv,
) -> Resolution:
    """Everything that is to be in the artifact besides the project, from its lock file.

    ``known`` is the last build's, whose versions are kept where no lock says otherwise; ``find`` gives
    the path of uv's binary.

    :raises LockError: there is no lock and nothing to resolve from, or the lock is damaged, out of date,
        or for another Python.
    :raises NoWheel: a distribution has no wheel for ``target``.
    :raises HashMismatch: an index has other files than were locked.
    :raises FetchError: an index cannot be reached.
    :raises UvMissing: uv's binary is not there.
    :raises SettingsError: an extra or group is not there, or requires-python leaves the target out.
    """
    pyproject = project.document(folder)
    path = lock_file(folder, settings.lock)
    python = project.python_version(pyproject, target)
    job = _Job(locate(find, os.environ), folder, settings, target, known, pyproject, python)
    if path is None:
        resolution = _from_pyproject(job)
    elif path.name == uv_lock.NAME:
        resolution = _from_uv_lock(job, _called(path, folder))
    elif is_valid_pylock_path(path):
        resolution = _from_pylock(job, path, _called(path, folder))
    elif path.name == poetry.NAME:
        resolution = _from_poetry_lock(job, path, _called(path, folder))
    else:
        resolution = _from_requirements(job, path, _called(path, folder))
    return _without_own(resolution, project.name(pyproject), folder)


def _without_own(resolution: Resolution, name: str, folder: Path) -> Resolution:
    """``resolution`` without the project itself and without us."""
    here = str(folder.resolve())
    names = {pin.name for pin in resolution.pins}
    pins = (pin for pin in resolution.pins if pin.name not in (_OURS, name) and pin.url != here)
    toolkit = names >= {_OURS, "uv"}
    notes = (*resolution.notes, _TOOLKIT) if toolkit else resolution.notes
    return resolution._replace(pins=tuple(sorted(pins)), notes=notes)


def lock_file(folder: Path, named: str = "") -> Path | None:
    """The lock that is used: ``named``, or the first that is there. None when nothing is locked and
    pyproject.toml has dependencies.

    :raises LockError: ``named`` is not there or of no kind we know, or there is nothing at all.
    """
    if named:
        path = folder / named
        known = path.name in (uv_lock.NAME, poetry.NAME) or is_valid_pylock_path(path)
        if not path.is_file():
            why = f"lock in [tool.sameroom] names it, in {folder}."
            raise LockError(f"There is no {named}.", why=why, next="Make it, or name another lock file.")
        if not known and path.suffix not in (".txt", ".in"):
            raise LockError(
                f"{named} is no lock file we know.",
                why="By their names we know uv.lock, pylock.toml, pylock.<name>.toml, poetry.lock and *.txt.",
                next="Name one of those in [tool.sameroom], lock.",
            )
        return path
    found = uv_lock.find(folder)
    others = (folder / name for name in (_PYLOCK, poetry.NAME, requirements.NAME))
    path_or_none = found or next((path for path in others if path.is_file()), None)
    if path_or_none is None:
        _check_dependencies(folder)
    return path_or_none


def _check_dependencies(folder: Path) -> None:
    pyproject = project.document(folder)
    own = project.table(pyproject, "project")
    if "dependencies" in own or "dependencies" in (own.get("dynamic") or ()):
        return
    why = f"There is none of uv.lock, pylock.toml, poetry.lock and requirements.txt in {folder}"
    if has_dependencies(pyproject):
        raise LockError(
            "No lock.", why=f"{why}, and {FILE} has Poetry's dependencies.", next="Run: poetry lock"
        )
    if (folder / "Pipfile").is_file():
        raise LockError("No lock.", why=f"{why}.", next="Run: pipenv requirements --hash > requirements.txt")
    raise LockError(
        "No lock.",
        why=f"{why}, and {FILE} has no [project] dependencies."
        if (folder / FILE).is_file()
        else f"{why}, and no {FILE}.",
        next=f"List what the app needs in {FILE} and run: uv lock. Or write {requirements.NAME}. "
        "For an app that needs nothing, [project] has dependencies = [].",
    )


def _called(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _ask(job: _Job, lock: str, remedy: str = "") -> compiled.Ask:
    return compiled.Ask(job.uv, job.folder, job.target, job.python, lock, remedy)


def _from_uv_lock(job: _Job, lock: str) -> Resolution:
    extras, groups = job.settings.extras, job.settings.groups
    exported = uv_lock.export(job.uv, job.folder, lock, extras, groups)
    choice = pylock.Choice(job.target, lock, job.folder, uv_lock.REMEDY)
    return _from_chosen(job, pylock.read(project.parsed(exported), choice), choice, _wanted(job))


def _from_pylock(job: _Job, path: Path, lock: str) -> Resolution:
    remedy = _PYLOCK_REMEDY.replace(_PYLOCK, lock)
    choice = pylock.Choice(
        job.target, lock, path.parent, remedy, _normalised(job.settings.extras), job.settings.groups
    )
    values = project.toml(path, lock, f"Run: {remedy}")
    wanted = _wanted(job)
    resolution = _from_chosen(job, pylock.read(values, choice), choice, wanted)
    unmet = _unmet(wanted, resolution.pins)
    if unmet:
        raise LockError(
            f"{lock} is out of date: it does not answer {FILE}.",
            why=f"{FILE} asks for {unmet}, which is not in it.",
            next=f"Run: {remedy}",
        )
    return resolution


def _from_chosen(
    job: _Job, lock: Pylock, choice: pylock.Choice, wanted: tuple[Requirement, ...]
) -> Resolution:
    found = pylock.chosen(lock, choice)
    pins = pylock.pins(found, choice)
    notes = yanked.withdrawn(job.uv, job.folder, job.python, found, choice)
    return Resolution(pins, choice.lock, tuple(map(str, wanted)), notes)


def _from_poetry_lock(job: _Job, path: Path, lock: str) -> Resolution:
    ask = _ask(job, lock, poetry.REMEDY)
    extras = _normalised(job.settings.extras)
    pins, notes, asked = poetry.resolve(ask, path, job.pyproject, extras, job.settings.groups)
    return Resolution(pins, lock, asked or tuple(map(str, _wanted(job))), notes)


def _from_requirements(job: _Job, path: Path, lock: str) -> Resolution:
    read = requirements.parse(path, lock)
    markers = project.environment(job.target, job.python)
    projects = project.wanted(job.pyproject, (), (), markers)
    ask = _ask(job, lock, requirements.remedy(path, lock, bool(projects)))._replace(
        sources=(str(path.resolve()),), indexes=read.indexes, known=_known(job)
    )
    pins, notes = requirements.resolve(ask, read)
    lines = (line.requirement for line in read.lines if line.requirement and not line.constraint)
    if job.settings.extras or job.settings.groups:
        notes = (*notes, f"{lock} knows no extras and groups: those of [tool.sameroom] change nothing.")
    unmet = _unmet(projects, pins)
    if unmet:
        notes = (*notes, f"{FILE} asks for {unmet}, which {lock} does not have.")
    return Resolution(pins, lock, tuple(map(str, projects or _holding(lines, markers))), notes)


def _from_pyproject(job: _Job) -> Resolution:
    ask = _ask(job, FILE)._replace(known=_known(job))
    extras, groups = job.settings.extras, job.settings.groups
    markers = project.environment(job.target, job.python)
    wanted = project.wanted(job.pyproject, extras, groups, markers)
    pins, notes = unlocked.resolve(ask, extras, groups)
    return Resolution(pins, "", tuple(map(str, wanted)), notes)


def _known(job: _Job) -> tuple[Pin, ...]:
    return job.known.pins if job.known else ()


def _normalised(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(canonicalize_name(name)) for name in names)


def _wanted(job: _Job) -> tuple[Requirement, ...]:
    extras, groups = project.declared(job.pyproject, job.settings.extras, job.settings.groups)
    return project.wanted(job.pyproject, extras, groups, project.environment(job.target, job.python))


def _holding(found: Iterable[Requirement], markers: Mapping[str, str]) -> Iterable[Requirement]:
    for requirement in found:
        if requirement.marker is None or requirement.marker.evaluate({**markers, "extra": ""}):
            requirement.marker = None
            yield requirement


def _unmet(wanted: Iterable[Requirement], pins: Iterable[Pin]) -> str:
    """Requirements that no pin answers, as text."""
    versions = {pin.name: pin.version for pin in pins}
    missing = [
        str(each)
        for each in wanted
        if (version := versions.get(canonicalize_name(each.name))) is None
        or (version and not each.url and not each.specifier.contains(version, prereleases=True))
    ]
    return ", ".join(missing[:_NAMED]) + (" and more" if len(missing) > _NAMED else "")
