"""Slack's requests: what gets in, how often, and how the app comes into a workspace."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from qanda_slack import (
    BOT,
    CLIENT_ID,
    CODE,
    TEAM,
    TOKEN,
    Slack,
    command,
    direct,
    event,
    signed,
)
from qanda_talk import JSON, listed, send, tell

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.usefixtures("installed")


@pytest.mark.parametrize("path", ["/slack/slash_ask", "/slack/event", "/slack/action"])
def test_nothing_unsigned_gets_in_anywhere(client: FlaskClient, slack: Slack, path: str) -> None:
    body = command("Where is the stapler?", slack.url)
    good = signed(body)
    stale = signed(body, at=time.time() - 301)
    early = signed(body, at=time.time() + 310)
    bad = [
        {"Content-Type": good["Content-Type"]},
        {**good, "X-Slack-Signature": "v0=" + "0" * 64},
        {**good, "X-Slack-Signature": "v0=é"},
        {**good, "X-Slack-Signature": ""},
        {**good, "X-Slack-Request-Timestamp": ""},
        {**good, "X-Slack-Request-Timestamp": "now"},
        {**good, "X-Slack-Request-Timestamp": str(int(time.time()) - 7)},
        signed(body, secret="another"),
        signed(body + b"x"),
        stale,
        early,
    ]
    for headers in bad:
        said = client.post(path, data=body, headers=headers)
        assert said.status_code == 401, headers
        assert said.content_type == "application/problem+json"
    for unsigned in (b"ssl_check=1&token=x", b"ssl_check=1&" + body, b'{"type":"url_verification"}', b""):
        assert client.post(path, data=unsigned).status_code == 401
    assert slack.sent == []
    assert listed(client) == []


def test_a_replayed_request_does_nothing(client: FlaskClient, slack: Slack) -> None:
    body = command("Where is the stapler?", slack.url)
    headers = signed(body)
    assert client.post("/slack/slash_ask", data=body, headers=headers).status_code == 200
    assert client.post("/slack/slash_ask", data=body, headers=headers).status_code == 401
    assert len(listed(client)) == 1


def test_slack_verifies_the_address(client: FlaskClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "a-challenge", "token": "old"}).encode()
    said = send(client, "/slack/event", body)
    assert said.status_code == 200
    assert "a-challenge" in said.text


def test_an_event_that_slack_repeats_is_done_once(client: FlaskClient, slack: Slack) -> None:
    body = event(direct("ask Where is the stapler?"), "Ev1")
    for number in range(3):
        headers = signed(body, JSON, at=time.time() + number)
        retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"} if number else {}
        assert client.post("/slack/event", data=body, headers={**headers, **retry}).status_code == 200
    assert len(listed(client)) == 1
    assert len(slack.posts("D1")) == 1


def test_an_event_that_failed_is_taken_when_slack_repeats_it(client: FlaskClient, slack: Slack) -> None:
    slack.errors["D1"] = "internal_error"
    body = event(direct("ask Where is the stapler?"), "Ev1")
    headers = signed(body, JSON)
    assert client.post("/slack/event", data=body, headers=headers).status_code == 500
    slack.errors.clear()
    again = signed(body, JSON, at=time.time() + 1)
    assert client.post("/slack/event", data=body, headers=again).status_code == 200
    assert len(listed(client)) == 1
    assert len(slack.posts("D1")) == 2


def test_a_team_that_did_not_install_is_told_so(client: FlaskClient, slack: Slack) -> None:
    said = send(client, "/slack/slash_ask", command("Where?", slack.url, team_id="T9"))
    assert said.status_code == 200
    assert "Install it again" in slack.responses()[0]["text"]
    assert send(client, "/slack/event", event(direct("ask Where?"), team="T9")).status_code == 200
    assert slack.posts() == []
    assert listed(client) == []


def test_slack_out_of_order_leaves_the_job_to_the_queue(client: FlaskClient, slack: Slack) -> None:
    slack.broken = True
    said = send(client, "/slack/slash_ask", command("Where is the stapler?", slack.url))
    assert said.status_code == 500  # a job at the call; in a queue it would come again
    assert len(listed(client)) == 1
    state = client.get("/slack/install", base_url="https://localhost").headers["Location"]
    state = parse_qs(urlsplit(state).query)["state"][0]
    back = client.get(f"/slack/oauth?code={CODE}&state={state}", base_url="https://localhost")
    assert "was not installed" in back.text


def test_odd_bytes_from_slack_do_no_harm(client: FlaskClient, slack: Slack) -> None:
    assert send(client, "/slack/event", b"\xff\xfe{", JSON).status_code == 400
    assert send(client, "/slack/event", b"{", JSON).status_code == 400
    assert send(client, "/slack/event", b"[]", JSON).status_code == 400
    assert send(client, "/slack/action", b"payload=%7B").status_code == 400
    assert send(client, "/slack/action", b"payload=&payload=%FF").status_code == 400
    huge = command("x" * 140_000, slack.url)
    assert send(client, "/slack/slash_ask", huge).status_code == 413
    tell(client, "ask \u0000\u202eWhere \U0001f44b?")
    assert listed(client)[0]["body"] == "Where 👋?"


def test_a_workspace_that_removes_the_app_is_forgotten(client: FlaskClient, slack: Slack, app: Flask) -> None:
    from qanda.room import database
    from qanda.store import subscribers

    tell(client, "subscribe", "U2", "D2")
    for inner in ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, {"type": "app_uninstalled"}):
        assert send(client, "/slack/event", event(inner)).status_code == 200
        with app.app_context():
            gone = database().get("installations", {"team": TEAM}) is None
            left, _ = subscribers.page(database(), TEAM, 10)
        assert gone == (inner["type"] == "app_uninstalled")
        assert len(left) == (not gone)


def test_an_installation_goes_to_slack_and_back_once(client: FlaskClient, slack: Slack, app: Flask) -> None:
    from qanda.room import database

    with app.app_context():
        database().delete("installations", {"team": TEAM})
    went = client.get("/slack/install", base_url="https://localhost")
    assert went.status_code == 302
    address = urlsplit(went.headers["Location"])
    assert (address.netloc, address.path) == ("slack.com", "/oauth/v2/authorize")
    query = parse_qs(address.query)
    assert query["client_id"] == [CLIENT_ID]
    assert set(query["scope"][0].split(",")) == {"chat:write", "chat:write.public", "commands", "im:history"}
    state = query["state"][0]
    back = client.get(f"/slack/oauth?code={CODE}&state={state}", base_url="https://localhost")
    assert back.status_code == 302
    assert back.headers["Location"] == "/slack?done=installed"
    assert [sent.method for sent in slack.sent] == ["oauth.v2.access", "auth.test"]
    with app.app_context():
        kept = database().get("installations", {"team": TEAM})
    assert kept is not None
    assert (kept["bot_token"], kept["bot_user_id"], kept["team_name"]) == (TOKEN, BOT, "A team")
    again = client.get(f"/slack/oauth?code={CODE}&state={state}", base_url="https://localhost")
    assert again.status_code in (400, 401)
    assert "was not installed" in again.text


@pytest.mark.parametrize(
    ("query", "status"),
    [("error=access_denied", 200), ("code=x&state=made-up", 400), ("code=x", 400), ("", 400)],
)
def test_an_installation_without_our_state_fails(
    client: FlaskClient, slack: Slack, query: str, status: int
) -> None:
    said = client.get(f"/slack/oauth?{query}", base_url="https://localhost")
    assert said.status_code == status
    assert "was not installed" in said.text
    assert slack.sent == []


def test_another_browser_cannot_finish_an_installation(client: FlaskClient, slack: Slack, app: Flask) -> None:
    went = client.get("/slack/install", base_url="https://localhost")
    state = parse_qs(urlsplit(went.headers["Location"]).query)["state"][0]
    other = app.test_client()
    assert (
        other.get(f"/slack/oauth?code={CODE}&state={state}", base_url="https://localhost").status_code == 400
    )
    other.set_cookie("slack-app-oauth-state", "made-up", domain="localhost")
    forged = other.get(f"/slack/oauth?code={CODE}&state=made-up", base_url="https://localhost")
    assert forged.status_code == 401
    assert slack.sent == []


def test_no_token_gets_into_the_log(
    client: FlaskClient, slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for name in ("botocore", "urllib3", "boto3"):
        caplog.set_level("INFO", logger=name)
    tell(client, "subscribe")
    slack.errors["D1"] = "account_inactive"
    tell(client, "help")
    slack.tokens.clear()
    tell(client, "help")
    assert TOKEN not in caplog.text


def test_with_slack_switched_off_the_web_works(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "off")
    body = event(direct("help"))
    assert client.post("/slack/event", data=body, headers=signed(body, JSON)).status_code == 503
    assert client.get("/slack/install").status_code == 503
    assert "switched off" in client.get("/slack").text
    assert client.post("/api/question/ask", json={"body": "Still there?"}).status_code == 201
