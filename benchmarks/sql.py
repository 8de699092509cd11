"""What ``sql`` costs a request, and what it costs to replace a connection that broke while nobody looked.

A Flask app reads one row by its key from a PostgreSQL server on loopback, over TLS, called as a WSGI app in
this process. Plain Flask-SQLAlchemy has its own defaults: it notices nothing, and the first request after a
break fails. Its ``pool_pre_ping`` asks the server before each use. Ours looks at the socket, and asks
after a rest. Each repetition takes the candidates in turn, so that what slows one down slows all.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import table

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

REQUESTS = 300
PLAIN, PRE_PING = "Flask-SQLAlchemy", "Flask-SQLAlchemy, pool_pre_ping"
OURS, SESSION, TRANSACTION = "sql.init_app, Flask-SQLAlchemy", "sql.session()", "sql.transaction()"


class Candidate(NamedTuple):
    """One app, and its name among the server's connections."""

    name: str
    ask: Callable[[], int]
    database: str


def candidate(name: str, url: str) -> Candidate:
    """An app that answers with the row's text; ``ask`` gives the status of one request."""
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy
    from sqlalchemy import text
    from sqlalchemy.orm import DeclarativeBase
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    from sameroom import sql

    class Base(DeclarativeBase): ...

    app = Flask("shop")
    asked = text("SELECT body FROM note WHERE id = :id")
    own = name in (PLAIN, PRE_PING)
    if own:
        app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql:", "postgresql+psycopg:")
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": name == PRE_PING}
    else:
        sql.init_app(app, url)
    db = SQLAlchemy(app, model_class=Base) if own or name == OURS else None

    @app.get("/")
    def read() -> str:
        if db is not None:
            return str(db.session.scalar(asked, {"id": 1}))
        if name == SESSION:
            return str(sql.session().scalar(asked, {"id": 1}))
        with sql.transaction() as session:
            return str(session.scalar(asked, {"id": 1}))

    app.logger.disabled = True
    environ = EnvironBuilder("/").get_environ()

    def ask() -> int:
        _, status, _ = run_wsgi_app(app, dict(environ), buffered=True)
        return int(status[:3])

    return Candidate(name, ask, url.rpartition("/")[2])


def each(one: Candidate) -> float:
    """Milliseconds a request."""
    begun = time.perf_counter()
    for _ in range(REQUESTS):
        if one.ask() != 200:
            raise SystemExit(f"{one.name} failed")
    return (time.perf_counter() - begun) * 1000 / REQUESTS


def broken(one: Candidate, server: Any) -> tuple[int, float]:
    """Status and milliseconds of the first request after the server has ended the connection."""
    server.end_connections(one.database)
    begun = time.perf_counter()
    status = one.ask()
    spent = (time.perf_counter() - begun) * 1000
    while one.ask() != 200:
        pass
    return status, spent


def main() -> None:
    from fakes.postgres import Postgres, binaries

    options = table.options(__doc__ or "", 15).parse_args()
    programs = binaries()
    if programs is None:
        raise SystemExit("There is no PostgreSQL server here: apt-get install postgresql")
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "shop"
    folder = Path(tempfile.mkdtemp(prefix="sameroom-bench-"))
    folder.chmod(0o755)
    server = Postgres(programs, folder)
    try:
        candidates = []
        for name in (PLAIN, PRE_PING, OURS, SESSION, TRANSACTION):
            url = server.database()
            database = url.rpartition("/")[2]
            server.do("CREATE TABLE note (id int PRIMARY KEY, body text)", database=database)
            server.do("INSERT INTO note VALUES (1, 'x')", database=database)
            candidates.append(candidate(name, url))
        measure(candidates, server, options)
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def measure(candidates: list[Candidate], server: Any, options: Any) -> None:
    for one in candidates:
        each(one)
    spent: dict[str, list[float]] = {one.name: [] for one in candidates}
    after: dict[str, list[tuple[int, float]]] = {one.name: [] for one in candidates}
    for _ in range(options.reps):
        for one in candidates:
            spent[one.name].append(each(one))
        for one in candidates:
            after[one.name].append(broken(one, server))
    ratios = {name: table.paired(figures, spent[PLAIN]) for name, figures in spent.items()}
    failed = {name: sum(status != 200 for status, _ in found) for name, found in after.items()}
    rows = [
        (
            name,
            median(spent[name]),
            f"x{ratios[name]:.3f}",
            median(milliseconds for _, milliseconds in after[name]),
            f"{failed[name]} of {options.reps}",
        )
        for name in spent
    ]
    table.show(
        table.Figures(
            "A request that reads a row, and the first one after its connection was ended.",
            ("app", "ms", "ms / plain", "ms after a break", "of those failed"),
            rows,
            [
                table.Target("ms of Flask-SQLAlchemy, with one line of ours", ratios[OURS], 1.1),
                table.Target("ms of pool_pre_ping", table.paired(spent[OURS], spent[PRE_PING]), 1.0),
                table.Target("requests that failed after a break, of ours", failed[OURS], 0),
            ],
            {name: version(name) for name in ("flask-sqlalchemy", "sqlalchemy", "psycopg")},
        ),
        options.json,
    )


if __name__ == "__main__":
    main()
