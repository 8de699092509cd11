"""requirements.txt: read for its hashes and for what it pins; uv reads it for everything else.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import codecs
import dataclasses
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from packaging.pylock import Package, Pylock
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from ...errors import HashMismatch, LockError
from ...project.settings import FILE
from ..members import Pin
from . import compiled, pylock
from .coverage import fits

NAME = "requirements.txt"

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_COMMENT = re.compile(r"(^|\s)#.*$")
_NESTED = re.compile(r"(-r|--requirement|-c|--constraint)(?:\s+|=)?(\S+)$")
_INDEX = re.compile(r"(-i|--index-url|--extra-index-url|-f|--find-links|--no-index)(?:(?:\s+|=)?(\S+))?$")
_HASH = re.compile(r"\s--hash[= ](?P<kind>\w+):(?P<digest>[0-9A-Fa-f]+)")
_OPTIONS = re.compile(r"\s--[a-z].*$")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Line(NamedTuple):
    """One requirement of a file."""

    #: As PEP 508 has it, or a path or URL.
    text: str
    #: None for a path or URL without a name.
    requirement: Requirement | None
    #: Lower-case hex, by algorithm.
    hashes: tuple[tuple[str, str], ...]
    constraint: bool = False


class Requirements(NamedTuple):
    """A requirements file with everything it names by -r and -c."""

    lines: tuple[Line, ...]
    #: Its options that name indexes, with absolute paths.
    indexes: tuple[str, ...]

    @property
    def hashed(self) -> bool:
        return any(line.hashes for line in self.lines)


def remedy(path: Path, called: str, from_project: bool) -> str:
    """The command that locks anew into ``called``, the file at ``path``; as typed in the project's folder.

    Where nothing is there to compile from, the file itself is: pip-tools' ``.in``, or pyproject.toml when
    ``from_project`` says that it has dependencies.
    """
    source = str(PurePosixPath(called).with_suffix(".in"))
    if called == source:
        return f"uv pip compile --generate-hashes {called} -o {PurePosixPath(called).with_suffix('.txt')}"
    is_there = path.with_suffix(".in").is_file()
    first = "" if is_there or from_project else f"mv {called} {source} && "
    return f"{first}uv pip compile --generate-hashes {source if first or is_there else FILE} -o {called}"


def parse(path: Path, called: str) -> Requirements:
    """:raises LockError: a file is not there, or is no text."""
    lines: list[Line] = []
    indexes: list[str] = []
    _read(path, called, False, (lines, indexes, set()))
    return Requirements(tuple(lines), tuple(indexes))


def resolve(ask: compiled.Ask, read: Requirements) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """Pins and notes for a file that ``ask`` has as its source.

    :raises LockError: it cannot be met, or has hashes for some of what is needed only.
    :raises HashMismatch: no file of the index is among the hashes.
    """
    answer = compiled.for_target(ask)
    choice = pylock.Choice(ask.target, ask.lock, answer.folder, ask.remedy)
    if read.hashed:
        hashes = _hashes(read)
        _all_hashed(answer.lock, hashes, ask)
        return pylock.pins(pylock.chosen(_verified(answer.lock, hashes, ask), choice), choice), answer.notes
    choice = choice._replace(offered=lambda package: compiled.offered(ask, package))
    notes = (*answer.notes, *_loose(answer.lock, read, ask))
    return pylock.pins(pylock.chosen(answer.lock, choice), choice), notes


def only_hashed(package: Package, digests: Iterable[str]) -> Package | None:
    """``package`` with those of its files only that are ``digests``' (SHA-256), None when none is."""
    known = set(digests)
    wheels = [wheel for wheel in package.wheels or () if wheel.hashes.get("sha256", "") in known]
    sdist = package.sdist if package.sdist and package.sdist.hashes.get("sha256", "") in known else None
    return dataclasses.replace(package, wheels=wheels, sdist=sdist) if wheels or sdist else None


def files(package: Package) -> tuple[tuple[str, str], ...]:
    """Name and SHA-256 of each file."""
    sdist = (package.sdist,) if package.sdist else ()
    listed = [(file.filename, file.hashes.get("sha256", "")) for file in (*(package.wheels or ()), *sdist)]
    if package.archive:
        where = package.archive.url or str(package.archive.path)
        listed.append((where.rpartition("/")[2], package.archive.hashes.get("sha256", "")))
    return tuple(listed)


def mismatch(package: Package, expected: Iterable[str], ask: compiled.Ask) -> HashMismatch:
    """No file of ``package`` is what was locked."""
    ours_first = sorted(files(package), key=lambda file: not fits(file[0], ask.target))
    listed = [f"{name} (sha256:{digest})" for name, digest in ours_first]
    said = sorted(f"sha256:{digest}" for digest in expected) or ["no SHA-256 at all"]
    return HashMismatch(
        f"{package.name} {package.version} is not what {ask.lock} locked.",
        why=f"Expected {_some(said)}; the index has {_some(listed)}. Either a file was replaced, or the lock "
        "was made for another platform.",
        next=f"If you trust the index, lock again: {ask.remedy}",
    )


def _some(items: list[str]) -> str:
    shown = items[:3]
    return " or ".join(shown) + (f" or {len(items) - 3} more" if len(items) > 3 else "")


