"""SQLite as a server's app needs it: readers beside a writer, foreign keys, and waiting for one's turn.

https://www.sqlite.org/wal.html, https://www.sqlite.org/lang_transaction.html
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from .address import in_memory, read_only

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

#: Seconds that a transaction waits for another one's end: the ``timeout`` of sqlite3.connect.
PATIENCE = 5.0
#: The execution option of a transaction that only reads.
READS = "sameroom_reads"
_KEYS = "sameroom_foreign_keys"


def make_folder(url: URL) -> None:
    """The folder of the embedded default, and that git does not see it."""
    file = url.database or ""
    folder = os.path.dirname(file)
    own = os.path.dirname(folder)
    if os.path.basename(own) != ".sameroom" or os.path.isdir(folder):
        return
    os.makedirs(folder, exist_ok=True)
    ignore = os.path.join(own, ".gitignore")
    if not os.path.exists(ignore):
        with open(ignore, "w", encoding="utf-8") as file_of_git:
            file_of_git.write("# Made by sameroom: local data, nothing to commit.\n*\n")


def connected(url: URL, connection: Any, info: dict[str, Any]) -> None:
    """A new connection, made ready. It leaves BEGIN to us: by itself it would begin with the first write, and
    after a read that is too late to wait for anybody (SQLITE_BUSY_SNAPSHOT)."""
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA foreign_keys = ON")
        info[_KEYS] = True
        # A network file system, which /mnt is on Lambda, has no shared memory for it.
        if not in_memory(url) and not read_only(url) and not (url.database or "").startswith("/mnt/"):
            cursor.execute("PRAGMA journal_mode = WAL")
    finally:
        cursor.close()


def begin(connection: Connection) -> None:
    """Begin a transaction that may write: it waits its turn here, and never fails half-way for a lock. One
    that only reads, as its execution option ``sameroom_reads`` says, waits for nobody."""
    info = connection.connection.info
    keys = not migrating()
    if info.get(_KEYS, keys) is not keys:
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {'ON' if keys else 'OFF'}")
        info[_KEYS] = keys
    reads = read_only(connection.engine.url) or connection.get_execution_options().get(READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def migrating() -> bool:
    """Whether Alembic runs a migration. A table that it makes anew is dropped on the way, and with foreign
    keys on, SQLite would delete what refers to it (https://www.sqlite.org/foreignkeys.html#fk_schemacommands)."""
    alembic = sys.modules.get("alembic.context")
    if alembic is None:
        return False
    try:
        alembic.is_offline_mode()
    except (NameError, AttributeError):  # what it raises before its first migration, and after it
        return False
    return True
