"""Members as files in a folder, for a Python to import. What is there already is left as it is."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from .cache import whole
from .members import Loose, Member, Packed

_THREADS = 4


def plant(tree: Path, members: Sequence[Member]) -> None:
    """Make ``tree`` hold ``members`` and nothing else; beside it, ``<tree>.json`` tells what was written.

    :raises OSError: the folder cannot be written, or the disk is full.
    """
    manifest = tree.with_name(tree.name + ".json")
    there = _manifest(manifest) if tree.is_dir() else {}
    wanted = {member.path: _mark(member) for member in members}
    new = [member for member in members if there.get(member.path) != wanted[member.path]]
    old = [path for path in there if path not in wanted]
    if not new and not old:
        return
    manifest.unlink(missing_ok=True)  # until all is written, nothing of it can be relied on
    if not there:
        shutil.rmtree(tree, ignore_errors=True)
    for path in old:
        _remove(tree, path)
    for folder in sorted({os.path.dirname(member.path) for member in new}):
        (tree / folder).mkdir(parents=True, exist_ok=True)
    from concurrent.futures import ThreadPoolExecutor

    shares = [new[start::_THREADS] for start in range(_THREADS)]
    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(lambda share: _write(tree, share), shares))
    with whole(manifest) as file:
        file.write(json.dumps(wanted).encode())


def overwrite(tree: Path, members: Sequence[Member], stale: Iterable[str]) -> bytes:
    """Other contents for some files of a planted ``tree``, loose ones, less the ``stale``; for ``settle``.

    :raises OSError: there is no such tree, or it cannot be written.
    """
    manifest = tree.with_name(tree.name + ".json")
    said = manifest.read_bytes()
    manifest.unlink()  # as above
    for member in members:
        if isinstance(member.content, Loose):
            _put(tree, member, member.content.data)
    for path in stale:
        (tree / path).unlink(missing_ok=True)
    return said


def settle(tree: Path, said: bytes, written: Sequence[Member], added: Sequence[Member]) -> None:
    """``added`` goes into a tree that was overwritten, each file whole or not at all, for the tree may be in
    use; and the tree can be relied on again."""
    from .archive import read

    marks = json.loads(said)
    for path, data in read(added):
        with whole(tree / path) as file:
            file.write(data)
    for member in (*written, *added):
        marks[member.path] = _mark(member)
    with whole(tree.with_name(tree.name + ".json")) as file:
        file.write(json.dumps(marks).encode())


def _remove(tree: Path, path: str) -> None:
    """The file, and the folders that it leaves empty: Python would take them for packages (PEP 420)."""
    (tree / path).unlink(missing_ok=True)
    for folder in (tree / path).parents:
        if folder == tree or any(folder.iterdir()):
            break
        folder.rmdir()


def _write(tree: Path, members: Sequence[Member]) -> None:
    from .archive import read

    for member, (_, data) in zip(members, read(members), strict=True):
        _put(tree, member, data)


def _put(tree: Path, member: Member, data: bytes) -> None:
    mode = 0o755 if member.executable else 0o644
    handle = os.open(tree / member.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(handle, "wb", buffering=0) as file:
        file.write(data)


def _manifest(path: Path) -> dict[str, list[int]]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _mark(member: Member) -> list[int]:
    """Enough to tell whether the file is the same."""
    content = member.content
    if isinstance(content, Packed):
        return [content.crc, content.size, int(member.executable)]
    return [zlib.crc32(content.data), len(content.data), int(member.executable)]
