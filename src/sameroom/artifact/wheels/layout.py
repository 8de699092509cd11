"""The zip that a wheel is, read without trust: where each entry's bytes lie, and whether they are sound.

Entries are copied into the artifact as they are and unpacked by Lambda, so everything that two programs could
read in two ways is refused, as PyPI does (blog.pypi.org/posts/2025-08-07-wheel-archive-confusion-attacks).
The format is PKWARE's APPNOTE.TXT 6.3.9.
"""

from __future__ import annotations

import mmap
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import deflate

STORED, DEFLATED = 0, 8
#: Bytes that one wheel may unpack to. Lambda takes 250 MB in all, an image 10 GB.
UNPACKED = 1 << 30
#: From here on a wheel that unpacks to this many times its size is a bomb: deflate packs code 3 to 10 times.
_SUSPICIOUS, _RATIO = 64 << 20, 100
#: ext4's and overlayfs's limit on one name, in bytes.
_NAME = 255

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_LARGE_END = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_UTF8, _ENCRYPTED, _DESCRIPTOR = 0x0800, 0x2041, 0x0008
_UNIX = 3
#: Paths that need no second look: ASCII, no name that begins with a dot.
_ORDINARY = re.compile(r"(?:[\w@~+-][\w@~+. -]{0,200}/)*[\w@~+-][\w@~+. -]{0,200}", re.ASCII)


