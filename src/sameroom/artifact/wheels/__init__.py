"""A wheel -> the files it brings, by the binary distribution format.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ...errors import NoWheel, UnsafeWheel
from ..members import Loose, Member, Packed, Wheel
from ..target import Target
from .layout import DEFLATED, STORED, Damage, Entry, entries, unpack, verify

#: The schemes of ``<name>-<version>.data`` that belong to sys.path's folder; ``data`` lands there too, as
#: pip's --target has it. ``scripts`` and ``headers`` keep the path they have in the wheel.
_ROOTS = ("purelib", "platlib", "data")
_VERSION = re.compile(rb"^Wheel-Version:[ \t]*(\d+)", re.MULTILINE | re.IGNORECASE)


def members(wheel: Wheel, target: Target) -> tuple[Member, ...]:
    """The files of ``wheel`` with the paths they will have below /var/task, sorted by path.

    What lies in ``.data/scripts`` and ``.data/headers`` keeps its path in the wheel: ``slim`` leaves it out.

    :raises UnsafeWheel: a wheel that is damaged, or would write where it should not.
    :raises NoWheel: it does not run on ``target``.
    """
    try:
        found = entries(wheel.path)
        info = _info(wheel, found)
        _fits(wheel, target, found, info)
        return _placed(wheel, found, info.removesuffix(".dist-info") + ".data/")
    except Damage as damage:
        refuse(wheel, damage)


def inspect(wheel: Wheel) -> None:
    """Unpack every file of ``wheel`` in memory: once, when it enters the cache.

    :raises UnsafeWheel: it is damaged, ambiguous or a bomb, or would write where it should not.
    """
    try:
        found = entries(wheel.path)
        _info(wheel, found)
        verify(wheel.path, found)
    except Damage as damage:
        refuse(wheel, damage)


def refuse(wheel: Wheel, damage: Damage) -> NoReturn:
    """Say what is wrong with ``wheel``."""
    where = f"{damage.entry} in {wheel.path.name}" if damage.entry else wheel.path.name
    raise UnsafeWheel(
        f"{wheel.name} {wheel.version} is not a wheel that can be trusted.",
        why=f"{where}: {damage.reason}.",
        next=f"Lock another version of {wheel.name}, and tell its maintainers or the owners of your index.",
    ) from None


def native(found: Iterable[Member | Entry]) -> str:
    """The path of a shared object among ``found``; "" when there is none."""
    for one in found:
        path = one.path if isinstance(one, Member) else one.name
        name = path.rpartition("/")[2]
        if name.endswith((".so", ".pyd", ".dylib", ".dll")) or ".so." in name:
            return path
    return ""


def _info(wheel: Wheel, found: Sequence[Entry]) -> str:
    """The name of the wheel's one ``.dist-info`` folder, which must be that of the distribution."""
    names = {entry.name for entry in found}
    folders = {name.partition("/")[0] for name in names if ".dist-info/" in name}
    folders = {folder for folder in folders if folder.endswith(".dist-info")}
    if len(folders) != 1:
        raise Damage("it has no .dist-info folder" if not folders else "it has several .dist-info folders")
    folder = folders.pop()
    name, _, version = folder.removesuffix(".dist-info").partition("-")
    for needed in ("METADATA", "WHEEL"):
        if f"{folder}/{needed}" not in names:
            raise Damage(f"it has no {needed}")
    if canonicalize_name(name) != canonicalize_name(wheel.name) or not _same(version, wheel.version):
        raise Damage(f"it holds {name} {version}")
    return folder


def _same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _fits(wheel: Wheel, target: Target, found: Sequence[Entry], info: str) -> None:
    try:
        _, _, _, tags = parse_wheel_filename(wheel.path.name)
    except InvalidWheelFilename as error:
        raise Damage(f"its file name is not a wheel's: {error}") from None
    if not tags & _tags(target):
        raise NoWheel(
            f"{wheel.name} {wheel.version} does not run on {target}.",
            why=f"{wheel.path.name} is for {', '.join(sorted(map(str, tags)))}.",
            next="Lock it for that target again, or choose another runtime or architecture.",
        )
    text = next(unpack(wheel.path, entry) for entry in found if entry.name == f"{info}/WHEEL")
    major = _VERSION.search(text)
    if major is None or major[1] != b"1":
        raise Damage(
            f"its format is {major[1].decode() if major else 'of no version'}, and 1 is the newest known"
        )


@cache
def _tags(target: Target) -> frozenset[Tag]:
    return frozenset(target.tags())


def _placed(wheel: Wheel, found: Sequence[Entry], data: str) -> tuple[Member, ...]:
    placed: dict[str, Member] = {}
    for entry in found:
        path = entry.name
        if path.startswith(data):
            scheme, _, rest = path[len(data) :].partition("/")
            if scheme in _ROOTS and rest:
                path = rest
        if path in placed:
            raise Damage(f"two files of it would become {path}", entry.name)
        placed[path] = Member(path, wheel.name, _content(wheel.path, entry), entry.executable)
    for path in placed:
        folder = path.rpartition("/")[0]
        while folder:
            if folder in placed:
                raise Damage(f"it needs a folder where {folder} is a file", path)
            folder = folder.rpartition("/")[0]
    return tuple(placed[path] for path in sorted(placed))


def _content(wheel: Path, entry: Entry) -> Packed | Loose:
    if entry.method in (STORED, DEFLATED):
        return Packed(wheel, entry.offset, entry.packed, entry.size, entry.crc, entry.method)
    return Loose(unpack(wheel, entry))
