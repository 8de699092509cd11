"""Leaves out what no program needs as it runs, and nothing else. Every removal has its reason.

Shared objects are never touched: stripping them breaks NumPy, for 3 MB of 58.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from ...errors import UnsafeWheel
from ...project import Settings
from ..archive import read
from ..limits import mb
from ..members import Loose, Member, Packed, Removed, Wheel
from ..suites import namings, namings_of, needed, suites
from ..target import Target
from ..wheels import native
from .sdk import SDK, Asked, extras, newer, objections

#: A wheel, and what it brings.
Brought = tuple[Wheel, Sequence[Member]]

#: What installers keep of an installation. It would be wrong of a tree that something was left out of.
_INSTALLATION = ("RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json")
#: What machine code was compiled from and against. In a package without machine code these are its data.
_SOURCES = (".h", ".hh", ".hpp", ".hxx", ".c", ".cc", ".cpp", ".cxx", ".pxd", ".pxi", ".pyx", ".a", ".o")
_LEFTOVERS = re.compile(r"(?:^|/)(?:\.DS_Store|\._[^/]+|Thumbs\.db|meson\.build|[^/]+(?:\.orig|\.rej|~))$")
#: Of a wheel's .data folder, by scheme.
_UNPLACED = {"scripts": "a command for a shell", "headers": "headers for a compiler"}
#: Paths that a note names.
_NOTED = 3
_REQUIRES = re.compile(rb"^requires-dist:(.+)$", re.MULTILINE | re.IGNORECASE)


class Slimmed(NamedTuple):
    """What travels, sorted by path, and what does not."""

    kept: tuple[Member, ...]
    removed: tuple[Removed, ...]
    notes: tuple[str, ...]
    #: Distributions that the artifact leaves to Lambda's runtime.
    left_to_runtime: tuple[str, ...]


def slim(
    brought: Sequence[Brought],
    settings: Settings,
    target: Target,
    wanted: Sequence[str] = (),
    own: Sequence[Member] = (),
) -> Slimmed:
    """Choose what of ``brought`` travels.

    ``wanted`` is what the project itself requires; its ``own`` modules may import a package's tests.

    :raises UnsafeWheel: one distribution has a file where another needs a folder.
    """
    left, notes = _left_to_runtime(brought, settings, target, wanted)
    travelling = [(wheel, members) for wheel, members in brought if wheel.name not in left]
    reason_of = _reasons(travelling, own)
    include, exclude = _anchored(settings.include), _anchored(settings.exclude)
    kept: list[Member] = []
    removed: list[Removed] = []
    for wheel, members in brought:
        for member in members:
            reason = "Lambda's runtime brings it" if wheel.name in left else reason_of(member)
            if reason and wheel.name not in left and include.match_file(member.path):
                reason = ""
            elif not reason and exclude.match_file(member.path) and not include.match_file(member.path):
                reason = "your exclude pattern"
            if reason:
                removed.append(Removed(member.path, member.owner, member.size, reason))
            else:
                kept.append(member)
    merged, twice, more = _merged(kept)
    return Slimmed(merged, tuple(sorted([*removed, *twice])), (*notes, *more), tuple(sorted(left)))


def _anchored(patterns: Iterable[str]) -> GitIgnoreSpec:
    """Those that say where from the top: "data/" means the project's, "botocore/data/ec2" a dependency's."""
    return GitIgnoreSpec.from_lines(
        pattern
        for pattern in patterns
        if "/" in pattern.lstrip("!").rstrip("/") and not pattern.lstrip("!").startswith("**")
    )


def _reasons(brought: Sequence[Brought], own: Sequence[Member]) -> Callable[[Member], str]:
    """What says why a file stays at home, "" when it travels."""
    found = [naming for wheel, members in brought for naming in namings(wheel, members)]
    found += namings_of(read(member for member in own if member.path.endswith(".py")))
    folders = {folder for _, members in brought for folder in suites(members)}
    unneeded = tuple(folder + "/" for folder in folders - needed(folders, found))
    travelling = [naming for naming in found if not naming.path.startswith(unneeded)]
    readers = {naming.path.partition("/")[0] for naming in travelling if naming.stubs}
    machine_code = {wheel.name for wheel, members in brought if native(members)}

    def reason(member: Member) -> str:
        top, _, rest = member.path.partition("/")
        name = member.path.rpartition("/")[2]
        if top.endswith(".dist-info"):
            return "RECORD and the like tell of an installation" if rest in _INSTALLATION else ""
        if top.endswith(".data"):
            return _UNPLACED.get(rest.partition("/")[0], "")
        if top.endswith(".libs"):
            return ""
        if "/__pycache__/" in f"/{member.path}":
            return "bytecode of another build"
        if member.path.startswith(unneeded):
            return "tests"
        if name.endswith(".pyi") and top not in readers:
            return "types, which nothing reads at run time"
        if name.endswith(_SOURCES) and member.owner in machine_code:
            return "what machine code was built from"
        return "left over from a build" if _LEFTOVERS.search(member.path) else ""

    return reason


def _merged(members: Sequence[Member]) -> tuple[tuple[Member, ...], list[Removed], list[str]]:
    """Each path once: of two distributions that bring it, the later by name, as with pip's --target."""
    by_path: dict[str, Member] = {}
    removed: list[Removed] = []
    clashes: dict[tuple[str, str], list[str]] = {}
    for member in sorted(members, key=lambda member: (member.path, member.owner)):
        other = by_path.get(member.path)
        by_path[member.path] = member
        if other is not None:
            removed.append(Removed(other.path, other.owner, other.size, f"{member.owner} brings it too"))
            if not _same(other, member):
                clashes.setdefault((other.owner, member.owner), []).append(member.path)
    for path, member in by_path.items():
        folder = path.rpartition("/")[0]
        while folder and folder not in by_path:
            folder = folder.rpartition("/")[0]
        if folder:
            raise UnsafeWheel(
                f"{by_path[folder].owner} and {member.owner} cannot be installed together.",
                why=f"{by_path[folder].owner} has a file {folder}, and {member.owner} has {path}.",
                next="Do without one of them, or leave the file out: exclude in [tool.sameroom].",
            )
    notes = [_clash(one, other, paths) for (one, other), paths in clashes.items()]
    return tuple(by_path.values()), removed, notes


