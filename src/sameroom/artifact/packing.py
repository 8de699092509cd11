"""Pins, and the project's own files -> every member of the artifact."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import SourceRefused
from ..project import Settings
from . import bytecode, tree
from .bare import ours as made_ready
from .fetch import Fetched, fetch
from .job import Teller
from .limits import guard
from .members import Member, Removed, Resolution, Wheel
from .parts import parts_of
from .pythons import Python
from .slim import slim
from .sources import Sources
from .target import Target
from .wheels import members as members_of


class Packing(NamedTuple):
    """All that is to be in the zip, sorted by path, and what was left out."""

    members: tuple[Member, ...]
    removed: tuple[Removed, ...]
    notes: tuple[str, ...]
    #: Version by distribution.
    versions: Mapping[str, str]
    #: A folder with what is left to Lambda's runtime; None when nothing is.
    runtime_path: Path | None


class Shelf(NamedTuple):
    """What a packing is for, and where things are kept."""

    settings: Settings
    target: Target
    python: Python | None
    #: The project's folder, for uv's settings in it.
    project: Path
    #: Ours, of all projects.
    cache: Path
    #: Of this project, for ``bytecode.of_project``.
    pack: Path


def pack(own: Sources, resolution: Resolution, shelf: Shelf, told: Teller, most: int) -> Packing:
    """Fetch, slim and compile.

    :raises SameroomError: see fetch, wheels, slim, limits and bytecode.
    """
    settings, target, cache = shelf.settings, shelf.target, shelf.cache
    told.stage("fetching")
    wheels = _fetched(resolution, shelf, told)
    brought = [(wheel, members_of(wheel, target)) for wheel in wheels]
    slimmed = slim(brought, settings, target, resolution.wanted, own.members)
    versions = {wheel.name: wheel.version for wheel in wheels}
    guard(parts_of((*own.members, *slimmed.kept), versions), most)
    python = shelf.python if settings.bytecode else None
    told.stage("compiling")
    ours = made_ready(cache)
    brought_in = (*ours.members, *slimmed.kept)
    members = [*brought_in, *bytecode.of_project(own.members, python, shelf.pack)]
    if python is not None:
        members += bytecode.compiled(brought_in, (ours.wheel, *wheels), python, cache)
    left = set(slimmed.left_to_runtime)
    return Packing(
        _sorted(members),
        (*own.removed, *slimmed.removed),
        (*slimmed.notes, *_about_bytecode(settings, target, python)),
        versions,
        _standing_in([pair for pair in brought if pair[0].name in left], shelf),
    )


def _fetched(resolution: Resolution, shelf: Shelf, told: Teller) -> tuple[Wheel, ...]:
    done = 0

    def fetched(one: Fetched) -> None:
        nonlocal done
        done += 1
        told.progress(done, len(resolution.pins))

    return fetch(resolution.pins, shelf.target, shelf.cache, fetched, shelf.project)


def _sorted(members: Sequence[Member]) -> tuple[Member, ...]:
    """By path. The project's own file goes before a distribution's of the same name, as on sys.path."""
    by_path: dict[str, Member] = {}
    for member in members:
        there = by_path.get(member.path)
        if there is not None and "sameroom" in (there.owner, member.owner):
            raise SourceRefused(
                f"The project has a file {member.path}, which is where our runtime goes.",
                next="Rename the package: the name sameroom is taken on Lambda.",
            )
        if there is None or member.owner == "":
            by_path[member.path] = member
    return tuple(by_path[path] for path in sorted(by_path))


def _about_bytecode(settings: Settings, target: Target, python: Python | None) -> tuple[str, ...]:
    if python is not None or not settings.bytecode:
        return ()
    version = "{}.{}".format(*target.python)
    why = f"there is no Python {version} on this machine, and no other makes what it reads"
    cost = "Cold starts take two to three times as long"
    return (f"No bytecode: {why}. {cost}. `uv python install {version}` gets one.",)


def _standing_in(left: Sequence[tuple[Wheel, Sequence[Member]]], shelf: Shelf) -> Path | None:
    """A folder with the distributions that Lambda's runtime has, so that the artifact can be run here."""
    if not left:
        return None
    members = [member for _, brought in left for member in brought]
    wheels = [wheel for wheel, _ in left]
    version = ".".join(map(str, shelf.python.version)) if shelf.python else ""
    what = "\n".join([version, *(wheel.sha256 for wheel in wheels)])
    folder = shelf.cache / "runtime" / hashlib.sha256(what.encode()).hexdigest()[:32]
    if shelf.python is not None:
        members += bytecode.compiled(members, wheels, shelf.python, shelf.cache)
    tree.plant(folder, members)
    return folder
