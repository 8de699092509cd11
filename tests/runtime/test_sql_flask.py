"""``sql.init_app``: Flask-SQLAlchemy and Flask-Migrate as they are, and Flask without them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.doors import WAYS, Ask, event
from fakes.job_queue import job_queue
from fakes.postgres import QUOTED, Postgres
from fakes.serving import Context
from flask import Flask, g

from sameroom import background, make_handler, sql
from sameroom.runtime.errors import DatabaseUnusable

sqlalchemy = pytest.importorskip("sqlalchemy", reason="there is no SQLAlchemy here")
pytest.importorskip("flask_migrate", reason="there is no Flask-Migrate here")

text = sqlalchemy.text


def shop(url: str, with_extension: bool) -> Flask:
    app = Flask("shop")
    sql.init_app(app, url)
    if with_extension:
        from flask_sqlalchemy import SQLAlchemy
        from sqlalchemy.orm import DeclarativeBase

        class Base(DeclarativeBase): ...

        SQLAlchemy(app, model_class=Base)

    @app.post("/kept")
    def kept() -> dict[str, int]:
        with sql.transaction() as session:
            session.execute(text("INSERT INTO note VALUES (1)"))
        return {"seen": seen()}

    @app.post("/left")
    def left() -> dict[str, int]:
        sql.session().execute(text("INSERT INTO note VALUES (1)"))
        return {"seen": seen()}

    @app.post("/failed")
    def failed() -> str:
        with sql.transaction() as session:
            session.execute(text("INSERT INTO note VALUES (1)"))
            raise LookupError("no such thing")

    @app.get("/streamed")
    def streamed() -> Iterator[str]:
        def lines() -> Iterator[str]:
            with sql.transaction() as session:
                yield "seen "
                yield str(session.scalar(text("SELECT count(*) FROM note")))

        return lines()

    @app.cli.command("count")
    def count() -> None:
        print(seen())

    def seen() -> int:
        return int(sql.session().scalar(text("SELECT count(*) FROM note")) or 0)

    return app


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("with_extension", [True, False])
def test_a_flask_app_commits_rolls_back_and_closes_through_a_door(
    postgres: Postgres, way: str, with_extension: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "shop")  # one connection, or it would wait for a second
    url = postgres.database()
    name = url.rpartition("/")[2]
    postgres.do("CREATE TABLE note (id int)", database=name)
    app = shop(url, with_extension)
    handler = make_handler(app)
    with app.app_context():
        engine = sql.engine()

    def ask(method: str, path: str) -> str:
        body = str(handler(event(way, Ask(method, path)))["body"])
        assert [state for _, state in postgres.connections(name)] == ["idle"], "not given back"
        return "".join(body.split())

    assert ask("POST", "/kept") == '{"seen":1}'
    assert ask("POST", "/left") == '{"seen":2}'
    assert "nosuchthing" not in ask("POST", "/failed")
    assert ask("GET", "/streamed") == "seen1"
    told = handler({"sameroom": {"command": ["count"]}})
    assert (told["exit_code"], told["output"].splitlines()[-1]) == (0, "1"), told
    assert [state for _, state in postgres.connections(name)] == ["idle"]
    engine.dispose()


@pytest.mark.parametrize("with_extension", [True, False])
def test_a_background_job_commits_rolls_back_and_closes(
    postgres: Postgres, with_extension: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "shop")
    url = postgres.database()
    name = url.rpartition("/")[2]
    postgres.do("CREATE TABLE note (id int)", database=name)
    app = shop(url, with_extension)

    def keep(number: int) -> None:
        with sql.transaction() as session:
            session.execute(text("INSERT INTO note VALUES (:number)"), {"number": number})
            if number > 1:
                raise LookupError("no such order")
        sql.session().execute(text("INSERT INTO note VALUES (99)"))  # which nobody commits

    job = background(name=f"keep-{with_extension}")(keep)
    with job_queue() as queue:
        monkeypatch.setenv("SAMEROOM_BACKGROUND_QUEUE", queue.url)
        job(1)
        job(2)
        told = make_handler(app)(queue.event(), Context())
    assert len(told["batchItemFailures"]) == 1
    assert postgres.do("SELECT id FROM note", database=name) == [(1,)]
    assert [state for _, state in postgres.connections(name)] == ["idle"]
    with app.app_context():
        sql.engine().dispose()


def test_the_apps_own_options_go_before_ours_and_its_url_is_read(tmp_path: Path) -> None:
    app = Flask("shop", instance_path=str(tmp_path / "instance"))
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 3, "connect_args": {"cached_statements": 5}}
    sql.init_app(app)
    wanted = app.config["SQLALCHEMY_ENGINE_OPTIONS"]
    assert wanted["pool_size"] == 3
    assert wanted["connect_args"] == {"timeout": 5.0, "cached_statements": 5}
    with app.app_context():
        assert sql.url().database == str(tmp_path / "instance" / "shop.db")
        sql.session().execute(text("CREATE TABLE t (x)"))
        assert g.get("sameroom_sql") is not None
    with app.app_context():
        sql.engine().dispose()
    assert (tmp_path / "instance" / "shop.db").exists()


def test_the_password_is_in_no_repr_of_the_config(postgres: Postgres) -> None:
    app = shop(postgres.database(), with_extension=False)
    assert QUOTED not in repr(app.config)
    assert "p@ss" not in repr(app.config)


def test_two_apps_in_one_process_have_each_their_own_database(tmp_path: Path) -> None:
    apps = [shop(f"sqlite:///{tmp_path}/{name}.db", with_extension=False) for name in ("one", "two")]
    for number, app in enumerate(apps):
        with app.app_context(), sql.transaction() as session:
            session.execute(text("CREATE TABLE note (id int)"))
            session.execute(text(f"INSERT INTO note SELECT 1 FROM (VALUES (1), (2)) LIMIT {number + 1}"))
    for number, app in enumerate(apps):
        with app.app_context():
            assert sql.session().scalar(text("SELECT count(*) FROM note")) == number + 1
        with app.app_context():
            sql.engine().dispose()


def test_a_context_without_init_app_has_no_session() -> None:
    with Flask("other").app_context(), pytest.raises(DatabaseUnusable, match=r"call sql.init_app\(app\)"):
        sql.session()


# Migrations

APP = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sameroom import sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy import ForeignKey

class Base(DeclarativeBase): ...
app = Flask(__name__)
sql.init_app(app)
db = SQLAlchemy(app, model_class=Base)
Migrate(app, db, render_as_batch=True)

class Note(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]

class Reply(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("note.id", ondelete="CASCADE"))
"""


