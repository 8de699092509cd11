"""Which Lambda targets a distribution's wheels fit, and how to say that ours is not among them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from ...errors import NoWheel
from ...project.settings import Runtime
from ..target import Architecture, Target

_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")


def targets() -> tuple[Target, ...]:
    """Every managed runtime on every architecture."""
    return tuple(
        Target((3, int(runtime.rpartition(".")[2])), architecture)
        for runtime in get_args(Runtime)
        for architecture in get_args(Architecture)
    )


def tags_of(filename: str) -> frozenset[Tag]:
    """A wheel's tags, none for any other file."""
    try:
        return parse_wheel_filename(filename)[-1] if filename.endswith(".whl") else frozenset()
    except InvalidWheelFilename:
        return frozenset()


def fits(filename: str, target: Target) -> bool:
    return not tags_of(filename).isdisjoint(target.tags())


def is_native(filename: str) -> bool:
    """Whether a wheel was built for some platforms only."""
    return any(tag.platform != "any" for tag in tags_of(filename))


def no_wheel(name: str, version: str, target: Target, offered: Iterable[str]) -> NoWheel:
    """``offered`` are the file names there are of that version."""
    filenames = sorted(offered)
    others = [each for each in targets() if any(fits(filename, each) for filename in filenames)]
    if others:
        why = f"It has wheels for {_listed(others)}."
        way_out = (
            "Set runtime or architecture in [tool.sameroom] to one of those, or use a version that has one."
        )
    else:
        why = (
            "Its wheels fit no Lambda runtime."
            if any(map(tags_of, filenames))
            else "It has no wheels at all."
        )
        way_out = (
            "Use a version that has one, or another distribution, often <name>-binary or <name>[binary]."
        )
    newest = _glibc_needed(filenames, target)
    if newest:
        why += f" The nearest needs glibc {newest}, and {target.runtime} has {'{}.{}'.format(*target.glibc)}."
    return NoWheel(f"{name} {version} has no wheel for {target}.", why=why, next=way_out)


def _listed(found: Iterable[Target]) -> str:
    by_runtime: dict[str, list[str]] = {}
    for target in found:
        by_runtime.setdefault(target.runtime, []).append(target.architecture)
    return ", ".join(f"{runtime} on {' and '.join(both)}" for runtime, both in by_runtime.items())


def _glibc_needed(filenames: Iterable[str], target: Target) -> str:
    """The oldest glibc, newer than the target's, that a wheel otherwise right asks for."""
    interpreter = "cp{}{}".format(*target.python)
    needed = [
        (int(match[1]), int(match[2]))
        for filename in filenames
        for tag in tags_of(filename)
        if (match := _MANYLINUX.fullmatch(tag.platform))
        and match[3] == target.machine
        and (tag.abi == interpreter or (tag.abi == "abi3" and tag.interpreter <= interpreter))
    ]
    oldest = min(needed, default=(0, 0))
    return "{}.{}".format(*oldest) if oldest > target.glibc else ""
