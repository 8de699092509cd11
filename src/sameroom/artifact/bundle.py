"""The members that a start imports -> one more: their bytecode, and its regular expressions, in one file.

What is in it comes from the proof, so only a host that can run the target makes it. See
``sameroom.runtime.bundle`` for the format and for who reads it.
"""

from __future__ import annotations

import marshal
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..runtime.bundle import FORMAT, Index
from ..runtime.patterns import Compiled, packed
from .archive import read
from .bytecode import pyc_path
from .members import Loose, Member
from .pythons import Python

#: A .pyc's magic number, flags and hash (PEP 552) go before its code.
_MAGIC, _HEADER = 4, 16
_NATIVE = (".so", ".pyd")


def bundle(
    members: Sequence[Member], files: Collection[str], patterns: Compiled, python: Python
) -> Member | None:
    """Given the same, the same bytes. None where no bytecode was loaded.

    :param members: all of the artifact, bytecode for ``python`` among them.
    :param files: of the modules that were in memory once the app was there, as members' paths.
    :param patterns: what ``runtime.patterns.compiled()`` said there.
    """
    chosen = sorted(_chosen(members, files, python))
    compiled = dict(read(member for _, member in chosen))
    if not compiled:
        return None
    index: Index = {}
    codes: list[bytes] = []
    offset = 0
    for source, member in chosen:
        code = compiled[member.path][_HEADER:]
        folder, name, is_package = _placed(source)
        index.setdefault(folder, {})[name] = (offset, len(code), is_package)
        codes.append(code)
        offset += len(code)
    magic = compiled[chosen[0][1].path][:_MAGIC]
    # Version 2 of marshal's format: every Python reads it, and it does not tell what is the same object.
    head = marshal.dumps((FORMAT, magic, index, packed(patterns)), 2)
    data = b"".join((len(head).to_bytes(8, "little"), head, *codes))
    return Member("sameroom/bundle.cpython-{}{}".format(*python.version), "sameroom", Loose(data))


def _chosen(
    members: Iterable[Member], files: Collection[str], python: Python
) -> Iterator[tuple[str, Member]]:
    """Source path and bytecode of each module that was loaded, or may be for the first request, being ours;
    and that Python would find as source."""
    by_path = {member.path: member for member in members}
    hidden = set(_hiding(by_path))
    ours = {path for path, member in by_path.items() if member.owner == "sameroom" and path.endswith(".py")}
    for source in {*files, *ours}:
        member = by_path.get(pyc_path(source, python))
        if member is not None and source in by_path and _stem(source) not in hidden:
            yield source, member


def _hiding(by_path: Mapping[str, Member]) -> Iterator[str]:
    """Stems of modules that go before a source of the same name: a package, or machine code."""
    for path in by_path:
        if path.endswith(_NATIVE):
            folder, slash, name = path.rpartition("/")
            yield f"{folder}{slash}{name.partition('.')[0]}"
        elif path.endswith("/__init__.py"):
            yield path.removesuffix("/__init__.py")


def _stem(source: str) -> str:
    return source.removesuffix(".py")


def _placed(source: str) -> tuple[str, str, bool]:
    """Folder, name of the module in it, and whether it is a package."""
    stem = _stem(source)
    is_package = stem.endswith("/__init__")
    folder, _, name = stem.removesuffix("/__init__").rpartition("/")
    return folder, name, is_package
