"""Pins -> wheels on this disk: from our cache, from where the lock says, or through uv."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache as once
from pathlib import Path
from typing import NamedTuple

from ...errors import FetchError, UvMissing
from ..members import Pin, Wheel
from ..resolve.uv import find_uv, locate
from ..target import Target
from . import build_sdist, wheel_cache
from .by_uv import fetch_by_uv
from .download import Downloader
from .errand import Errand
from .urls import Refused, local, shown

_THREADS = 6


class Fetched(NamedTuple):
    """One more distribution is there."""

    name: str
    #: Of the wheel.
    bytes: int
    #: It had been there before.
    cached: bool


def fetch(
    pins: Sequence[Pin],
    target: Target,
    cache: Path,
    told: Callable[[Fetched], None],
    project: Path | None = None,
) -> tuple[Wheel, ...]:
    """The wheels of ``pins``, in their order, verified and in ``cache``. ``told`` is called in this thread.

    ``project`` is the folder whose [tool.uv] holds where uv has to help; this process's own when None.

    :raises HashMismatch: a file is not the one that was locked; it is thrown away.
    :raises FetchError: neither we nor uv could get one.
    :raises NoWheel: a source distribution that cannot be built, or is not pure Python.
    :raises UnsafeWheel: a wheel that is damaged, or would write where it should not.
    :raises OutputError: the disk is full, or the cache cannot be written.
    """
    stop = threading.Event()
    uv = once(lambda: locate(find_uv, os.environ))
    errand = Errand(target, cache, project or Path.cwd(), Downloader(stop, os.environ), uv)
    found = {number: wheel for number, pin in enumerate(pins) if (wheel := _kept(pin, errand))}
    for wheel in found.values():
        told(Fetched(wheel.name, wheel.path.stat().st_size, True))
    threads = ThreadPoolExecutor(_THREADS, "fetch")
    try:
        missing = [number for number in range(len(pins)) if number not in found]
        running = {threads.submit(_got, pins[number], errand): number for number in missing}
        for future in as_completed(running):
            wheel = found[running[future]] = future.result()
            told(Fetched(wheel.name, wheel.path.stat().st_size, False))
    finally:
        stop.set()
        threads.shutdown(cancel_futures=True)
    return tuple(found[number] for number in range(len(pins)))


def _kept(pin: Pin, errand: Errand) -> Wheel | None:
    if pin.kind != "wheel":
        return build_sdist.kept(pin, errand)
    wheel_cache.filename_of(pin)
    return wheel_cache.find(errand.cache, pin, _key(pin))


def _got(pin: Pin, errand: Errand) -> Wheel:
    if pin.kind != "wheel":
        return build_sdist.build(pin, errand)
    with wheel_cache.arriving(errand.cache) as folder:
        path = folder / pin.filename
        try:
            with path.open("wb") as out:
                sha256 = errand.download(pin.url, out)
        except Refused as refused:
            return _by_uv(pin, errand, folder, refused)
        wheel_cache.expect(pin, sha256, shown(pin.url))
        return wheel_cache.keep(errand.cache, pin, path, sha256, "" if pin.sha256 else _key(pin))


def _by_uv(pin: Pin, errand: Errand, folder: Path, refused: Refused) -> Wheel:
    path = folder / pin.filename
    path.unlink()
    causes = [f"{shown(pin.url)}: {refused}."]
    if local(pin.url) is None:
        try:
            path = fetch_by_uv(pin, errand, folder)
            with path.open("rb") as file:
                sha256 = wheel_cache.sha256_of(file)
            return wheel_cache.keep(errand.cache, pin, path, sha256, _key(pin))
        except (Refused, UvMissing) as also:
            causes.append(str(also))
    raise FetchError(
        f"{pin.name} {pin.version} cannot be fetched.",
        why="\n".join(causes),
        next="See whether you are online and whether the file is still there; lock again if it is gone.\n"
        "An index that wants a login takes it from ~/.netrc, or UV_INDEX_<NAME>_USERNAME and _PASSWORD.",
    ) from None


def _key(pin: Pin) -> str:
    """How a wheel is found again whose own hash is not in the lock."""
    here = local(pin.url)
    if pin.sha256 or here is None:
        return "\0".join((pin.filename, *(sorted(pin.sha256) or [shown(pin.url)])))
    try:
        found = here.stat()
    except OSError:
        return shown(pin.url)
    return f"{here}\0{found.st_size}\0{found.st_mtime_ns}"
