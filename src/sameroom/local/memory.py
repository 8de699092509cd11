"""How much memory a sandbox uses: the resident set of its process and of those it started."""

from __future__ import annotations

import contextlib
import math
import time

import psutil

#: Seconds between looks while a sandbox is busy, and between searches for child processes: those walk /proc.
LOOK_EVERY = 0.05
SEARCH_EVERY = 0.5
MB = 1024 * 1024


class Meter:
    """Follows one process tree. ``peak`` is the most it was seen to use, in bytes."""

    def __init__(self, pid: int) -> None:
        self._processes: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            self._processes = [psutil.Process(pid)]
        self._looked = self._searched = 0.0
        self.peak = 0

    @property
    def peak_mb(self) -> int:
        return math.ceil(self.peak / MB)

    def look(self) -> int:
        """Bytes in use; a figure younger than LOOK_EVERY is not taken again, and counts as none."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY or not self._processes:
            return 0
        self._looked = now
        if now - self._searched >= SEARCH_EVERY:
            self._searched = now
            with contextlib.suppress(psutil.Error):
                self._processes[1:] = self._processes[0].children(recursive=True)
        used = 0
        for process in self._processes:
            with contextlib.suppress(psutil.Error):
                used += process.memory_info().rss
        self.peak = max(self.peak, used)
        return used