class Damage(Exception):
    """Why a wheel cannot be trusted; ``entry`` is the entry's name, or "" for the file as a whole."""

    def __init__(self, reason: str, entry: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.entry = entry


class Entry(NamedTuple):
    """One file in the zip. Sizes are bytes."""

    name: str
    #: Where its data begins in the wheel.
    offset: int
    packed: int
    size: int
    crc: int
    #: Compression, as in APPNOTE 4.4.5.
    method: int
    executable: bool


class _Central(NamedTuple):
    """An entry of the central directory as it stands there."""

    raw: bytes
    made_on: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    #: Of the local header.
    at: int


def entries(path: Path) -> tuple[Entry, ...]:
    """The files in the wheel at ``path``, in the order of its directory; folders are left out.

    :raises Damage: a zip that is damaged, ambiguous, a bomb, or would write where it should not.
    :raises OSError: it cannot be read.
    """
    with path.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise Damage("it is empty") from None
        with data:
            return _entries(data)


def _entries(data: mmap.mmap) -> tuple[Entry, ...]:
    start, end, count = _directory(data)
    found: list[Entry] = []
    ranges: list[tuple[int, int, str]] = []
    names: set[str] = set()
    for central in _central(data, start, end, count):
        name = _decoded(central)
        if name in names:
            raise Damage("it is there twice", name)
        names.add(name)
        offset = _data_offset(data, central, name)
        ranges.append((central.at, offset + central.packed, name))
        if _checked(central, name):
            executable = central.made_on == _UNIX and bool(central.attributes >> 16 & 0o111)
            found.append(
                Entry(name, offset, central.packed, central.size, central.crc, central.method, executable)
            )
    _apart(ranges, start)
    _no_bomb(found)
    return tuple(found)


def _directory(data: mmap.mmap) -> tuple[int, int, int]:
    """Where the central directory begins and ends, and how many entries it has."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF))
    if at < 0 or at + _END.size > len(data):
        raise Damage("it is no zip file, or its end is missing")
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, at)
    if at + _END.size + comment != len(data):
        raise Damage("something follows the end of the zip")
    end = at
    if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, start):
        end, here, count, size, start = _large(data, at)
    if disk or first_disk or here != count:
        raise Damage("it is one part of several")
    if start + size != end:
        raise Damage("its directory is not where the end says")
    return start, end, count


def _large(data: mmap.mmap, at: int) -> tuple[int, int, int, int, int]:
    """What zip64's end says, and where it lies (APPNOTE 4.3.14 and 4.3.15)."""
    locator = at - _LOCATOR.size
    if locator < 0 or data[locator : locator + 4] != b"PK\x06\x07":
        raise Damage("it is a large zip without a large end")
    end = _LOCATOR.unpack_from(data, locator)[2]
    if end + _LARGE_END.size != locator or data[end : end + 4] != b"PK\x06\x06":
        raise Damage("its large end is not where it says")
    *_, here, count, size, start = _LARGE_END.unpack_from(data, end)
    return end, here, count, size, start


def _central(data: mmap.mmap, start: int, end: int, count: int) -> Iterator[_Central]:
    at = start
    for _ in range(count):
        if at + _ENTRY.size > end or data[at : at + 4] != b"PK\x01\x02":
            raise Damage("its directory is damaged")
        made, _, flags, method, _, _, crc, packed, size, name, extra, comment, disk, _, attributes, local = (
            _ENTRY.unpack_from(data, at)[1:]
        )
        at += _ENTRY.size
        raw = data[at : at + name]
        if 0xFFFFFFFF in (packed, size, local) or disk == 0xFFFF:
            fields = (size, packed, local)
            size, packed, local = _wide(data[at + name : at + name + extra], fields, raw)
        at += name + extra + comment
        if at > end:
            raise Damage("its directory is damaged")
        yield _Central(raw, made >> 8, flags, method, crc, packed, size, attributes, local)
    if at != end:
        raise Damage("its directory has more entries than the end says")


def _wide(extra: bytes, fields: tuple[int, int, int], raw: bytes) -> tuple[int, int, int]:
    """``fields`` with those that did not fit into 32 bits from zip64's extra field (APPNOTE 4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = iter(struct.unpack(f"<{length // 8}Q", extra[at + 4 : at + 4 + length // 8 * 8]))
            found = [next(wide, -1) if field == 0xFFFFFFFF else field for field in fields]
            if -1 not in found:
                return found[0], found[1], found[2]
        at += 4 + length
    raise Damage("its size is missing", raw.decode("utf-8", "replace"))


def _decoded(central: _Central) -> str:
    """The entry's name, as zipfile and so pip read it."""
    if central.raw.isascii():
        return central.raw.decode("ascii")
    try:
        return central.raw.decode("utf-8" if central.flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        raise Damage("its name is not UTF-8", central.raw.decode("utf-8", "backslashreplace")) from None


def _data_offset(data: mmap.mmap, central: _Central, name: str) -> int:
    """Where the entry's data begins: what its local header says must be what the directory says."""
    if central.at + _LOCAL.size > len(data) or data[central.at : central.at + 4] != b"PK\x03\x04":
        raise Damage("its header is not where the directory says", name)
    flags, method, _, _, crc, packed, size, length, extra = _LOCAL.unpack_from(data, central.at)[2:]
    begin: int = central.at + _LOCAL.size
    told = (crc, packed, size)
    later = flags & _DESCRIPTOR and told in ((0, 0, 0), (0, 0xFFFFFFFF, 0xFFFFFFFF))
    large = 0xFFFFFFFF in (packed, size) and crc == central.crc
    agrees = (flags ^ central.flags) & (_ENCRYPTED | _UTF8) == 0 and method == central.method
    if not agrees or not (later or large or told == (central.crc, central.packed, central.size)):
        raise Damage("its header and the directory do not agree", name)
    if data[begin : begin + length] != central.raw:
        raise Damage("its header has another name than the directory", name)
    offset: int = begin + length + extra
    return offset


def _checked(central: _Central, name: str) -> bool:
    """Whether the entry is a file rather than a folder; refused when it is neither, or badly named."""
    if not _ORDINARY.fullmatch(name):
        _check_path(name)
    if central.flags & _ENCRYPTED:
        raise Damage("it is encrypted", name)
    kind = stat.S_IFMT(central.attributes >> 16)
    if kind == stat.S_IFLNK:
        raise Damage("it is a symbolic link", name)
    if name.endswith("/"):
        if central.size or central.packed > 2:
            raise Damage("it is a folder with bytes in it", name)
        return False
    if central.made_on == _UNIX and kind not in (0, stat.S_IFREG):
        raise Damage("it is not an ordinary file", name)
    if central.method == STORED and central.packed != central.size:
        raise Damage("it is not compressed, and yet its two sizes differ", name)
    return True


def _check_path(name: str) -> None:
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or (name[1:2] == ":" and name[0].isalpha()):
        raise Damage("its path is absolute", name)
    if ".." in parts:
        raise Damage("its path leads out of the folder", name)
    if "" in parts or "." in parts or "\\" in name or any(ord(letter) < 32 for letter in name):
        raise Damage("its path is not one that every system reads alike", name)
    if any(len(part.encode()) > _NAME for part in parts):
        raise Damage(f"a name in its path has more than {_NAME} bytes", name)


def _apart(ranges: list[tuple[int, int, str]], end: int) -> None:
    """Nobody's bytes are somebody else's too: that is how a small zip bomb is made (Fifield, WOOT 2019)."""
    ranges.sort()
    last, before = 0, ""
    for begin, stop, name in ranges:
        if begin < last:
            raise Damage(f"it shares bytes with {before}", name)
        last, before = stop, name
    if last > end:
        raise Damage("its data reaches into the directory", before)


def _no_bomb(found: list[Entry]) -> None:
    size, packed = sum(entry.size for entry in found), sum(entry.packed for entry in found)
    if size > UNPACKED or (size > _SUSPICIOUS and size > packed * _RATIO):
        raise Damage(f"{packed:,} bytes that unpack to {size:,} are a zip bomb")


def verify(path: Path, found: tuple[Entry, ...]) -> None:
    """Unpack every entry in memory, never beyond its size, and compare size and CRC.

    :raises Damage: an entry that is not what the directory says.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for entry in found:
            packed = data[entry.offset : entry.offset + entry.packed]
            unpacked = _unpacked(path, entry, packed)
            if len(unpacked) != entry.size or deflate.crc32(unpacked) != entry.crc:
                raise Damage("its bytes are not those that the directory tells of", entry.name)


def unpack(path: Path, entry: Entry) -> bytes:
    """The bytes of one entry.

    :raises Damage: they cannot be unpacked.
    """
    with path.open("rb") as file:
        file.seek(entry.offset)
        return bytes(_unpacked(path, entry, file.read(entry.packed)))


def _unpacked(path: Path, entry: Entry, packed: bytes) -> bytes | bytearray:
    if entry.method == STORED:
        return packed
    try:
        if entry.method == DEFLATED:
            return deflate.deflate_decompress(packed, max(entry.size, 1))
        with zipfile.ZipFile(path) as wheel, wheel.open(entry.name) as file:
            return file.read(entry.size + 1)
    except (deflate.DeflateError, zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Damage(f"it cannot be unpacked: {error}", entry.name) from None
