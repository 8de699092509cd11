"""Fixtures: tables of its own for each test, a Slack to talk to, and the app in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

TESTS = Path(__file__).parent
for _place in (str(TESTS), str(TESTS.parent)):
    if _place not in sys.path:
        sys.path.append(_place)

from qanda_slack import CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, TEAM, TOKEN, Slack, slack_api

if TYPE_CHECKING:
    from fakes.cloud import Stand
    from flask import Flask
    from flask.testing import FlaskClient

PASSWORD = "a-good-password"
SECRETS = {
    "SECRET_KEY": "a-secret-key",
    "MODERATOR_PASSWORD": PASSWORD,
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "SLACK_CLIENT_ID": CLIENT_ID,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
}


@contextmanager
def tables(stand: Stand) -> Iterator[dict[str, str]]:
    """New tables, as the settings declare them; the variables that lead the app to them."""
    import boto3
    from fakes.cloud import REGION, fresh_name

    from sameroom.aws.tables import creation
    from sameroom.local.tables import definition
    from sameroom.project import settings, variable

    client = boto3.client(
        "dynamodb",
        endpoint_url=stand.endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106
    )
    prefix = fresh_name("qanda")
    made = {}
    for name, table in settings.fold(settings.read(TESTS.parent), {}).tables.items():
        wanted = definition(name, table)
        made[variable(name, table)] = f"{prefix}-{name}"
        client.create_table(**creation(wanted._replace(name=f"{prefix}-{name}")))
    try:
        yield {**stand.environ(), **made}
    finally:
        for name in made.values():
            client.delete_table(TableName=name)
        client.close()


@pytest.fixture
def slack() -> Iterator[Slack]:
    """Slack, which has nothing to complain of when the test ends."""
    with slack_api() as running:
        yield running
        assert running.complaints == []


@pytest.fixture
def environment(stand: Stand, slack: Slack) -> Iterator[Mapping[str, str]]:
    """The app's surroundings: tables, secrets, where Slack is."""
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
