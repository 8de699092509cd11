"""poetry.lock: what of it belongs on the target. Lock versions 1.1, 2.0 and 2.1.

https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from . import project
from .poetry_constraints import applies, holds, marker_holds
from .poetry_project import Dependency, ways

#: The first version that says in each package which groups and markers it is for.
_SELF_TOLD = Version("2.1")


class Locked(NamedTuple):
    """A package of the lock."""

    name: str
    version: str
    #: Hashes ("sha256:..."), by file name.
    files: Mapping[str, str]
    #: {} for PyPI; otherwise type, url, reference, resolved_reference, subdirectory.
    source: Mapping[str, Any]


class Damaged(ValueError):
    """The lock is not as Poetry writes it."""


class Chosen(NamedTuple):
    """Who asks, and where it is to run."""

    extras: frozenset[str]
    groups: frozenset[str]
    #: The target's.
    markers: Mapping[str, str]


def choose(lock: Mapping[str, Any], chosen: Chosen, asked: Iterable[Dependency]) -> tuple[Locked, ...]:
    """What ``chosen`` takes of the lock, sorted by name. Before 2.1 a lock does not say, and ``asked`` is
    followed through it.

    :raises Damaged: the lock is not as Poetry writes it, or is of a version we do not know.
    """
    version = lock_version(lock)
    try:
        entries = [entry for entry in lock.get("package", []) if _runs(entry, chosen)]
        taken = _told(entries, chosen) if version >= _SELF_TOLD else _followed(entries, chosen, tuple(asked))
        files = project.table(lock, "metadata", "files")
        return tuple(sorted((_locked(entry, files) for entry in taken), key=lambda each: each.name))
    except (KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"a package is incomplete ({error!r})") from error


def lock_version(lock: Mapping[str, Any]) -> Version:
    """:raises Damaged: it is none, or one we do not know."""
    said = project.table(lock, "metadata").get("lock-version", "")
    try:
        version = Version(str(said))
    except InvalidVersion as error:
        raise Damaged("it has no lock-version") from error
    if not Version("1") <= version < Version("3"):
        raise Damaged(f"its lock-version is {said}, and we know 1 and 2")
    return version


def _runs(entry: Mapping[str, Any], chosen: Chosen) -> bool:
    try:
        return holds(str(entry.get("python-versions", "*")), chosen.markers["python_full_version"])
    except ValueError as error:
        raise Damaged(str(error)) from error


def _told(entries: Sequence[Mapping[str, Any]], chosen: Chosen) -> list[Mapping[str, Any]]:
    taken = []
    for entry in entries:
        markers = entry.get("markers", "")
        groups = {str(group) for group in entry["groups"]} & ({"main"} | chosen.groups)
        said = [markers.get(group, "") for group in groups] if isinstance(markers, Mapping) else [markers]
        try:
            wanted = groups and any(
                not each or marker_holds(each, chosen.markers, chosen.extras) for each in said
            )
        except ValueError as error:
            raise Damaged(str(error)) from error
        if wanted:
            taken.append(entry)
    return taken


def _followed(
    entries: Sequence[Mapping[str, Any]], chosen: Chosen, asked: Sequence[Dependency]
) -> list[Mapping[str, Any]]:
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        by_name.setdefault(canonicalize_name(entry["name"]), []).append(entry)
    taken: dict[str, Mapping[str, Any]] = {}
    extras: dict[str, frozenset[str]] = {}
    waiting = list(asked)
    while waiting:
        dependency = waiting.pop()
        known = extras.get(dependency.name)
        if known is not None and dependency.extras <= known:
            continue
        extras[dependency.name] = (known or frozenset()) | dependency.extras
        taken[dependency.name] = entry = taken.get(dependency.name) or _entry(by_name, dependency)
        waiting += _needs(entry, chosen.markers, extras[dependency.name])
    return list(taken.values())


def _entry(by_name: Mapping[str, list[Mapping[str, Any]]], dependency: Dependency) -> Mapping[str, Any]:
    """The locked version that ``dependency`` means: several may be locked, for several Pythons."""
    locked = by_name.get(dependency.name, [])
    try:
        fitting = [each for each in locked if holds(dependency.version, str(each["version"]))]
        if fitting:
            return max(fitting, key=lambda each: Version(str(each["version"])))
    except ValueError as error:
        raise Damaged(str(error)) from error
    raise Damaged(f"it has no {dependency.name} {dependency.version}")


def _needs(entry: Mapping[str, Any], markers: Mapping[str, str], extras: frozenset[str]) -> list[Dependency]:
    """What a locked package needs on the target, ``extras`` of it being asked for."""
    by_extra = {
        canonicalize_name(text.partition(" ")[0].partition("[")[0])
        for extra, texts in project.table(entry, "extras").items()
        if canonicalize_name(extra) in extras
        for text in texts
    }
    found = []
    for written, constraint in project.table(entry, "dependencies").items():
        name = canonicalize_name(written)
        for way in ways(constraint):
            open_extra = not way.get("optional") or "extra" in str(way.get("markers", "")) or name in by_extra
            try:
                if open_extra and applies(way, markers, extras):
                    chosen = frozenset(canonicalize_name(extra) for extra in way.get("extras") or ())
                    found.append(Dependency(name, str(way.get("version", "*")), chosen))
            except ValueError as error:
                raise Damaged(str(error)) from error
    return found


def _locked(entry: Mapping[str, Any], older: Mapping[str, Any]) -> Locked:
    name = canonicalize_name(entry["name"])
    files = entry.get("files")
    if files is None:
        files = older.get(entry["name"], older.get(name, []))
    return Locked(
        name,
        str(entry["version"]),
        {str(each["file"]): str(each["hash"]) for each in files},
        project.table(entry, "source"),
    )
