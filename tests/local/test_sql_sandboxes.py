"""An app with a database in sandboxes: frozen with its connection, and SQLite on a disk without room."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fakes.lambda_pools import Log, result
from fakes.postgres import Postgres

from sameroom.local import configure
from sameroom.local.configure import Manner
from sameroom.local.sandboxes.pool import Pool
from sameroom.project import Choices, load

pytest.importorskip("flask_migrate", reason="there is no Flask-Migrate here")
pytestmark = pytest.mark.anyio

#: Nothing of ours in it.
UNCHANGED = """
import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///shop.db")
#ours
db = SQLAlchemy(app, model_class=Base)
Migrate(app, db)

class Note(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]

@app.post("/notes")
def add():
    db.session.add(Note(body="x"))
    db.session.commit()
    return {"notes": db.session.query(Note).count(), "engine": repr(db.engine.url)}

@app.get("/backend")
def backend():
    return str(db.session.scalar(text("SELECT pg_backend_pid()")))
"""
#: One line, in place of theirs.
OURS = UNCHANGED.replace(
    'app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///shop.db")',
    "from sameroom import sql\nsql.init_app(app)",
)
REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "1", None, None, None

def upgrade():
    op.create_table("note", sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text))

def downgrade():
    op.drop_table("note")
"""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def project(folder: Path, app: str) -> Path:
    """A Flask-Migrate project with one revision, in a virtual environment of nobody's: ours is used."""
    from importlib.resources import files

    template = files("flask_migrate") / "templates" / "flask"
    (folder / "migrations" / "versions").mkdir(parents=True)
    for name, written in (("env.py", "env.py"), ("script.py.mako",) * 2, ("alembic.ini.mako", "alembic.ini")):
        (folder / "migrations" / written).write_text((template / name).read_text())
    (folder / "migrations" / "versions" / "1.py").write_text(REVISION)
    (folder / "wsgi.py").write_text(app)
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    return folder


def pool(folder: Path, log: Log, **environ: str) -> Pool:
    """As ``sameroom dev`` has it."""
    found = load(folder, Choices(app="wsgi:app"))
    config = configure.function_config(found, Manner(), environ)
    return Pool(config, log)


async def ask(sandboxes: Pool, method: str, path: str) -> Any:
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "example.com"},
        "requestContext": {
            "apiId": "abc",
            "stage": "$default",
            "domainName": "abc.execute-api.eu-west-1.amazonaws.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "1.2.3.4"},
        },
        "routeKey": "$default",
        "isBase64Encoded": False,
    }
    return result(await sandboxes.invoke(json.dumps(event).encode(), request_id="1"))


async def command(sandboxes: Pool, *words: str) -> Any:
    payload = json.dumps({"sameroom": {"command": words}}).encode()
    return result(await sandboxes.invoke(payload, request_id="2"))


@pytest.mark.parametrize("app", [UNCHANGED, OURS], ids=["unchanged", "one line of ours"])
async def test_a_connection_that_broke_while_the_sandbox_was_frozen_is_replaced(
    tmp_path: Path, postgres: Postgres, app: str
) -> None:
    url = postgres.database().replace("postgresql:", "postgresql+psycopg:")
    name = url.rpartition("/")[2]
    log = Log()
    async with pool(project(tmp_path, app), log, DATABASE_URL=url) as sandboxes:
        told = await command(sandboxes, "db", "upgrade")
        assert told["exit_code"] == 0, told
        assert (await ask(sandboxes, "POST", "/notes"))["statusCode"] == 200
        first = (await ask(sandboxes, "GET", "/backend"))["body"]
        assert (await ask(sandboxes, "GET", "/backend"))["body"] == first
        time.sleep(0.05)  # it is frozen now
        assert postgres.connections(name) == [(int(first), "idle")], "one connection, with nothing open"
        postgres.end_connections(name)
        second = await ask(sandboxes, "GET", "/backend")
        assert (second["statusCode"], second["body"] != first) == (200, True), log.texts()
        time.sleep(0.05)
        postgres.restart()
        assert (await ask(sandboxes, "POST", "/notes"))["statusCode"] == 200, log.texts()
    assert postgres.do("SELECT count(*) FROM note", database=name) == [(2,)]


async def test_without_a_server_flask_and_sandboxes_share_one_file(tmp_path: Path) -> None:
    folder = project(tmp_path, OURS)
    flask = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert flask.returncode == 0, flask.stderr
    file = folder / ".sameroom" / "data" / "app.db"
    log = Log()
    async with pool(folder, log) as sandboxes:
        said = await ask(sandboxes, "POST", "/notes")
        assert json.loads(said["body"]) == {"notes": 1, "engine": f"sqlite:///{file}"}, log.texts()
        told = await command(sandboxes, "db", "current")
        assert "1 (head)" in told["output"], told
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO note (body) VALUES ('by flask')")
    connection.close()
    async with pool(folder, log) as sandboxes:
        assert json.loads((await ask(sandboxes, "POST", "/notes"))["body"])["notes"] == 3


async def test_sqlite_in_the_projects_own_folder_says_what_lambda_would(tmp_path: Path) -> None:
    folder = project(tmp_path, UNCHANGED.replace("#ours", "from sameroom import sql\nsql.init_app(app)"))
    log = Log()
    async with pool(folder, log) as sandboxes:
        await sandboxes.invoke(b"{}", request_id="1")
    said = "\n".join(log.texts())
    assert "on Lambda the disk is read-only" in said
    assert str(folder / ".sameroom" / "data") in said
