"""Members -> zip: compressed bytes are copied from where they lie, and the same members give the same bytes.

The format is PKWARE's APPNOTE.TXT 6.3.9; Lambda unpacks it below /var/task.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple

import deflate

from .members import Loose, Member, Packed

#: 1980-01-01, the first day that a zip can tell (APPNOTE 4.4.6), and how many times it tells in a day.
_DATE, _TIMES = 0x0021, 86400 // 2
_UTF8 = 0x0800
_STORED, _DEFLATED = 0, 8
_LEVEL = 9
#: Unix, so that the upper half of the external attributes is a mode (APPNOTE 4.4.2).
_MADE_BY = 3 << 8 | 20
#: Bytes that are written and hashed at once.
_PIECE = 1 << 20
#: Bytes of a local file header before the name (APPNOTE 4.3.7).
_LOCAL = 30


class Archived(NamedTuple):
    """A zip that was written. Sizes are bytes."""

    sha256: str
    size: int
    #: What each member takes in the zip, its headers included, by path.
    zipped: Mapping[str, int]


class Damaged(Exception):
    """A file of our cache no longer holds what was put into it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is damaged")
        self.path = path


class Squeezed(NamedTuple):
    """A member's bytes as they go into the zip."""

    method: int
    crc: int
    size: int
    data: bytes


def squeeze(data: bytes) -> Squeezed:
    """``data`` deflated, or as it is where that is no longer."""
    crc = zlib.crc32(data)
    packed = bytes(deflate.deflate_compress(data, _LEVEL)) if data else b""
    if len(packed) < len(data):
        return Squeezed(_DEFLATED, crc, len(data), packed)
    return Squeezed(_STORED, crc, len(data), data)


def archive(members: Sequence[Member], file: BinaryIO) -> Archived:
    """Write ``members``, sorted by path and each path once, to ``file``."""
    zipped: dict[str, int] = {}
    directory: list[bytes] = []
    with ExitStack() as stack:
        out = _Out(file, stack.enter_context(ThreadPoolExecutor(1)))
        wheels = _Wheels(stack)
        for member in members:
            began = out.size
            name = member.path.encode()
            content = member.content
            if isinstance(content, Packed):
                header = _header(name, content.method, content.crc, content.packed, content.size)
                out.write(b"PK\x03\x04" + header)
                out.copy(wheels.at(content), content.packed)
            else:
                method, crc, size, data = squeeze(content.data)
                header = _header(name, method, crc, len(data), size)
                out.write(b"PK\x03\x04" + header + data)
            directory.append(_entry(name, header, member.executable, began))
            zipped[member.path] = out.size - began + len(directory[-1])
        start = out.size
        out.write(b"".join(directory))
        out.write(_end(len(directory), out.size - start, start))
        return Archived(out.hexdigest(), out.size, zipped)


def members_in(path: Path, owners: Mapping[str, str]) -> tuple[Member, ...]:
    """The members of a zip that ``archive`` wrote, to be copied from there.

    :raises KeyError: one that has none of ``owners``.
    :raises BadZipFile: it is damaged.
    """
    with zipfile.ZipFile(path) as file:
        infos = file.infolist()
    return tuple(
        Member(
            info.filename,
            owners[info.filename],
            Packed(
                path,
                info.header_offset + _LOCAL + len(info.filename.encode()),
                *(info.compress_size, info.file_size, info.CRC, info.compress_type),
            ),
            bool(info.external_attr >> 16 & 0o100),
        )
        for info in infos
    )


def _header(name: bytes, method: int, crc: int, packed: int, size: int) -> bytes:
    """A local file header less its signature, and the name."""
    flags = 0 if name.isascii() else _UTF8
    time = _time(crc)
    return struct.pack("<5H3L2H", 20, flags, method, time, _DATE, crc, packed, size, len(name), 0) + name


def _time(crc: int) -> int:
    """A time of day that tells contents apart. Frameworks make the ETag of a static file from its date and
    size: had all the same date, one that changed and kept its size would stay in browsers as it was."""
    minutes, seconds = divmod(crc % _TIMES, 30)
    hour, minute = divmod(minutes, 60)
    return hour << 11 | minute << 5 | seconds


def _entry(name: bytes, header: bytes, executable: bool, offset: int) -> bytes:
    """A central directory header: most of it is the local one's."""
    mode = 0o100755 if executable else 0o100644
    return (
        b"PK\x01\x02"
        + struct.pack("<H", _MADE_BY)
        + header[:26]
        + struct.pack("<3H2L", 0, 0, 0, mode << 16, offset)
        + name
    )


def _end(count: int, size: int, start: int) -> bytes:
    """The end of the central directory; with zip64's where there are more files than the old can count."""
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), size, start, 0)
    if count < 0xFFFF:
        return end
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, _MADE_BY, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    return large + locator + end


class _Out:
    """The file being written, its size, and its digest, which a second thread makes: hashlib and write let go
    of the interpreter while they work. The bytes are handed on in large pieces."""

    def __init__(self, file: BinaryIO, thread: Executor) -> None:
        self._file = file
        self._thread = thread
        self._waiting: list[bytes] = []
        self._room = _PIECE
        self._hashing: Future[None] | None = None
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._waiting.append(data)
        self.size += len(data)
        self._room -= len(data)
        if self._room <= 0:
            self._hand_on()

    def copy(self, source: BinaryIO, count: int) -> None:
        while count:
            data = source.read(min(count, _PIECE))
            if not data:
                raise Damaged(Path(source.name))
            self.write(data)
            count -= len(data)

    def hexdigest(self) -> str:
        """Of everything, once it is written."""
        self._hand_on()
        if self._hashing is not None:
            self._hashing.result()
        return self._digest.hexdigest()

    def _hand_on(self) -> None:
        piece = b"".join(self._waiting)
        self._waiting, self._room = [], _PIECE
        # One piece at a time: they must stay in order, and in little memory.
        if self._hashing is not None:
            self._hashing.result()
        self._hashing = self._thread.submit(self._digest.update, piece)
        self._file.write(piece)


class _Wheels:
    """The files that members are copied from, each opened once."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[Path, BinaryIO] = {}

    def at(self, content: Packed) -> BinaryIO:
        file = self._open.get(content.file)
        if file is None:
            file = self._open[content.file] = self._stack.enter_context(content.file.open("rb"))
        file.seek(content.offset)
        return file


def read(members: Iterable[Member]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each member."""
    with ExitStack() as stack:
        wheels = _Wheels(stack)
        for member in members:
            yield member.path, _bytes(member.content, wheels)


def _bytes(content: Packed | Loose, wheels: _Wheels) -> bytes:
    if isinstance(content, Loose):
        return content.data
    data = wheels.at(content).read(content.packed)
    if content.method == _DEFLATED:
        try:
            data = bytes(deflate.deflate_decompress(data, content.size)) if content.size else b""
        except deflate.DeflateError as error:
            raise Damaged(content.file) from error
    if zlib.crc32(data) != content.crc:
        raise Damaged(content.file)
    return data
