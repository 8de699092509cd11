"""Fixtures: the app on an empty database, and its owner logged in.

Tests that ask for ``app`` run on SQLite; those marked ``databases`` run on a real PostgreSQL as well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

EXAMPLE = Path(__file__).parent.parent
for _place in (str(EXAMPLE.parent.parent / "tests"), str(EXAMPLE / "tests"), str(EXAMPLE)):
    if _place not in sys.path:
        sys.path.insert(0, _place)

from fakes.postgres import Postgres, postgres, postgres_server  # noqa: E402, F401

if TYPE_CHECKING:
    from flask import Flask
    from owner_browser import Browser

NOW = datetime(2024, 6, 28, 12, 0, tzinfo=timezone.utc)  # a Friday


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.database()
    return f"sqlite:///{tmp_path / 'portfolio.db'}"


@pytest.fixture
def clock() -> list[datetime]:
    """The app's clock: its one element is now."""
    return [NOW]


@pytest.fixture
def app(database: str, clock: list[datetime]) -> Iterator[Flask]:
    """The app, its tables made by the migrations."""
    from flask_migrate import upgrade
    from portfolio import create_app
    from portfolio.models import db

    made = create_app({"SQLALCHEMY_DATABASE_URI": database, "CLOCK": lambda: clock[0], "TESTING": True})
    made.config["PROPAGATE_EXCEPTIONS"] = False
    with made.app_context():
        upgrade()
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """The owner's browser, logged in."""
    from owner_browser import Browser

    return Browser.of_owner(app)


@pytest.fixture
def counted(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """The statements that the database was sent since it was last asked."""
    from portfolio.models import db
    from sqlalchemy import event

    said: list[str] = []

    def note(*words: Any) -> None:
        said.append(words[2])

    def taken() -> list[str]:
        found = [one for one in said if not one.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE"))]
        said.clear()
        return found

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield taken
    event.remove(engine, "before_cursor_execute", note)
