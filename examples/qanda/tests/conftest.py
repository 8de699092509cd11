"""Fixtures: tables of its own for each test, a Slack to talk to, and the app in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

TESTS = Path(__file__).parent
for _place in (str(TESTS), str(TESTS.parent)):
    if _place not in sys.path:
        sys.path.append(_place)

if TYPE_CHECKING:
    from fakes.cloud import Stand
    from flask import Flask
    from flask.testing import FlaskClient
    from qanda_slack import Slack


@pytest.fixture
def slack() -> Iterator[Slack]:
    """Slack, which has nothing to complain of when the test ends."""
    from qanda_slack import slack_api

    with slack_api() as running:
        yield running
        assert running.complaints == []


@pytest.fixture
def environment(stand: Stand, slack: Slack) -> Iterator[Mapping[str, str]]:
    """The app's surroundings: tables, secrets, where Slack is."""
    from qanda_room import SECRETS, tables

    with tables(stand) as variables:
        yield {**variables, **SECRETS, "SLACK_API_URL": f"{slack.url}/api/"}


@pytest.fixture
def app(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The app, whose jobs run at the call."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    from qanda import create_app

    made = create_app()
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of the app's."""
    return app.test_client()


@pytest.fixture
def installed(app: Flask) -> None:
    """The bot is in the team T1."""
    from qanda.room import database
    from qanda_slack import TEAM, TOKEN

    with app.app_context():
        database().put(
            "installations",
            {
                "team": TEAM,
                "team_id": TEAM,
                "bot_token": TOKEN,
                "bot_id": "B1",
                "bot_user_id": "U0BOT",
                "bot_scopes": "chat:write",
                "installed_at": 1,
            },
        )
