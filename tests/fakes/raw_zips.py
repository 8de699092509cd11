"""Wheels written byte by byte, so that any field can lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple


class Raw(NamedTuple):
    """An entry: what its local header and the directory say of it, and the bytes that are there."""

    name: bytes
    packed: bytes
    size: int
    crc: int
    method: int = 8
    flags: int = 0
    attributes: int = 0o100644 << 16
    #: Where the directory says that the local header is; None is where it is.
    at: int | None = None
    #: The name in the local header, where it is another.
    local: bytes | None = None
    #: What the directory says the packed size is, where it is another.
    said: int | None = None


def raw(name: str, data: bytes, **changes: Any) -> Raw:
    """An honest entry, but for ``changes``."""
    if changes.get("method") == 0:
        packed = data
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
    return Raw(name.encode(), packed, len(data), zlib.crc32(data))._replace(**changes)


def info(name: str = "sly", version: str = "1.0") -> list[Raw]:
    """The .dist-info that makes a zip a wheel."""
    folder = f"{name}-{version}.dist-info"
    return [
        raw(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()),
        raw(f"{folder}/WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        raw(f"{folder}/RECORD", b""),
    ]


def header(entry: Raw) -> bytes:
    """The entry's local header and its bytes."""
    name = entry.name if entry.local is None else entry.local
    fields = (20, entry.flags, entry.method, 0, 0x21, entry.crc, len(entry.packed), entry.size, len(name), 0)
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + name + entry.packed


def write(path: Path, entries: Iterable[Raw], after: bytes = b"", *, large: bool = False) -> Path:
    """A zip of ``entries`` at ``path``; ``large`` ends as those do that have more than 65,535 files."""
    body, directory, count = b"", b"", 0
    for entry in entries:
        at = len(body) if entry.at is None else entry.at
        if entry.at is None:
            body += header(entry)
        said = len(entry.packed) if entry.said is None else entry.said
        fields = (3 << 8 | 20, 20, entry.flags, entry.method, 0, 0x21, entry.crc, said, entry.size)
        tail = (len(entry.name), 0, 0, 0, 0, entry.attributes, at)
        directory += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fields, *tail) + entry.name
        count += 1
    counts = (0, 0, count, count, len(directory), len(body))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", *counts, 0)
    if large:
        at = len(body) + len(directory)
        end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, *counts)
        end += struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
        end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body + directory + end + after)
    return path
