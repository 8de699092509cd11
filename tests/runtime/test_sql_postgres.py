"""Sessions and transactions on a real PostgreSQL server: committed, rolled back, closed, and outliving it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.postgres import QUOTED, Postgres
from flask import Flask

import sameroom
from sameroom import sql
from sameroom.runtime import connections, context
from sameroom.runtime.errors import DatabaseUnusable
from sameroom.runtime.sql import engines

sqlalchemy = pytest.importorskip("sqlalchemy", reason="there is no SQLAlchemy here")
pytest.importorskip("psycopg", reason="there is no driver for PostgreSQL here")

text = sqlalchemy.text
SRC = str(Path(sameroom.__file__).parent.parent)
OperationalError = sqlalchemy.exc.OperationalError


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    """A database with a table, and of an app: outside of contexts the last app counts."""
    made = postgres.database()
    app = Flask("notes")
    sql.init_app(app, made)
    with sql.transaction() as session:
        session.execute(text("CREATE TABLE note (id serial PRIMARY KEY, body text NOT NULL)"))
    yield made
    sql.engine().dispose()


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


def add(body: str) -> None:
    with sql.transaction() as session:
        session.execute(text("INSERT INTO note (body) VALUES (:body)"), {"body": body})


def bodies() -> list[str]:
    with sql.transaction() as session:
        return list(session.scalars(text("SELECT body FROM note ORDER BY id")))


def states(postgres: Postgres, url: str) -> list[str]:
    return [state for _, state in postgres.connections(name_of(url))]


# Commit, rollback, close


def test_a_transaction_is_committed_and_its_connection_given_back(url: str, postgres: Postgres) -> None:
    add("one")
    assert postgres.do("SELECT body FROM note", database=name_of(url)) == [("one",)]
    assert states(postgres, url) == ["idle"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_raises_is_rolled_back_and_goes_on(
    url: str, postgres: Postgres, error: type[BaseException]
) -> None:
    def fail() -> None:
        with sql.transaction() as session:
            session.execute(text("INSERT INTO note (body) VALUES ('x')"))
            raise error

    with pytest.raises(error):
        fail()
    assert bodies() == []
    assert states(postgres, url) == ["idle"]


def test_within_a_transaction_another_one_is_a_part_that_may_fail_alone(url: str, postgres: Postgres) -> None:
    def part(outer: object) -> None:
        with sql.transaction() as inner:
            assert inner is outer is sql.session()
            inner.execute(text("INSERT INTO note (body) VALUES ('lost')"))
            raise ValueError

    with sql.transaction() as outer:
        add("kept")
        with pytest.raises(ValueError):
            part(outer)
        assert len(states(postgres, url)) == 1
    assert bodies() == ["kept"]


def test_a_streamed_response_ends_its_transaction_when_it_is_closed(url: str, postgres: Postgres) -> None:
    def rows() -> Generator[str]:
        with sql.transaction() as session:
            session.execute(text("INSERT INTO note (body) VALUES ('half')"))
            yield "one"
            yield "two"

    assert list(rows()) == ["one", "two"]
    begun = rows()
    next(begun)
    begun.close()  # the client has gone
    assert bodies() == ["half"]
    assert states(postgres, url) == ["idle"]


def test_a_session_is_nobodys_outside_of_a_transaction_and_a_context(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="There is no session here"):
        sql.session()


def test_threads_have_sessions_of_their_own_and_a_pool_between_them(url: str, postgres: Postgres) -> None:
    gate = threading.Barrier(8)

    def work(number: int) -> None:
        with sql.transaction() as session:
            session.execute(text("INSERT INTO note (body) VALUES (:body)"), {"body": str(number)})
            gate.wait(20)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bodies()) == [str(number) for number in range(8)]
    assert states(postgres, url) == ["idle"] * 8


def test_on_lambda_there_is_one_connection_and_who_wants_two_is_told(
    url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = engines.options(url, {"AWS_LAMBDA_FUNCTION_NAME": "shop"})
    assert (wanted["pool_size"], wanted["max_overflow"], wanted["pool_timeout"]) == (1, 0, 5.0)
    engine = sqlalchemy.create_engine(sql.url(), **{**wanted, "pool_timeout": 0.1})
    with (
        engine.connect(),
        pytest.raises(sqlalchemy.exc.TimeoutError, match="No connection became free") as caught,
    ):
        engine.connect()
    assert "SAMEROOM_SQL_CONNECTIONS" in str(caught.value)
    engine.dispose()
    more = engines.options(url, {"AWS_LAMBDA_FUNCTION_NAME": "shop", "SAMEROOM_SQL_CONNECTIONS": "3"})
    assert (more["pool_size"], more["max_overflow"]) == (3, 0)
    with pytest.raises(DatabaseUnusable, match="is not a count of connections"):
        engines.options(url, {"SAMEROOM_SQL_CONNECTIONS": "many"})


# What breaks meanwhile


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_was_restarted_meanwhile_is_not_noticed(url: str, postgres: Postgres, how: str) -> None:
    add("before")
    postgres.restart(how)
    add("after")
    assert bodies() == ["before", "after"]


def test_a_connection_that_was_ended_is_replaced_and_others_stay(url: str, postgres: Postgres) -> None:
    pid = backend()
    assert backend() == pid
    postgres.end_connections(name_of(url))
    assert backend() != pid


def backend() -> int:
    with sql.transaction() as session:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)


@pytest.mark.parametrize(
    ("rested", "same"),
    [(0.0, True), (connections.ASK_AFTER + 1, True), (connections.REPLACE_AFTER + 1, False)],
)
@pytest.mark.parametrize("clock", ["used", "ticks"])
def test_by_the_time_it_rested_a_connection_is_kept_asked_or_replaced(
    url: str, rested: float, same: bool, clock: str
) -> None:
    pid = backend()
    age(rested, clock)
    assert (backend() == pid) is same


def age(seconds: float, clock: str = "used") -> None:
    """Let the one connection of the pool have rested so long, by the wall clock or the monotonic one."""
    connection = sql.engine().raw_connection()
    watched = connection.info["sameroom_watched"]
    connection.close()
    setattr(watched, clock, getattr(watched, clock) - seconds)


def test_a_connection_of_a_snapshot_is_replaced_in_the_first_invocation(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    sql.engine().dispose()
    before = backend()
    assert backend() == before
    entered = context.active.set(context.begun({}, None, "http-api"))
    try:
        first = backend()
        assert first != before
        assert backend() == first
    finally:
        context.active.reset(entered)


def test_a_process_that_was_forked_leaves_its_parents_connections_alone(url: str) -> None:
    code = """
