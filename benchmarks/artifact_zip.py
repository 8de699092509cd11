"""What a function's zip holds: bytes, files, and how much of its bytecode Python would take."""

from __future__ import annotations

import calendar
import importlib.util
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple


class Contents(NamedTuple):
    """A zip, counted."""

    #: Bytes.
    zipped: int
    unzipped: int
    files: int
    bytecode: int
    #: Of ``bytecode``, what Python refuses once unzipped with the zip's dates, which have steps of 2 s.
    stale: int
    #: The same where unzipping honours Info-ZIP's field of whole seconds ("UT").
    stale_by_seconds: int


def digest(archive: Path) -> str:
    return sha256(archive.read_bytes()).hexdigest()


def contents(archive: Path) -> Contents:
    """Count it. Dates in it are taken for UTC."""
    with zipfile.ZipFile(archive) as opened:
        entries = {entry.filename: entry for entry in opened.infolist() if not entry.is_dir()}
        compiled = [entry for name, entry in entries.items() if name.endswith(".pyc")]
        stale = by_seconds = 0
        for entry in compiled:
            source = entries.get(_source(entry.filename))
            head = opened.open(entry).read(16)
            stale += not _taken(head, entry.filename, source, _dos_time(source))
            by_seconds += not _taken(head, entry.filename, source, _unix_time(source))
    return Contents(
        archive.stat().st_size,
        sum(entry.file_size for entry in entries.values()),
        len(entries),
        len(compiled),
        stale,
        by_seconds,
    )


def imports(archive: Path, modules: Sequence[str], python: Path, runtime: Path) -> str:
    """The first module that does not import from the unzipped tree, and why; "" where all do.

    :param runtime: a folder with what the runtime brings along, last on the path.
    """
    program = "import sys; sys.path[:0] = [sys.argv[1]]; sys.path.append(sys.argv[2])\nimport " + ", ".join(
        modules
    )
    with tempfile.TemporaryDirectory(prefix="sameroom-bench-") as tree:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(tree)
        command = [str(python), "-I", "-S", "-B", "-c", program, tree, str(runtime)]
        process = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    if process.returncode == 0:
        return ""
    return next(_reasons(process.stderr), f"exit status {process.returncode}")


def _reasons(said: str) -> Iterator[str]:
    """The last line first; numpy tells the cause in a line of its own."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    yield from (line for line in lines if line.startswith("Original error was:"))
    yield from reversed(lines)


def _source(compiled: str) -> str:
    """Of "a/__pycache__/b.cpython-311.pyc" "a/b.py"; of "a/b.pyc", too."""
    if "__pycache__/" not in compiled:
        return compiled[:-1]
    try:
        return importlib.util.source_from_cache(compiled)
    except ValueError:
        return ""


def _taken(head: bytes, name: str, source: zipfile.ZipInfo | None, dated: int) -> bool:
    """Whether Python would run this .pyc (importlib._bootstrap_external, PEP 552).

    :param head: its first 16 bytes.
    :param dated: the source's date, in seconds since 1970.
    """
    if len(head) < 16 or head[:4] != importlib.util.MAGIC_NUMBER:
        return False
    if source is None:
        return "__pycache__/" not in name
    if name == source.filename + "c":
        return False  # the source beside it goes first
    flags, seconds, size = struct.unpack("<3I", head[4:16])
    if flags & 1:
        return True  # hashed: nothing of a date in it
    return (seconds, size) == (dated & 0xFFFFFFFF, source.file_size & 0xFFFFFFFF)


def _dos_time(entry: zipfile.ZipInfo | None) -> int:
    return calendar.timegm((*entry.date_time, 0, 0, 0)) if entry else 0


def _unix_time(entry: zipfile.ZipInfo | None) -> int:
    """By the "UT" field, or as MS-DOS has it where that is missing."""
    rest = entry.extra if entry else b""
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        if kind == 0x5455 and size >= 5 and rest[4] & 1:
            return int(struct.unpack("<i", rest[5:9])[0])
        rest = rest[4 + size :]
    return _dos_time(entry)
