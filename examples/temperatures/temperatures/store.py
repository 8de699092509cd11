"""Readings kept on disk, so that KNMI is asked for a day once: a file for each station and year.

On Lambda that is ``/tmp``, and lasts as long as the sandbox; elsewhere all workers share it. Whatever is
wrong with the folder, the app goes on without it, and says so in the log.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from .wire import Reading

try:
    import fcntl
except ImportError:  # Windows, where two processes may ask KNMI at once
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)


class Known(NamedTuple):
    """What KNMI said about a day, and when."""

    #: None: KNMI has no row for it.
    reading: Reading | None
    #: Seconds since the epoch.
    asked: float


class Store:
    """The folder. Safe to use from threads and processes: files are replaced whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self, station: int, days: Iterable[date]) -> dict[date, Known]:
        """Those of the days that are kept."""
        found: dict[date, Known] = {}
        for year, ours in groupby(sorted(days), lambda day: day.year):
            kept = self._read(_name(station, year))
            for day in ours:
                if known := _known(kept.get(day.isoformat())):
                    found[day] = known
        return found

    def keep(self, station: int, days: Mapping[date, Known]) -> None:
        """Keep these, over what was kept of the same days."""
        for year, ours in groupby(sorted(days), lambda day: day.year):
            kept = self._read(_name(station, year))
            for day in ours:
                reading, asked = days[day]
                kept[day.isoformat()] = [*(reading or ()), round(asked)]
            self._write(_name(station, year), kept)

    def rests(self) -> tuple[float, str]:
        """Until when KNMI is to be left alone (seconds since the epoch), and why."""
        kept = self._read("rest.json")
        try:
            return float(kept["until"]), str(kept["why"])
        except (KeyError, TypeError, ValueError):
            return 0.0, ""

    def rest(self, until: float, why: str) -> None:
        """Leave KNMI alone."""
        self._write("rest.json", {"until": until, "why": why})

    @contextmanager
    def alone(self, station: int) -> Iterator[None]:
        """One at a time asks KNMI about a station; the others wait, and then find the answer here."""
        try:
            lock = os.open(self._own() / f"{station}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            self._complain(error)
            yield
            return
        try:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _own(self) -> Path:
        """The folder, which is ours alone: in /tmp anybody could have put one of its name."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and self._folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{self._folder} belongs to somebody else")
        return self._folder

    def _read(self, name: str) -> dict[str, Any]:
        try:
            kept = json.loads((self._own() / name).read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            self._complain(error)
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, name: str, kept: Mapping[str, Any]) -> None:
        try:
            handle, new = tempfile.mkstemp(dir=self._own(), suffix=".new")
            with os.fdopen(handle, "w") as file:
                json.dump(kept, file, separators=(",", ":"))
            Path(new).replace(self._folder / name)
        except OSError as error:
            self._complain(error)

    def _complain(self, error: Exception) -> None:
        log.warning(
            "The cache in %s cannot be used: %s. KNMI is asked each time; set TEMPERATURES_CACHE to a folder "
            "that can be written.",
            self._folder,
            error,
        )


def _name(station: int, year: int) -> str:
    return f"{station}-{year}.json"


def _known(kept: Any) -> Known | None:
    """What a file says about a day: [asked] or [lowest, highest, asked]; None for anything else."""
    if not isinstance(kept, list) or len(kept) not in (1, 3) or not isinstance(kept[-1], (int, float)):
        return None
    if not all(value is None or isinstance(value, int) for value in kept[:-1]):
        return None
    return Known(Reading(kept[0], kept[1]) if len(kept) == 3 else None, kept[-1])
