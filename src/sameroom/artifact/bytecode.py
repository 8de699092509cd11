"""Members -> their bytecode, for exactly the target's Python.

The .pyc files are hash-based and unchecked (PEP 552): Lambda unpacks the zip with other dates than those
that were compiled, and Python throws timestamp .pyc files away for that, silently, at every cold start
(serverless/serverless#13889, aws/aws-lambda-builders#924).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from ..errors import SameroomError
from . import pack
from .archive import read
from .members import Loose, Member, Packed, Wheel
from .pythons import Python

_COMPILER = Path(__file__).with_name("compiler.py")
#: Files compiled one after the other in the same process. Part of what makes the bytes what they are.
_BATCH = 40
#: Goes up when the bytes of a pack would be others.
_FORMAT = 1


class Batch(NamedTuple):
    """Sources that are compiled by one process, in this order."""

    paths: tuple[str, ...]
    sources: tuple[bytes, ...]


class Job(NamedTuple):
    """One distribution's modules, and the pack that is to hold their bytecode."""

    owner: str
    members: tuple[Member, ...]
    pack: Path


def compiled(
    members: Sequence[Member], wheels: Sequence[Wheel], python: Python, cache: Path
) -> tuple[Member, ...]:
    """The bytecode of the wheels' modules among ``members``, from the cache where it was compiled before.

    :raises SameroomError: the compiler ended in an error.
    """
    jobs = list(_jobs(members, wheels, python, cache))
    packs = {job.owner: pack.read(job.pack) for job in jobs}
    missing = [job for job in jobs if packs[job.owner] is None]
    batches = [(job, batch) for job in missing for batch in _batches(job.members)]
    made = compile_batches([batch for _, batch in batches], python)
    for job in missing:
        done = [(batch, pycs) for (owner, batch), pycs in zip(batches, made, strict=True) if owner is job]
        entries = [
            pack.Entry(path, data)
            for batch, pycs in done
            for path, data in zip(batch.paths, pycs, strict=True)
            if data
        ]
        packs[job.owner] = pack.write(job.pack, entries)
    return tuple(member for job in jobs for member in members_of(packs[job.owner] or {}, job.owner, python))


def members_of(packed: Mapping[str, Packed], owner: str, python: Python) -> Iterator[Member]:
    """Bytecode as members: beside its source in ``__pycache__`` (PEP 3147)."""
    for path, content in packed.items():
        yield Member(pyc_path(path, python), owner, content)


def pyc_path(path: str, python: Python) -> str:
    """``a/b.py`` -> ``a/__pycache__/b.cpython-313.pyc``."""
    folder, _, name = path.rpartition("/")
    tag = "cpython-{}{}".format(*python.version)
    return f"{folder}/__pycache__/{name[:-3]}.{tag}.pyc".lstrip("/")


def is_module(member: Member) -> bool:
    """Whether it can be imported by name: ``a.b.py`` cannot."""
    name = member.path.rpartition("/")[2]
    return name.endswith(".py") and name.count(".") == 1


def _jobs(members: Sequence[Member], wheels: Sequence[Wheel], python: Python, cache: Path) -> Iterator[Job]:
    for wheel in wheels:
        modules = tuple(member for member in members if member.owner == wheel.name and is_module(member))
        paths = "\n".join(member.path for member in modules)
        what = hashlib.sha256(f"{_FORMAT} {wheel.sha256} {paths}".encode()).hexdigest()
        version = "cpython-{}.{}.{}".format(*python.version)
        if modules:
            yield Job(wheel.name, modules, cache / "bytecode" / version / f"{wheel.name}-{what[:32]}")


def _batches(members: Sequence[Member]) -> Iterator[Batch]:
    sources = dict(read(members))
    paths = list(sources)
    for start in range(0, len(paths), _BATCH):
        chosen = tuple(paths[start : start + _BATCH])
        yield Batch(chosen, tuple(sources[path] for path in chosen))


def compile_batches(batches: Sequence[Batch], python: Python) -> list[list[bytes]]:
    """The .pyc of every source, b"" where it is no Python of that version; in order.

    :raises SameroomError: the compiler ended in an error.
    """
    # By size, so that the processes end at about the same time; the bytes do not depend on it.
    order = sorted(range(len(batches)), key=lambda at: -sum(map(len, batches[at].sources)))
    count = min(os.cpu_count() or 1, len(batches)) or 1
    shares = [order[start::count] for start in range(count)]
    made: list[list[bytes]] = [[] for _ in batches]
    with ThreadPoolExecutor(count) as threads:
        answers = threads.map(lambda share: _run([batches[at] for at in share], python), shares)
        for share, answer in zip(shares, answers, strict=True):
            for at in share:
                made[at] = [next(answer) for _ in batches[at].paths]
    return made