def _same(one: Member, other: Member) -> bool:
    ours, theirs = one.content, other.content
    if isinstance(ours, Packed) and isinstance(theirs, Packed):
        return (ours.size, ours.crc) == (theirs.size, theirs.crc)
    return isinstance(ours, Loose) and ours == theirs


def _clash(one: str, other: str, paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NOTED} more" if len(paths) > _NOTED else ""
    shown = ", ".join(paths[:_NOTED]) + more
    return f"{one} and {other} both bring {shown}, with other contents; {other}'s travels."


def _left_to_runtime(
    brought: Sequence[Brought], settings: Settings, target: Target, wanted: Sequence[str]
) -> tuple[set[str], list[str]]:
    """Which of boto3, botocore and s3transfer stay at home, and what is to be said about it."""
    locked = {wheel.name: wheel.version for wheel, _ in brought if wheel.name in SDK}
    if not locked or settings.boto3 == "bundled":
        return set(), []
    others = {wheel.name: wheel.version for wheel, _ in brought if wheel.name not in SDK}
    required = {wheel.name: _required(members) for wheel, members in brought if wheel.name in others}
    chosen = extras([*wanted, *(text for texts in required.values() for text in texts)])
    asked = [Asked("", text) for text in wanted]
    asked += [
        Asked(name, text, chosen.get(name, frozenset()))
        for name, texts in required.items()
        for text in texts
        if text.startswith(SDK)
    ]
    against = objections(target, asked, others)
    if against and settings.boto3 == "auto":
        size = mb(sum(member.size for wheel, members in brought if wheel.name in SDK for member in members))
        will_not = f"{target.runtime}'s own will not do: {'; '.join(against)}"
        return set(), [f"boto3 travels ({size} unzipped), for {will_not}."]
    notes = []
    if against:
        notes.append(
            f'boto3 = "runtime" leaves it out, and {target.runtime}\'s own may not do: {"; ".join(against)}.'
        )
    if ahead := newer(target, locked):
        notes.append(
            f"boto3 is left to {target.runtime}: {'; '.join(ahead)}. "
            'boto3 = "bundled" takes yours along, if you use what is new in it.'
        )
    return set(locked), notes


def _required(members: Sequence[Member]) -> list[str]:
    """What the distribution's METADATA has as Requires-Dist."""
    texts = read(member for member in members if member.path.endswith(".dist-info/METADATA"))
    headers = [re.split(rb"\r?\n\r?\n", text, maxsplit=1)[0] for _, text in texts]
    return [
        found.decode("utf-8", "replace").strip() for header in headers for found in _REQUIRES.findall(header)
    ]
