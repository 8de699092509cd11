"""SQLite as the embedded default: readers beside a writer, waiting for one's turn, clear words at the end."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sameroom import sql
from sameroom.runtime.sql import engines

sqlalchemy = pytest.importorskip("sqlalchemy", reason="there is no SQLAlchemy here")

text = sqlalchemy.text


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """The file of an app's, with two tables: outside of contexts the last app counts."""
    made = tmp_path / "shop.db"
    app = Flask("shop")
    sql.init_app(app, f"sqlite:///{made}")
    with sql.transaction() as session:
        session.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)"))
        session.execute(
            text("CREATE TABLE reply (note INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE)")
        )
    yield made
    sql.engine().dispose()


def count(table: str = "note") -> int:
    with sql.transaction() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def impatient(file: Path) -> Any:
    """An engine that waits a tenth of a second."""
    wanted = engines.options(f"sqlite:///{file}", {})
    return sqlalchemy.create_engine(f"sqlite:///{file}", **{**wanted, "connect_args": {"timeout": 0.1}})


def test_a_file_keeps_references_and_lets_readers_read_beside_a_writer(file: Path) -> None:
    with sql.transaction() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA busy_timeout")) == 5000
    with pytest.raises(sqlalchemy.exc.IntegrityError), sql.transaction() as session:
        session.execute(text("INSERT INTO reply VALUES (7)"))
    with sql.transaction() as session:
        session.execute(text("INSERT INTO note VALUES (1, 'x')"))
        with sqlite3.connect(file) as reader:
            assert reader.execute("SELECT count(*) FROM note").fetchone() == (0,)
        reader.close()


def test_threads_that_read_and_then_write_wait_for_each_other(file: Path) -> None:
    errors: list[BaseException] = []

    def work() -> None:
        for _ in range(20):
            try:
                with sql.transaction() as session:
                    seen = session.scalar(text("SELECT count(*) FROM note")) or 0
                    session.execute(text("INSERT INTO note (body) VALUES (:body)"), {"body": str(seen)})
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert count() == 120
    with sql.transaction() as session:  # each saw all before it
        assert len(set(session.scalars(text("SELECT body FROM note")))) == 120


def test_a_lock_is_waited_for(file: Path) -> None:
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, holder.execute, ("COMMIT",))
    timer.start()
    begun = time.monotonic()
    with sql.transaction() as session:
        session.execute(text("INSERT INTO note (body) VALUES ('x')"))
    assert 0.2 < time.monotonic() - begun < 3
    timer.join()
    holder.close()
    assert count() == 1


def test_a_transaction_that_only_reads_waits_for_nobody_and_the_next_one_may_write(file: Path) -> None:
    engine = impatient(file)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("INSERT INTO note (body) VALUES ('half')")
    with sqlalchemy.orm.Session(engine) as session:
        session.connection(execution_options={"sameroom_reads": True})
        assert session.scalar(text("SELECT count(*) FROM note")) == 0
        holder.execute("COMMIT")
        assert session.scalar(text("SELECT count(*) FROM note")) == 0  # as it was when it began
        session.rollback()
        seen = session.scalar(text("SELECT count(*) FROM note"))
        session.execute(text("INSERT INTO note (body) VALUES (:seen)"), {"seen": str(seen)})
        session.commit()
    holder.close()
    engine.dispose()
    assert count() == 2


def test_a_lock_that_stays_is_one_clear_error_and_then_all_goes_on(file: Path) -> None:
    engine = impatient(file)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlalchemy.exc.OperationalError) as caught, engine.begin():
        raise AssertionError("nothing may run without its turn")
    assert f"Another connection held SQLite's file {file} for too long to wait." in str(caught.value)
    assert "database is locked" in str(caught.value)
    holder.execute("ROLLBACK")
    holder.close()
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO note (body) VALUES ('x')"))
    engine.dispose()
    assert count() == 1


def test_a_transaction_that_fails_takes_its_tables_back_as_well(file: Path) -> None:
    with pytest.raises(sqlalchemy.exc.OperationalError), sql.transaction() as session:
        session.execute(text("CREATE TABLE half (x)")) and session.execute(text("CREATE TABLE note (x)"))
    with sql.transaction() as session:
        assert "half" not in sqlalchemy.inspect(session.connection()).get_table_names()


def test_a_part_of_a_transaction_may_fail_alone(file: Path) -> None:
    with sql.transaction() as session:
        session.execute(text("INSERT INTO note VALUES (1, 'kept')"))
        with pytest.raises(sqlalchemy.exc.IntegrityError), sql.transaction():
            session.execute(text("INSERT INTO note VALUES (1, 'again')"))
    assert count() == 1


def test_a_file_that_is_read_alone_needs_no_room_beside_it(file: Path, tmp_path: Path) -> None:
    count()
    sql.engine().dispose()
    engine = engines.make(
        f"sqlite:///file:{file}?mode=ro&immutable=1&uri=true", {"AWS_LAMBDA_FUNCTION_NAME": "shop"}
    )
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM note")) == 0
        with pytest.raises(sqlalchemy.exc.OperationalError, match="SQLite cannot write its file"):
            connection.execute(text("INSERT INTO note (body) VALUES ('x')"))
    engine.dispose()


@pytest.mark.parametrize("content", [b"not a database at all, and long enough to be read" * 40])
def test_a_file_that_is_something_else_is_said_to_be(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "shop.db"
    other.write_bytes(content)
    engine = engines.make(f"sqlite:///{other}", {})
    with pytest.raises(sqlalchemy.exc.DatabaseError, match="is damaged, or something else's"):
        engine.connect()
    engine.dispose()


def test_a_database_in_memory_is_the_same_for_all_threads() -> None:
    engine = engines.make("sqlite://", {})
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (x)"))
    found: list[Any] = []

    def look() -> None:
        with engine.connect() as connection:
            found.append(connection.scalar(text("SELECT count(*) FROM note")))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [0]
    engine.dispose()
