"""From poetry.lock to pins: the lock has file names and hashes, and uv says where an index has them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.pylock import Package

from ...errors import LockError
from ...project.settings import FILE
from ..members import Pin
from . import compiled, project, pylock
from .coverage import fits, is_native, no_wheel
from .poetry_lock import Chosen, Damaged, Locked, choose
from .poetry_project import asked, fresh, has_dependencies, wanted
from .requirements import files, mismatch, only_hashed

NAME = "poetry.lock"
REMEDY = "poetry lock"

_SCP = re.compile(r"(?P<host>[\w.-]+@[\w.-]+):(?P<path>(?!//).+)")


def resolve(
    ask: compiled.Ask, path: Path, pyproject: Mapping[str, Any], extras: Sequence[str], groups: Sequence[str]
) -> tuple[tuple[Pin, ...], tuple[str, ...], tuple[str, ...]]:
    """Pins, notes, and what the project asks for.

    :raises LockError: the lock is damaged, out of date, or the index has lost what it pins.
    :raises NoWheel: a locked version has native wheels, and none for the target.
    :raises HashMismatch: a file of the index is not the locked one.
    :raises FetchError: the index cannot be reached.
    """
    lock = project.toml(path, ask.lock, f"Run: {REMEDY}")
    if not fresh(pyproject, lock, path.read_text(encoding="utf-8")):
        raise LockError(
            f"{ask.lock} is out of date: it does not answer {FILE}.",
            why="Its content-hash was made from other dependencies.",
            next=f"Run: {REMEDY}",
        )
    markers = project.environment(ask.target, ask.python)
    try:
        roots = tuple(asked(pyproject, extras, groups, markers)) if _told_by_poetry(pyproject) else ()
        chosen = Chosen(frozenset(extras), frozenset(groups), markers)
        locked = choose(lock, chosen, roots)
        versions = {each.name: each.version for each in locked}
        requirements = tuple(str(each) for each in wanted(roots, versions))
    except (Damaged, ValueError) as error:
        raise LockError(f"{ask.lock} cannot be used.", why=f"{error}.", next=f"Run: {REMEDY}") from error
    _check_names(lock, pyproject, extras, groups)
    pins, notes = _pins(ask, locked, path.parent)
    return pins, notes, requirements


def _told_by_poetry(pyproject: Mapping[str, Any]) -> bool:
    return has_dependencies(pyproject) and "dependencies" not in project.table(pyproject, "project")


def _check_names(
    lock: Mapping[str, Any], pyproject: Mapping[str, Any], extras: Sequence[str], groups: Sequence[str]
) -> None:
    locked = {**project.table(lock, "extras")}
    poetry = project.table(pyproject, "tool", "poetry", "group")
    declared = {**project.table(pyproject, "dependency-groups"), **poetry, "dev": None, "main": None}
    for extra in extras:
        if extra not in locked:
            raise project.absent("extra", extra, locked, NAME)
    for group in groups:
        if group not in declared:
            raise project.absent("dependency group", group, {**poetry}, FILE)


def _pins(
    ask: compiled.Ask, locked: Sequence[Locked], folder: Path
) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    by_index: dict[str, list[Locked]] = {}
    pins: list[Pin] = []
    for each in locked:
        if each.source and each.source.get("type") != "legacy":
            pins.append(_direct(each, ask, folder))
        else:
            _check_wheels(each, ask)
            by_index.setdefault(str(each.source.get("url", "")), []).append(each)
    notes: tuple[str, ...] = ()
    for index, group in sorted(by_index.items()):
        found, more = _indexed(ask._replace(default_index=index), group)
        pins += found
        notes += more
    return tuple(sorted(pins)), notes


def _check_wheels(locked: Locked, ask: compiled.Ask) -> None:
    wheels = [name for name in locked.files if name.endswith(".whl")]
    if any(fits(name, ask.target) for name in wheels):
        return
    if any(map(is_native, wheels)) or (wheels and len(wheels) == len(locked.files)):
        raise no_wheel(locked.name, locked.version, ask.target, wheels)


def _indexed(ask: compiled.Ask, locked: Sequence[Locked]) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    by_name = {each.name: each for each in locked}
    answer = compiled.everywhere(ask, (f"{each.name}=={each.version}" for each in locked))
    kept = [_verified(package, by_name[package.name], ask) for package in answer.lock.packages]
    choice = pylock.Choice(
        ask.target,
        ask.lock,
        ask.folder,
        ask.remedy,
        offered=lambda package: tuple(by_name[package.name].files),
    )
    return pylock.pins(
        pylock.chosen(dataclasses.replace(answer.lock, packages=kept), choice), choice
    ), answer.notes


def _verified(package: Package, locked: Locked, ask: compiled.Ask) -> Package:
    """``package`` with those files only that were locked: what came to the index later is not."""
    digests = _sha256(locked)
    wheels = [wheel for wheel in package.wheels or () if wheel.filename in locked.files]
    sdist = package.sdist if package.sdist and package.sdist.filename in locked.files else None
    # Locks before 1.1 have hashes without file names.
    same = dataclasses.replace(package, wheels=wheels, sdist=sdist) if wheels or sdist else package
    other = [name for name, digest in files(same) if digest not in digests]
    allowed = only_hashed(same, digests)
    if allowed is None or any(fits(name, ask.target) for name in other):
        raise mismatch(same, digests, ask)
    return allowed


def _sha256(locked: Locked) -> tuple[str, ...]:
    return tuple(sorted({said[7:].lower() for said in locked.files.values() if said.startswith("sha256:")}))


def _direct(locked: Locked, ask: compiled.Ask, folder: Path) -> Pin:
    """A package from git, a URL, a file or a folder."""
    source = locked.source
    url = str(source.get("url", ""))
    part = f"#subdirectory={source['subdirectory']}" if source.get("subdirectory") else ""
    match source.get("type"):
        case "directory":
            return Pin(locked.name, locked.version, "directory", "", str((folder / url).resolve()))
        case "git":
            scp = _SCP.fullmatch(url)
            url = f"ssh://{scp['host']}/{scp['path']}" if scp else url
            commit = source.get("resolved_reference") or source.get("reference")
            return Pin(locked.name, locked.version, "vcs", "", f"git+{url}@{commit}{part}")
        case "file":
            url = (folder / url).resolve().as_uri()
        case "url":
            pass
        case other:
            raise LockError(
                f"{ask.lock} takes {locked.name} from {other!r}, which we do not know.",
                next="Take it from an index, git, a URL or a folder.",
            )
    filename = unquote(urlsplit(url).path.rpartition("/")[2])
    if filename.endswith(".whl"):
        if not fits(filename, ask.target):
            raise no_wheel(locked.name, locked.version, ask.target, [filename])
        return Pin(locked.name, locked.version, "wheel", filename, url, _sha256(locked))
    return Pin(locked.name, locked.version, "sdist", filename, url + part, _sha256(locked))