def revision(number: int, before: int, body: str) -> str:
    head = f"revision, down_revision, branch_labels, depends_on = '{number}', '{before}', None, None\n"
    return (
        f"import sqlalchemy as sa\nfrom alembic import op\n{head}\ndef upgrade():\n"
        f"{textwrap.indent(body, '    ')}\n\ndef downgrade():\n    pass\n"
    )


FIRST = """
op.create_table("note", sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text))
op.create_table("reply", sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("note_id", sa.Integer, sa.ForeignKey("note.id", ondelete="CASCADE")))
op.execute("INSERT INTO note (id, body) VALUES (1, 'a')")
op.execute("INSERT INTO reply (id, note_id) VALUES (1, 1)")
"""
#: Of a table that SQLite makes anew.
BATCH = """
with op.batch_alter_table("note") as batch:
    batch.alter_column("body", nullable=False, existing_type=sa.Text)
"""
HALF = """
op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
op.execute("UPDATE note SET body = 'b'")
op.execute("SELECT nonsense")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Flask-Migrate project as ``flask db init`` makes it; of its three revisions the last fails."""
    from importlib.resources import files

    template = files("flask_migrate") / "templates" / "flask"
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (folder / name).write_text((template / name).read_text())
    (folder / "alembic.ini").write_text((template / "alembic.ini.mako").read_text())
    (folder / "versions" / "1.py").write_text(revision(1, 0, FIRST).replace("'0'", "None"))
    (folder / "versions" / "2.py").write_text(revision(2, 1, BATCH))
    (folder / "versions" / "3.py").write_text(revision(3, 2, HALF))
    (tmp_path / "wsgi.py").write_text(APP)
    return tmp_path


def upgrade(project: Path, monkeypatch: pytest.MonkeyPatch, url: str, *words: str) -> tuple[int, str]:
    """``flask db upgrade`` through the command door."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(project)
    spaces: dict[str, Any] = {"__name__": "wsgi"}
    exec(compile(APP, str(project / "wsgi.py"), "exec", dont_inherit=True), spaces)
    app = spaces["app"]
    told = make_handler(app)(
        {"sameroom": {"command": ["db", "upgrade", "-d", str(project / "migrations"), *words]}}
    )
    asked = {"sameroom": {"command": ["db", "current", "-d", str(project / "migrations")]}}
    current = make_handler(app)(asked)
    assert current["output"].splitlines()[-1] in ("1", "2"), "Alembic prints elsewhere"
    with app.app_context():
        sql.engine().dispose()
    return told["exit_code"], f"{told['output']}{told['error']}"


@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated")  # by Flask-Migrate's own env.py
def test_a_migration_that_fails_half_way_leaves_postgresql_as_it_was(
    project: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.database()
    name = url.rpartition("/")[2]
    assert upgrade(project, monkeypatch, url, "1")[0] == 0
    code, said = upgrade(project, monkeypatch, url)
    assert code == 1
    assert "nonsense" in said
    assert postgres.do("SELECT version_num FROM alembic_version", database=name) == [("1",)]
    assert postgres.do("SELECT body FROM note", database=name) == [("a",)]
    assert postgres.do("SELECT to_regclass('half')", database=name) == [(None,)]


@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated")  # by Flask-Migrate's own env.py
def test_a_migration_that_fails_half_way_takes_its_step_back_in_sqlite(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sqlite3

    file = tmp_path / "shop.db"
    code, said = upgrade(project, monkeypatch, f"sqlite:///{file}")
    assert code == 1
    assert "nonsense" in said
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("2",)]
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        assert "half" not in tables
        assert connection.execute("SELECT body FROM note").fetchall() == [("a",)]
        # Making the table anew has deleted nothing that refers to it.
        assert connection.execute("SELECT note_id FROM reply").fetchall() == [(1,)]
    connection.close()
