"""A pack: what was compressed once, kept so that next time it is copied. A file, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from .archive import squeeze
from .cache import whole
from .members import Packed


class Entry(NamedTuple):
    """Something to be packed, under a key of the caller's."""

    key: str
    data: bytes


def write(
    path: Path, entries: Iterable[Entry], kept: Mapping[str, Packed] | None = None
) -> dict[str, Packed]:
    """Pack ``entries``, and copy those of another pack that are ``kept``; all of them by key."""
    index: list[list[str | int]] = []
    chunks, offset = [], 0
    for key, old in (kept or {}).items():
        with old.file.open("rb") as file:
            file.seek(old.offset)
            chunks.append(file.read(old.packed))
        index.append([key, offset, *old[2:]])
        offset += old.packed
    fresh = list(entries)
    with ThreadPoolExecutor() as threads:  # libdeflate works without Python's lock
        done = list(threads.map(lambda entry: squeeze(entry.data), fresh))
    for (key, _), (method, crc, size, squeezed) in zip(fresh, done, strict=True):
        chunks.append(squeezed)
        index.append([key, offset, len(squeezed), size, crc, method])
        offset += len(squeezed)
    head = json.dumps(index).encode() + b"\n"
    with whole(path) as file:
        file.write(head)
        file.writelines(chunks)
    return _placed(path, index, len(head))


def read(path: Path) -> dict[str, Packed] | None:
    """The packed entries by key; None where there is no such pack, or none that can be read."""
    try:
        with path.open("rb") as file:
            head = file.readline()
            end = file.seek(0, 2)
        entries = _placed(path, json.loads(head), len(head))
    except (OSError, ValueError, TypeError):
        return None
    last = max((entry.offset + entry.packed for entry in entries.values()), default=0)
    return entries if last <= end else None


def _placed(path: Path, index: list[list[str | int]], start: int) -> dict[str, Packed]:
    return {str(key): Packed(path, start + int(offset), *map(int, rest)) for key, offset, *rest in index}
