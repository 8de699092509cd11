"""Messages in a file: those that wait, those under way, and the dead letters.

A message that is received is hidden until its time is up, or until whoever has its handle deletes it.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import NamedTuple

_TABLES = """
CREATE TABLE IF NOT EXISTS waiting (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL, sent REAL NOT NULL,
    visible REAL NOT NULL, receives INTEGER NOT NULL DEFAULT 0, handle TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS waiting_visible ON waiting (visible);
CREATE TABLE IF NOT EXISTS dead (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL, sent REAL NOT NULL,
    receives INTEGER NOT NULL, died REAL NOT NULL
);
"""


class Received(NamedTuple):
    """A message on its way; ``receives`` counts this time, too. ``sent`` in seconds since the epoch."""

    id: str
    handle: str
    name: str
    body: str
    sent: float
    receives: int


class Counts(NamedTuple):
    """Messages that wait or are under way, and dead letters."""

    waiting: int
    dead: int


class Store:
    """One queue. Safe to share between threads."""

    def __init__(self, path: Path | str, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.executescript(_TABLES)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def send(self, name: str, body: str, delay: float = 0) -> str:
        """Keep a message, to be seen after ``delay`` seconds; its id."""
        now, found = self._clock(), str(uuid.uuid4())
        self._do(
            "INSERT INTO waiting (id, name, body, sent, visible) VALUES (?, ?, ?, ?, ?)",
            (found, name, body, now, now + delay),
        )
        return found

    def receive(self, most: int, hidden: float) -> tuple[Received, ...]:
        """Up to ``most`` messages, those that are due longest first; nobody else gets them for ``hidden``
        seconds."""
        now = self._clock()
        with self._at_once() as cursor:
            rows = cursor.execute(
                "SELECT id, name, body, sent, receives FROM waiting WHERE visible <= ? "
                "ORDER BY visible, rowid LIMIT ?",
                (now, most),
            ).fetchall()
            found = tuple(
                Received(found, str(uuid.uuid4()), name, body, sent, receives + 1)
                for found, name, body, sent, receives in rows
            )
            cursor.executemany(
                "UPDATE waiting SET visible = ?, receives = ?, handle = ? WHERE id = ?",
                [(now + hidden, one.receives, one.handle, one.id) for one in found],
            )
        return found

    def delete(self, handles: Iterable[str]) -> None:
        """They are done. A handle of an earlier receive is nobody's any more."""
        self._do_all("DELETE FROM waiting WHERE handle = ?", [(handle,) for handle in handles])

    def postpone(self, handle: str, seconds: float) -> bool:
        """Have it seen again in ``seconds`` from now; whether there is one of that handle."""
        return (
            self._do("UPDATE waiting SET visible = ? WHERE handle = ?", (self._clock() + seconds, handle)) > 0
        )

    def give_back(self, handles: Iterable[str]) -> None:
        """As if they had not been received."""
        now = self._clock()
        self._do_all(
            "UPDATE waiting SET visible = ?, receives = receives - 1, handle = '' WHERE handle = ?",
            [(now, handle) for handle in handles],
        )

    def bury(self, handles: Sequence[str]) -> None:
        """They become dead letters."""
        now = self._clock()
        with self._at_once() as cursor:
            for handle in handles:
                cursor.execute(
                    "INSERT OR REPLACE INTO dead SELECT id, name, body, sent, receives, ? FROM waiting "
                    "WHERE handle = ?",
                    (now, handle),
                )
                cursor.execute("DELETE FROM waiting WHERE handle = ?", (handle,))

    def show_all(self) -> None:
        """What was under way when its process ended is seen at once, and not when its time is up."""
        self._do("UPDATE waiting SET visible = min(visible, ?) WHERE handle != ''", (self._clock(),))

    def next(self) -> float | None:
        """When the next message is seen, in seconds since the epoch; None without one."""
        with self._lock:
            found = self._file.execute("SELECT min(visible) FROM waiting").fetchone()[0]
        return None if found is None else float(found)

    def counts(self) -> Counts:
        with self._lock:
            waiting, dead = self._file.execute(
                "SELECT (SELECT count(*) FROM waiting), (SELECT count(*) FROM dead)"
            ).fetchone()
        return Counts(waiting, dead)

    def dead(self) -> tuple[tuple[str, str], ...]:
        """Name and body of every dead letter, the oldest first."""
        with self._lock:
            return tuple(self._file.execute("SELECT name, body FROM dead ORDER BY died, rowid"))

    def _do(self, statement: str, values: tuple[object, ...]) -> int:
        with self._lock:
            return self._file.execute(statement, values).rowcount

    def _do_all(self, statement: str, values: list[tuple[object, ...]]) -> None:
        with self._at_once() as cursor:
            cursor.executemany(statement, values)

    @contextmanager
    def _at_once(self) -> Iterator[sqlite3.Cursor]:
        """All of the block or nothing of it."""
        with self._lock, closing(self._file.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
