"""Files from an index or a disk: hashed on the way, and never larger than a limit."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from .urls import CHUNK, Interrupted, Refused, local

#: Bytes of one file. Larger wheels exist for GPUs only, and Lambda has none.
LARGEST = 1 << 30
_TRIES = 3


class Stopped(Exception):
    """Somebody else failed, and nobody waits for this any more."""


class Downloader:
    """Fetches for several threads, over the same connections; ``stop`` makes all of them give up."""

    def __init__(
        self, stop: threading.Event, environ: Mapping[str, str] = os.environ, largest: int = LARGEST
    ) -> None:
        self._stop = stop
        self._environ = environ
        self._largest = largest
        self._lock = threading.Lock()
        self._chunks: Callable[[str], Iterator[bytes]] | None = None

    def __call__(self, url: str, out: BinaryIO) -> str:
        """Write the file at ``url`` to ``out``, which is empty; its SHA-256 in hex.

        :raises Refused: no such file, no leave to read it, too large, or nobody there.
        :raises Stopped: see above.
        :raises OSError: ``out`` cannot be written.
        """
        here = local(url)
        if here is not None:
            return self._write(_read(here), out)
        if self._environ.get("UV_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
            raise Refused("UV_OFFLINE says not to ask")
        for _ in range(_TRIES - 1):
            try:
                return self._write(self._http(url), out)
            except Interrupted:  # noqa: PERF203, a loop of network requests
                out.seek(0)
                out.truncate()
        return self._write(self._http(url), out)

    def _http(self, url: str) -> Iterator[bytes]:
        with self._lock:
            if self._chunks is None:
                # urllib3 takes 60 ms to load, and most builds download nothing.
                from .http import Http

                self._chunks = Http(self._environ).chunks
        return self._chunks(url)

    def _write(self, chunks: Iterable[bytes], out: BinaryIO) -> str:
        digest, received = hashlib.sha256(), 0
        for chunk in chunks:
            if self._stop.is_set():
                raise Stopped
            received += len(chunk)
            if received > self._largest:
                raise Refused(f"it has more than {self._largest:,} bytes")
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        return digest.hexdigest()


def _read(path: Path) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise Refused(error.strerror or str(error)) from None
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
