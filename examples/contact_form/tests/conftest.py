"""Fixtures: an empty table per test, and the app in a process of its own tests or served to a browser.

The stand-in for AWS is that of sameroom's own tests; a copy of this example has none.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

from fakes.ways import Room, imported
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from fakes.cloud import Stand
    from flask import Flask
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent.parent
PASSWORD = "open sesame"
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
_KEYS = {"pk": "HASH", "sk": "RANGE"}


def _room(stand: Stand) -> Room:
    name = f"enquiries-{uuid4().hex}"
    cloud = stand.cloud()
    cloud.call(
        "dynamodb",
        "create_table",
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in (*_KEYS, "state")],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in _KEYS.items()],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_state",
                "KeySchema": [
                    {"AttributeName": "state", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    environment = {
        **stand.environ(),
        "AWS_DEFAULT_REGION": cloud.region,
        "ENQUIRIES_TABLE": name,
        "SECRET_KEY": "a key for tests, and for nothing else",
        "ADMIN_PASSWORD": PASSWORD,
        "SAMEROOM_SECRETS": "SECRET_KEY,ADMIN_PASSWORD",
        "SAMEROOM_BACKGROUND": "direct",
    }
    return Room(FOLDER, "contact_form:create_app", environment)


@pytest.fixture
def make_room(stand: Stand) -> Callable[[], Room]:
    """Makes the app's folder and environment, with an empty table each time."""
    return lambda: _room(stand)


@pytest.fixture
def room(stand: Stand) -> Room:
    """One of them."""
    return _room(stand)


#: Makes the app of ``room`` with more variables: ``make_app(ENQUIRIES_LIMIT="2/60")``.
MakeApp = Callable[..., "Flask"]


@pytest.fixture
def make_app(room: Room) -> Iterator[MakeApp]:
    """Apps on one table."""
    with ExitStack() as stack:

        def made(**environment: str) -> Flask:
            more = room._replace(environment={**room.environment, **environment})
            app: Flask = stack.enter_context(imported(more))
            return app

        yield made


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """The app on an empty table."""
    return make_app()


class Quiet(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def serve() -> Callable[[Any], AbstractContextManager[str]]:
    """Serves a WSGI app on loopback; gives its URL."""
    return _served


@contextmanager
def _served(app: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real one. Not for longer than a module: its event loop would be in the way of other tests'."""
    if CHROMIUM is None:
        pytest.skip("no chromium-headless-shell and no chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()
