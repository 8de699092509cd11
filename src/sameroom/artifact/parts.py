"""Members -> what each distribution brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .members import Member


class Part(NamedTuple):
    """What one distribution brings. Sizes are bytes."""

    #: Normalised; "" is the project itself, "sameroom" our runtime.
    name: str
    version: str
    zipped: int
    unzipped: int
    files: int
    #: Of ``unzipped``, compiled modules.
    bytecode: int
    #: It has machine code in it.
    native: bool


def parts_of(
    members: Iterable[Member], versions: Mapping[str, str], zipped: Mapping[str, int] | None = None
) -> tuple[Part, ...]:
    """One for each owner, the largest first; ``zipped`` tells bytes by path where there is a zip."""
    parts: dict[str, Part] = {}
    for member in members:
        path, owner = member.path, member.owner
        part = parts.get(owner) or Part(owner, versions.get(owner, ""), 0, 0, 0, 0, native=False)
        parts[owner] = part._replace(
            zipped=part.zipped + (zipped[path] if zipped else 0),
            unzipped=part.unzipped + member.size,
            files=part.files + 1,
            bytecode=part.bytecode + (member.size if path.endswith(".pyc") else 0),
            native=part.native or path.endswith(".so") or ".so." in path,
        )
    return tuple(sorted(parts.values(), key=lambda part: (-part.unzipped, part.name)))
