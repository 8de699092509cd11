"""The values that travel along the artifact's river: pins -> wheels -> members -> archive."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple


class Pin(NamedTuple):
    """One distribution as the lock has it, chosen for a target."""

    #: Normalised (PEP 503).
    name: str
    version: str
    #: "wheel" is fetched as it is; "sdist", "vcs" and "directory" are built into a wheel first.
    kind: Literal["wheel", "sdist", "vcs", "directory"]
    #: The file's name; "" for vcs and directory.
    filename: str
    #: Where it is: https://, file://, git+https:// ... or a folder's path.
    url: str
    #: Lower-case SHA-256 in hex, any of which will do; empty where the lock has none.
    sha256: tuple[str, ...] = ()


class Resolution(NamedTuple):
    """Everything that is to be in the artifact besides the project itself, sorted by name."""

    pins: tuple[Pin, ...]
    #: The file that said so, relative to the project; "" when nothing is locked.
    lock: str
    #: What the project itself asks for, as PEP 508 requirements ("boto3>=1.35").
    wanted: tuple[str, ...] = ()
    #: Worth telling people.
    notes: tuple[str, ...] = ()


class Wheel(NamedTuple):
    """A wheel on this disk, verified, in our own cache."""

    name: str
    version: str
    path: Path
    sha256: str
    #: Made here from a source distribution rather than fetched.
    built: bool = False


class Packed(NamedTuple):
    """Bytes that lie in a file as the zip will have them: a wheel's member, never inflated on the way."""

    file: Path
    #: Where the data begins, past the local file header.
    offset: int
    #: Bytes in the file.
    packed: int
    #: Bytes once inflated.
    size: int
    crc: int
    #: 0 stored or 8 deflated, as zip has it (APPNOTE.TXT 4.4.5).
    method: int


class Loose(NamedTuple):
    """Bytes that are still to be compressed."""

    data: bytes


class Member(NamedTuple):
    """One file of the artifact."""

    #: Relative, with "/", as it will be below /var/task.
    path: str
    #: The distribution's normalised name; "" is the project itself, "sameroom" our runtime.
    owner: str
    content: Packed | Loose
    executable: bool = False

    @property
    def size(self) -> int:
        """Bytes once unzipped."""
        return len(self.content.data) if isinstance(self.content, Loose) else self.content.size


class Removed(NamedTuple):
    """A file that was left out, and why."""

    path: str
    owner: str
    size: int
    reason: str
