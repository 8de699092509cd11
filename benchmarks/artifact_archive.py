"""The archive step of `sameroom build` by itself, against a loop that copies the same compressed bytes."""

from __future__ import annotations

import struct
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import table

from sameroom.artifact.archive import archive
from sameroom.artifact.members import Member, Packed


class Step(NamedTuple):
    #: Seconds, each time.
    ours: list[float]
    copying: list[float]
    #: Members, and their compressed bytes.
    files: int
    packed: int

    @property
    def ratio(self) -> float:
        return table.paired(self.ours, self.copying)


def measure(built: Path, repetitions: int) -> Step:
    """Archive the members of a zip that sameroom built, and copy them, in turns.

    :raises SystemExit: archived again they are another zip.
    """
    members = _members(built)
    ours, copying = [], []
    with tempfile.TemporaryDirectory(prefix="sameroom-bench-") as folder:
        for number in range(repetitions + 1):
            first = _seconds(archive, members, Path(folder) / "ours")
            second = _seconds(_copy, members, Path(folder) / "copied")
            if number:  # the first has warmed what the others read
                ours.append(first)
                copying.append(second)
        if (Path(folder) / "ours").read_bytes() != built.read_bytes():
            raise SystemExit(f"the members of {built} do not make the same zip again")
    return Step(ours, copying, len(members), sum(_packed(member).packed for member in members))


def _members(built: Path) -> list[Member]:
    """As they lie in the zip, compressed."""
    members = []
    with zipfile.ZipFile(built) as opened, built.open("rb") as file:
        for entry in opened.infolist():
            file.seek(entry.header_offset + 26)
            offset = entry.header_offset + 30 + sum(struct.unpack("<HH", file.read(4)))
            sizes = (entry.compress_size, entry.file_size, entry.CRC, entry.compress_type)
            executable = bool(entry.external_attr >> 16 & 0o100)
            members.append(Member(entry.filename, "", Packed(built, offset, *sizes), executable))
    return members


def _packed(member: Member) -> Packed:
    assert isinstance(member.content, Packed)
    return member.content


_Writer = Callable[[Sequence[Member], BinaryIO], object]


def _seconds(write: _Writer, members: Sequence[Member], out: Path) -> float:
    out.unlink(missing_ok=True)
    began = time.perf_counter()
    with out.open("wb") as file:
        write(members, file)
    return time.perf_counter() - began


def _copy(members: Sequence[Member], out: BinaryIO) -> None:
    with _packed(members[0]).file.open("rb") as file:
        for member in members:
            content = _packed(member)
            file.seek(content.offset)
            out.write(file.read(content.packed))
