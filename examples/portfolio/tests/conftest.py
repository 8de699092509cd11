"""Fixtures: the app on an empty database, and its owner logged in.

Tests that ask for ``app`` run on SQLite; those marked ``databases`` run on a real PostgreSQL as well.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

EXAMPLE = Path(__file__).parent.parent
for _place in (str(EXAMPLE.parent.parent / "tests"), str(EXAMPLE / "tests"), str(EXAMPLE)):
    if _place not in sys.path:
        sys.path.insert(0, _place)

try:
    from fakes.postgres import Postgres, postgres_server
except ImportError:  # a copy of this example by itself, which is tested on SQLite alone

    @pytest.fixture(scope="session")
    def postgres_server() -> None:
        pytest.skip("PostgreSQL is started by sameroom's own tests")


from owner_browser import Browser, keep_owner  # noqa: E402

if TYPE_CHECKING:
    from fakes.cloud import Stand
    from flask import Flask
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page
NOW = datetime(2024, 6, 28, 12, 0, tzinfo=timezone.utc)  # a Friday


def _made(url: str) -> str:
    """A database made by the migrations, with an owner whose browser is logged in."""
    return _own(url, new=True)


def _own(url: str, new: bool = False) -> str:
    from portfolio import create_app
    from portfolio.models import db

    made = create_app({"SQLALCHEMY_DATABASE_URI": url, "CLOCK": lambda: NOW})
    if new:
        made.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    with made.app_context():
        keep_owner(NOW)
        db.session.remove()
        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each test's file is a copy of."""
    file = tmp_path_factory.mktemp("original") / "portfolio.db"
    _made(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_url(postgres_server: Postgres) -> str:
    """The one database of all tests, which is emptied before each."""
    return _made(postgres_server.database())


@pytest.fixture
def emptied(postgresql_url: str, postgres_server: Postgres) -> Callable[[], str]:
    """Empties PostgreSQL's database but for an owner, and says its URL."""
    gone = "fund, portfolio, symbol, job, deleted, exchange_rate, setting, failed_login, log_record, "
    gone += "remembered, owner"

    def empty() -> str:
        name = postgresql_url.rpartition("/")[2]
        postgres_server.do(f"TRUNCATE {gone} RESTART IDENTITY CASCADE", database=name)
        return _own(postgresql_url)

    return empty


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without portfolios."""
    if request.param == "postgresql":
        emptied: Callable[[], str] = request.getfixturevalue("emptied")
        return emptied()
    file = tmp_path / "portfolio.db"
    shutil.copy(request.getfixturevalue("sqlite_original"), file)
    return f"sqlite:///{file}"


@pytest.fixture
def clock() -> list[datetime]:
    """The app's clock: its one element is now."""
    return [NOW]


@pytest.fixture(params=["database"])
def price_table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a new table of DynamoDB's for prices, or "" where they are in the database."""
    if request.param == "database":
        return ""
    try:
        stand: Stand = request.getfixturevalue("stand")
    except pytest.FixtureLookupError:
        pytest.skip("DynamoDB is that of sameroom's own tests")
    for name, value in stand.environ().items():
        monkeypatch.setenv(name, value)
    table = f"prices-{uuid4().hex}"
    keys = {"fund_id": "HASH", "date": "RANGE"}
    stand.cloud().call(
        *("dynamodb", "create_table"),
        TableName=table,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    return table


@pytest.fixture
def app(database: str, price_table: str, clock: list[datetime]) -> Iterator[Flask]:
    """The app."""
    from portfolio import create_app
    from portfolio.models import db

    made = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": database,
            "PRICES_TABLE": price_table,
            "CLOCK": lambda: clock[0],
            "TESTING": True,
        }
    )
    made.config["PROPAGATE_EXCEPTIONS"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """The owner's browser, logged in."""
    return Browser.of_owner(app)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chromium]:
    """A real browser, and the front end built for it."""
    from portfolio_site import built, chromium

    built()
    with chromium() as started:
        yield started


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The app with its front end, over a socket."""
    from portfolio_site import served

    with served(app) as url:
        yield url


@pytest.fixture
def opened(chrome: Chromium, site: str, clock: list[datetime]) -> Iterator[Callable[..., Page]]:
    """A page in a window of its own, whose clock is the app's; its complaints fail the test."""
    from portfolio_pages import Windows

    windows = Windows(chrome, site, clock)
    yield windows.open
    windows.close()
    assert windows.complaints == []


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