def _verified(lock: Pylock, hashes: Mapping[str, frozenset[str]], ask: compiled.Ask) -> Pylock:
    """``lock`` with files only that the hashes allow. Where the best file is not among them, for instance as
    it came later, the index is asked for all the others."""
    kept: dict[str, Package] = {}
    doubtful = []
    for package in lock.packages:
        known = hashes.get(package.name, frozenset())
        if package.archive and known and package.archive.hashes.get("sha256") not in known:
            raise mismatch(package, known, ask)
        found = package if package.is_direct else only_hashed(package, known)
        kept[package.name] = found or package
        if found is None:
            doubtful.append(f"{package.name}=={package.version}")
    for package in compiled.everywhere(ask, doubtful).lock.packages if doubtful else ():
        found = only_hashed(package, hashes[package.name])
        if found is None or (found.wheels and _fits(package, ask) and not _fits(found, ask)):
            raise mismatch(package, hashes[package.name], ask)
        kept[package.name] = found
    return dataclasses.replace(lock, packages=list(kept.values()))


def _fits(package: Package, ask: compiled.Ask) -> bool:
    return any(fits(wheel.filename, ask.target) for wheel in package.wheels or ())


def _hashes(read: Requirements) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in read.lines:
        if line.hashes and (name := _name(line)):
            known = found.setdefault(name, set())
            known.update(digest for kind, digest in line.hashes if kind == "sha256")
    return {name: frozenset(digests) for name, digests in found.items()}


def _name(line: Line) -> str:
    """A requirement's name, which a path or URL has in its file's name; "" where it has none."""
    if line.requirement:
        return canonicalize_name(line.requirement.name)
    filename = line.text.partition("#")[0].rpartition("/")[2]
    try:
        parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
        return parse(filename)[0]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""


def _all_hashed(lock: Pylock, hashes: Mapping[str, frozenset[str]], ask: compiled.Ask) -> None:
    bare = [package.name for package in lock.packages if not package.is_direct and package.name not in hashes]
    if bare:
        raise LockError(
            f"{ask.lock} has hashes, but none for {', '.join(bare)}.",
            why="Where some are verified all must be, with what they need in turn (pip's --require-hashes).",
            next=f"Lock again with everything in it: {ask.remedy}",
        )


def _loose(lock: Pylock, read: Requirements, ask: compiled.Ask) -> tuple[str, ...]:
    """A note of what the file leaves open."""
    pinned = {
        canonicalize_name(each.name) for line in read.lines if (each := line.requirement) and _pins(each)
    }
    loose = [
        package.name for package in lock.packages if not package.is_direct and package.name not in pinned
    ]
    if not loose:
        return ()
    names = ", ".join(loose[:6]) + (f" and {len(loose) - 6} more" if len(loose) > 6 else "")
    cost = "another day's build may take other versions"
    return (f"{ask.lock} does not pin {names}: not locked, so {cost}. To lock: {ask.remedy}",)


def _pins(found: Requirement) -> bool:
    exact = (each for each in found.specifier if each.operator in ("==", "===") and "*" not in each.version)
    return found.url is not None or any(exact)


_State = tuple[list[Line], list[str], set[Path]]


def _read(path: Path, called: str, constraint: bool, state: _State) -> None:
    lines, indexes, seen = state
    if path.resolve() in seen:
        return
    seen.add(path.resolve())
    for text in _logical(_text(path, called)):
        nested = _NESTED.match(text)
        index = _INDEX.match(text)
        if nested:
            if not _URL.match(nested[2]):
                inner = constraint or nested[1] in ("-c", "--constraint")
                _read(path.parent / nested[2], nested[2], inner, state)
        elif index:
            indexes.append(_absolute(index[1], index[2], path.parent))
        elif not text.startswith("-"):
            lines.append(_line(text, constraint))


def _text(path: Path, called: str) -> str:
    try:
        data = path.read_bytes()
        encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
        return data.decode(encoding).removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise LockError(
            f"{called} cannot be read.", why=f"{error}.", next="Put it there, as UTF-8 text, and try again."
        ) from error


def _logical(text: str) -> list[str]:
    """Lines without comments, joined where they end in a backslash, with ${VARIABLES} replaced."""
    joined: list[str] = []
    open_line = ""
    for line in text.splitlines():
        if line.endswith("\\"):
            open_line += _COMMENT.sub("", line[:-1]) + " "
            continue
        joined.append(_COMMENT.sub("", open_line + line).strip())
        open_line = ""
    joined.append(open_line.strip())
    return [_VARIABLE.sub(lambda match: os.environ.get(match[1], match[0]), line) for line in joined if line]


def _line(text: str, constraint: bool) -> Line:
    hashes = tuple((match["kind"].lower(), match["digest"].lower()) for match in _HASH.finditer(text))
    bare = _OPTIONS.sub("", text).strip()
    try:
        requirement = Requirement(bare)
    except InvalidRequirement:
        requirement = None
    return Line(bare, requirement, hashes, constraint)


def _absolute(option: str, value: str | None, folder: Path) -> str:
    if value and option in ("-f", "--find-links") and not _URL.match(value):
        value = str((folder / value).resolve())
    return f"{option} {value}" if value else option