def _run(batches: Sequence[Batch], python: Python) -> Iterator[bytes]:
    if not batches:
        return iter(())
    index = [[[path, len(source)] for path, source in zip(*batch, strict=True)] for batch in batches]
    given = (
        json.dumps(index).encode() + b"\n" + b"".join(source for batch in batches for source in batch.sources)
    )
    done = subprocess.run(
        [python.path, "-S", "-B", _COMPILER],
        input=given,
        capture_output=True,
        cwd=_COMPILER.anchor,
        # A set's constants are written in the order of their hashes.
        env={"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
        check=False,
    )
    if done.returncode:
        raise SameroomError(
            f"{python.path} could not compile the artifact's modules.",
            why=done.stderr.decode("utf-8", "replace").strip() or f"It ended with status {done.returncode}.",
            next="Check that this Python works; bytecode = false in [tool.sameroom] does without.",
        )
    return _frames(done.stdout)


def _frames(answer: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(answer):
        size = int.from_bytes(answer[at : at + 4], "little")
        yield answer[at + 4 : at + 4 + size]
        at += 4 + size


def alone(members: Sequence[Member], python: Python) -> Iterator[Member]:
    """The bytecode of loose modules as ``of_project`` makes it; nothing is kept.

    :raises SameroomError: the compiler ended in an error.
    """
    pieces = [piece for piece in _pieces(members, python) if piece.is_bytecode]
    for piece, entry in zip(pieces, _compiled_alone(pieces, python), strict=True):
        if entry.data:
            yield piece.member._replace(content=Loose(entry.data))


class _Piece(NamedTuple):
    """One member to be, and what its bytes are made from."""

    member: Member
    #: Says what the bytes will be.
    key: str
    source: bytes
    is_bytecode: bool


def of_project(members: Sequence[Member], python: Python | None, kept: Path) -> tuple[Member, ...]:
    """Loose members compressed, and their bytecode; what was done the last time lies in ``kept``.

    :raises SameroomError: the compiler ended in an error.
    """
    old = pack.read(kept) or {}
    pieces = list(_pieces(members, python))
    keys = {piece.key: piece for piece in pieces}
    missing = [piece for key, piece in keys.items() if key not in old]
    now = old
    if missing or len(old) > len(keys):
        entries = [pack.Entry(piece.key, piece.source) for piece in missing if not piece.is_bytecode]
        entries += _compiled_alone([piece for piece in missing if piece.is_bytecode], python)
        now = pack.write(kept, entries, {key: old[key] for key in keys if key in old})
    whole = [piece.member._replace(content=now[piece.key]) for piece in pieces]
    return tuple(member for member in whole if member.size or not member.path.endswith(".pyc"))


def _pieces(members: Sequence[Member], python: Python | None) -> Iterator[_Piece]:
    for member in members:
        if not isinstance(member.content, Loose):
            continue
        source = member.content.data
        digest = hashlib.sha256(source).hexdigest()
        yield _Piece(member, f"raw {digest}", source, is_bytecode=False)
        if python and is_module(member):
            version = "{}.{}.{}".format(*python.version)
            compiled = Member(pyc_path(member.path, python), member.owner, member.content)
            yield _Piece(
                compiled, f"pyc {_FORMAT} {version} {member.path} {digest}", source, is_bytecode=True
            )


def _compiled_alone(pieces: Sequence[_Piece], python: Python | None) -> list[pack.Entry]:
    """One process each: what a file compiles to must not depend on which others changed with it."""
    if python is None or not pieces:
        return []
    batches = [Batch((_source_path(piece.member.path),), (piece.source,)) for piece in pieces]
    made = compile_batches(batches, python)
    return [pack.Entry(piece.key, data) for piece, (data,) in zip(pieces, made, strict=True)]


def _source_path(path: str) -> str:
    """``pyc_path`` backwards (importlib.util.source_from_cache)."""
    folder, _, name = path.rpartition("/")
    return f"{folder.removesuffix('__pycache__')}{name.partition('.')[0]}.py"
