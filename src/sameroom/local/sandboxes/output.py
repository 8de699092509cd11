"""What a sandbox prints. One pipe for stdout and stderr, so that their order is kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from .lines import Lines

CHUNK = 65536
#: A drain ends after so many chunks even if something in the sandbox never stops printing.
MOST_CHUNKS = 16


class Output:
    """The pipe, read as it fills; ``emit`` gets each line. ``writer`` is the end for the process."""

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit = emit
        self._lines = Lines()
        self._loop = asyncio.get_running_loop()
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._open = True
        self._loop.add_reader(self._reader, self._read)

    def close_writer(self) -> None:
        """Our copy of the process's end."""
        os.close(self.writer)

    def drain(self) -> None:
        """Emit all that was printed until now, an unfinished line included."""
        for _ in range(MOST_CHUNKS):
            if not self._open or not self._read():
                break
        for line in self._lines.flush():
            self._emit(line)

    def close(self) -> None:
        self.drain()
        if self._open:
            self._stop()

    def _read(self) -> bool:
        try:
            data = os.read(self._reader, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._stop()
        for line in self._lines.feed(data):
            self._emit(line)
        return bool(data)

    def _stop(self) -> None:
        self._open = False
        self._loop.remove_reader(self._reader)
        os.close(self._reader)
