"""How much memory a sandbox uses: the resident set of its process and of those it started."""

from __future__ import annotations

import contextlib
import math
import time

import psutil

#: Seconds between looks (some 20 us each), and between searches for child processes, which walk all of
#: /proc (a millisecond or two).
LOOK_EVERY = 0.05
SEARCH_EVERY = 0.5
MB = 1024 * 1024


class Meter:
    """Follows one process tree. What a child process shares with its parent counts twice.

    ``used`` and ``peak`` are MB, as last seen and as most ever seen.
    """

    def __init__(self, pid: int) -> None:
        self._processes: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            self._processes = [psutil.Process(pid)]
        self._looked = self._searched = 0.0
        self.used = self.peak = 0

    def look(self, search: bool = False) -> None:
        """Bring the figures up to date; with ``search`` for new child processes, too."""
        now = time.monotonic()
        if search and now - self._searched >= SEARCH_EVERY:
            self._searched = now
            with contextlib.suppress(psutil.Error, IndexError):
                self._processes[1:] = self._processes[0].children(recursive=True)
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self.used = math.ceil(sum(_resident(process) for process in self._processes) / MB)
            self.peak = max(self.peak, self.used)


def _resident(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
