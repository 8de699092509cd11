"""Time as a value, so that minutes can pass in a test."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import NamedTuple


class Clock(NamedTuple):
    """Seconds that only go forward, a pause, and the time of day: seconds since 1970."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    time: Callable[[], float] = time.time

    def stamp(self) -> str:
        """Now, UTC: "2026-11-21T06:18:38Z"."""
        return datetime.fromtimestamp(self.time(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