import os
from sameroom import sql
from sqlalchemy import text

def backend():
    with sql.transaction() as session:
        return session.scalar(text("SELECT pg_backend_pid()"))

before = backend()
if child := os.fork():
    assert os.waitpid(child, 0)[1] == 0
    assert backend() == before
else:
    other = backend()
    assert backend() == other != before
sql.engine().dispose()
"""
    # The child closes nothing of its parent's, which older drivers remark upon.
    command = [sys.executable, "-W", "error", "-W", "ignore::ResourceWarning", "-c", code]
    environ = {"PATH": os.defpath, "PYTHONPATH": SRC, "DATABASE_URL": url}
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_connection_lost_within_a_transaction_is_one_clear_error(url: str, postgres: Postgres) -> None:
    def lose() -> None:
        with sql.transaction() as session:
            session.execute(text("INSERT INTO note (body) VALUES ('x')"))
            postgres.end_connections(name_of(url))
            session.execute(text("SELECT 1"))

    with pytest.raises(OperationalError, match="was lost in the middle of a transaction"):
        lose()
    assert bodies() == []


@pytest.mark.slow
def test_a_restart_under_load_fails_what_was_under_way_and_nothing_after(
    url: str, postgres: Postgres
) -> None:
    stop = threading.Event()
    up = [0]  # counts the starts of the server; negative while it is down
    done: list[str] = []
    errors: list[Any] = []
    late: list[BaseException] = []

    def work(thread: int) -> None:
        number = 0
        while not stop.is_set():
            before = up[0]
            number += 1
            try:
                add(f"{thread}-{number}")
                done.append(f"{thread}-{number}")
            except OperationalError as error:
                (late if before == up[0] >= 0 else errors).append(error)
                time.sleep(0.01)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(6)]
    for one in threads:
        one.start()
    time.sleep(0.5)
    for start, how in enumerate(("fast", "immediate"), 1):
        up[0] = -1
        postgres.restart(how)
        up[0] = start
        time.sleep(0.4)
    stop.set()
    for one in threads:
        one.join()
    assert late == []
    assert errors
    for error in errors:
        assert error.detail, error
    kept = bodies()
    # What was committed when the connection went may be there without anybody knowing.
    assert set(done) <= set(kept)
    assert len(kept) - len(done) <= len(errors)
    assert len(kept) == len(set(kept))


# Who cannot get in


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        (QUOTED, "hunter2", "refuses the user or the password. Mend DATABASE_URL"),
        ("127.0.0.1", "no-such-host.invalid", "is unknown. Mend DATABASE_URL"),
        ("/t", "/nothing", "has no database of that name. Create it, or mend DATABASE_URL"),
        ("PORT", "1", "Nothing listens at postgres@127.0.0.1:1/"),
    ],
)
def test_what_cannot_be_connected_to_is_explained_without_the_password(
    postgres: Postgres, wrong: str, right: str, words: str
) -> None:
    made = postgres.database().replace(str(postgres.port) if wrong == "PORT" else wrong, right)
    engine = engines.make(made, {})
    with pytest.raises(OperationalError) as caught:
        engine.connect()
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "p@ss" not in str(caught.value)
    assert QUOTED not in str(caught.value)


def test_a_server_without_room_says_so(url: str, postgres: Postgres) -> None:
    postgres.do(
        f"ALTER DATABASE {name_of(url)} CONNECTION LIMIT 0", "CREATE ROLE guest LOGIN PASSWORD 'guest'"
    )
    guest = url.replace(f"postgres:{QUOTED}", "guest:guest")
    with pytest.raises(OperationalError, match="takes no more connections"):
        engines.make(guest, {}).connect()
    postgres.do("DROP ROLE guest")


def test_a_new_password_in_the_secrets_is_used_at_once(url: str, postgres: Postgres) -> None:
    sql.engine().dispose()
    said = [url]
    kept = engines.Kept(lambda: said[0], lambda found: engines.make(found, {}))
    with kept.engine().connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == "postgres"
    assert kept.engine() is kept.engine()
    postgres.do("DROP ROLE IF EXISTS other", "CREATE ROLE other SUPERUSER LOGIN PASSWORD 'new'")
    said[0] = url.replace(f"postgres:{QUOTED}", "other:new")
    with kept.engine().connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == "other"
    assert states(postgres, url) == ["idle"], "the old engine's is closed"
    kept.engine().dispose()


# Conflicts


def account(postgres: Postgres, url: str) -> None:
    postgres.do(
        f"ALTER DATABASE {name_of(url)} SET default_transaction_isolation = 'serializable'",
        database=name_of(url),
    )
    postgres.do("CREATE TABLE account (balance int)", "INSERT INTO account VALUES (0)", database=name_of(url))
    sql.engine().dispose()


def deposit(seconds: float = 0.0) -> None:
    session = sql.session()
    balance = session.scalar(text("SELECT balance FROM account"))
    time.sleep(seconds)
    session.execute(text("UPDATE account SET balance = :balance"), {"balance": balance + 1})


def test_conflicts_are_run_again_until_all_have_had_their_turn(url: str, postgres: Postgres) -> None:
    account(postgres, url)
    runs = []

    @sql.retrying(tries=40)
    def once() -> None:
        runs.append(1)
        deposit(0.005)

    threads = [threading.Thread(target=lambda: [once() for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert postgres.do("SELECT balance FROM account", database=name_of(url)) == [(20,)]
    assert len(runs) > 20
    assert set(states(postgres, url)) == {"idle"}


def test_a_conflict_that_stays_is_raised_after_its_tries(url: str, postgres: Postgres) -> None:
    account(postgres, url)
    runs = []

    @sql.retrying(tries=3)
    def hopeless() -> None:
        runs.append(1)
        session = sql.session()
        session.scalar(text("SELECT balance FROM account"))
        postgres.do("UPDATE account SET balance = balance + 1", database=name_of(url))
        session.execute(text("UPDATE account SET balance = 0"))

    with pytest.raises(OperationalError, match="Run 3 times, each time with a conflict"):
        hopeless()
    assert len(runs) == 3


def test_a_conflict_of_an_invocation_without_time_is_not_run_again(url: str, postgres: Postgres) -> None:
    account(postgres, url)
    runs = []

    class Context:
        aws_request_id = "1"

        def get_remaining_time_in_millis(self) -> int:
            return 0

    @sql.retrying
    def hopeless() -> None:
        runs.append(1)
        sql.session().execute(text("DO $$ BEGIN RAISE EXCEPTION 'change conflicts (OC000)'; END $$"))

    entered = context.active.set(context.begun({}, Context(), "http-api"))
    try:
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="Run 1 times"):
            hopeless()
    finally:
        context.active.reset(entered)
    assert runs == [1]


def test_other_errors_are_raised_at_once_and_inner_ones_by_the_outermost(
    url: str, postgres: Postgres
) -> None:
    account(postgres, url)
    runs = []

    @sql.retrying
    def inner(statement: str) -> str:
        runs.append(1)
        sql.session().execute(text(statement))
        return "done"

    with pytest.raises(sqlalchemy.exc.ProgrammingError):
        inner("SELECT nonsense")
    assert len(runs) == 1
    with pytest.raises(sqlalchemy.exc.DBAPIError), sql.transaction():
        inner("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
    assert len(runs) == 2
    assert inner("SELECT 1") == "done"
    assert inner.__name__ == "inner"


def test_what_runs_after_it_was_called_cannot_be_run_again() -> None:
    def rows() -> Iterator[int]:
        yield 1

    async def work() -> None: ...

    for function in (rows, work):
        with pytest.raises(TypeError, match="its code runs after it has been called"):
            sql.retrying(function)
