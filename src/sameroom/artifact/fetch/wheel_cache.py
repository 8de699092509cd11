"""Our cache of wheel files, by their SHA-256: ``wheels/<2 digits>/<all 64>/<file name>``.

What lies there was hashed, unpacked in memory and found sound before it came in, and came in by one rename.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from packaging.utils import parse_wheel_filename

from ...errors import HashMismatch, OutputError, UnsafeWheel
from ..cache import whole
from ..members import Pin, Wheel
from ..wheels import inspect

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Seconds after which nobody can still be downloading into a folder.
_STALE = 24 * 3600
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def place(cache: Path, sha256: str, filename: str) -> Path:
    """Where the wheel of that hash and name lies, or would."""
    return cache / "wheels" / sha256[:2] / sha256 / filename


def find(cache: Path, pin: Pin, key: str) -> Wheel | None:
    """The wheel of ``pin``: by one of its hashes, or as it was kept under ``key``."""
    for sha256 in pin.sha256:
        if pin.kind == "wheel" and _SHA256.fullmatch(sha256):
            path = place(cache, sha256, pin.filename)
            if _sound(path):
                return Wheel(pin.name, pin.version, path, sha256)
    try:
        sha256, filename = json.loads(_note(cache, key).read_bytes())
    except (OSError, ValueError):
        return None
    path = place(cache, sha256, filename)
    version = pin.version or str(parse_wheel_filename(filename)[1])
    return Wheel(pin.name, version, path, sha256, pin.kind != "wheel") if _sound(path) else None


def keep(cache: Path, pin: Pin, path: Path, sha256: str, key: str = "") -> Wheel:
    """Look through the wheel at ``path`` and move it into the cache; found by ``key``, where one is given.

    :raises UnsafeWheel: it is not to be trusted, and stays out.
    """
    built = pin.kind != "wheel"
    inspect(Wheel(pin.name, pin.version, path, sha256, built))
    there = place(cache, sha256, path.name)
    there.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(path, 0o644)
    os.replace(path, there)
    if key:
        with whole(_note(cache, key)) as file:
            file.write(json.dumps([sha256, path.name]).encode())
    return Wheel(pin.name, pin.version, there, sha256, built)


@contextlib.contextmanager
def arriving(cache: Path) -> Iterator[Path]:
    """A folder on the cache's disk, gone afterwards: nothing in it is ever taken for a wheel.

    :raises OutputError: the disk is full, or the cache cannot be written.
    """
    try:
        (cache / "arriving").mkdir(parents=True, exist_ok=True)
        _sweep(cache / "arriving")
        with tempfile.TemporaryDirectory(dir=cache / "arriving", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:
        raise _cannot_write(cache, error) from error


def _sweep(folder: Path) -> None:
    """Away with what builds left that were killed."""
    for old in folder.iterdir():
        with contextlib.suppress(OSError):
            if old.stat().st_mtime < time.time() - _STALE:
                shutil.rmtree(old, ignore_errors=True)


def filename_of(pin: Pin) -> str:
    """The name of the pin's file, which must not be a path.

    :raises UnsafeWheel: it is one.
    """
    if not pin.filename or re.search(r"[/\\\x00-\x1f]", pin.filename) or pin.filename in (".", ".."):
        raise UnsafeWheel(
            f"The file name that the lock gives for {pin.name} {pin.version} is no file name.",
            why=f"It is {pin.filename!r}.",
            next="Make the lock anew.",
        )
    return pin.filename


def sha256_of(file: BinaryIO) -> str:
    """Of what is left to read, in hex."""
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def expect(pin: Pin, sha256: str, where: str) -> None:
    """``where`` is shown: it must hold no password.

    :raises HashMismatch: ``sha256`` is not one that the lock has for ``pin``.
    """
    if not pin.sha256 or sha256 in pin.sha256:
        return
    more = f", or one of {len(pin.sha256) - 1} more" if len(pin.sha256) > 1 else ""
    raise HashMismatch(
        f"{pin.filename or pin.name} is not the file that was locked for {pin.name} {pin.version}.",
        why=f"The lock has the SHA-256 {pin.sha256[0]}{more}.\nThe file at {where} has {sha256}.",
        next="Find out who changed it: the index, a proxy, or somebody on the way. "
        "If the new file is the right one, lock again.",
    )


def _note(cache: Path, key: str) -> Path:
    digest = hashlib.sha256(key.encode()).hexdigest()
    return cache / "wheels" / "known" / digest[:2] / f"{digest}.json"


def _sound(path: Path) -> bool:
    """Whether the file is there to its end: a machine that lost power may have kept its name alone."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 22 - 0xFFFF))
            return b"PK\x05\x06" in file.read()
    except OSError:
        return False


def _cannot_write(cache: Path, error: OSError) -> OutputError:
    if error.errno in _FULL:
        return OutputError(
            f"The disk that holds {cache} is full.",
            why=f"{error.strerror}. What was half-written is gone again; what was there before is untouched.",
            next="Make room there, or name a folder elsewhere: SAMEROOM_CACHE_DIR.",
        )
    return OutputError(
        f"The cache in {cache} cannot be written.",
        why=f"{error.filename or cache}: {error.strerror or error}.",
        next="Mend its permissions, or name another folder: SAMEROOM_CACHE_DIR.",
    )
