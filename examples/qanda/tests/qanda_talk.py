"""How the tests talk to the app as Slack does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qanda_slack import direct, event, signed

if TYPE_CHECKING:
    from flask.testing import FlaskClient

JSON = "application/json"


def send(client: FlaskClient, path: str, body: bytes, kind: str = "", **more: Any) -> Any:
    """A request of Slack's."""
    kind = kind or (JSON if path == "/slack/event" else "application/x-www-form-urlencoded")
    return client.post(path, data=body, headers={**signed(body, kind), **more})


def tell(client: FlaskClient, text: str, user: str = "U1", channel: str = "D1", **more: Any) -> None:
    """A direct message to the bot."""
    said = send(client, "/slack/event", event(direct(text, user, channel, **more)))
    assert (said.status_code, said.text) == (200, ""), said.text


def listed(client: FlaskClient) -> list[dict[str, Any]]:
    """The newest questions."""
    page: Any = client.get("/api/question").json
    found: list[dict[str, Any]] = page["questions"]
    return found
