"""What the bot does in Slack, and what it sends."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from qanda_room import PASSWORD
from qanda_slack import (
    BOT,
    TEAM,
    Slack,
    action,
    command,
    direct,
    event,
    submission,
)
from qanda_talk import listed, send, tell

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.usefixtures("installed")


def test_the_command_asks_in_the_channel_and_tells_the_asker_unseen(
    client: FlaskClient, slack: Slack
) -> None:
    said = send(client, "/slack/slash_ask", command("Where is the stapler?", slack.url))
    assert (said.status_code, said.text) == (200, "")
    (question,) = listed(client)
    assert (question["body"], question["source"]) == ("Where is the stapler?", "slack")
    (post,) = slack.posts("C1")
    assert "Where is the stapler?" in json.dumps(post["attachments"])
    assert "U1" not in json.dumps(post)
    assert "ada" not in json.dumps(post)
    (told,) = slack.responses()
    assert told["response_type"] == "ephemeral"
    assert f"/questions/{question['id']}" in told["text"]


def test_where_the_bot_is_not_its_command_asks(client: FlaskClient, slack: Slack) -> None:
    slack.errors["C1"] = "not_in_channel"
    send(client, "/slack/slash_ask", command("Where is the stapler?", slack.url))
    asked, told = slack.responses()
    assert (asked["response_type"], told["response_type"]) == ("in_channel", "ephemeral")
    client.post(f"/api/question/{listed(client)[0]['id']}/reply", json={"body": "On the shelf."})
    (answer,) = slack.posts("U1")
    assert "On the shelf." in json.dumps(answer)


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write a question"), ("   ", "Write a question"), ("x" * 1001, "at most 1,000")]
)
def test_a_command_without_a_good_question_is_told_so_at_once(
    client: FlaskClient, slack: Slack, text: str, words: str
) -> None:
    said = send(client, "/slack/slash_ask", command(text, slack.url))
    assert said.status_code == 200
    assert words in said.text
    assert slack.sent == []


def test_a_subscriber_is_told_and_the_asker_is_not(client: FlaskClient, slack: Slack) -> None:
    tell(client, "subscribe", "U1", "D1")
    tell(client, "Subscribe!", "U2", "D2")
    slack.sent.clear()
    tell(client, "ask Where is the stapler?", "U1", "D1")
    (to_asker,) = slack.posts("D1")
    assert "/questions/" in to_asker["text"]
    (to_other,) = slack.posts("D2")
    attachment = to_other["attachments"][0]
    assert attachment["blocks"][0]["text"]["text"] == "Where is the stapler?"
    assert [button["action_id"] for button in attachment["blocks"][1]["elements"]] == [
        "answer",
        "unsubscribe",
    ]


def test_another_team_is_not_told(client: FlaskClient, slack: Slack, app: Flask) -> None:
    from qanda.room import database
    from qanda.store import subscribers
    from qanda.store.subscribers import Subscriber

    with app.app_context():
        subscribers.subscribe(database(), Subscriber("T2", "D9", "U9"))
    tell(client, "ask Where is the stapler?")
    assert slack.posts("D9") == []


def test_a_reply_answers_the_newest_question_and_reaches_the_asker(client: FlaskClient, slack: Slack) -> None:
    tell(client, "subscribe", "U2", "D2")
    tell(client, "ask The first?", "U1", "D1", ts="1795221700.000100")
    tell(client, "ask The second?", "U1", "D1", ts="1795221701.000100")
    slack.sent.clear()
    tell(client, "reply On the <https://shelf.example|shelf> &amp; there", "U2", "D2")
    answered = {question["body"]: question["answer_count"] for question in listed(client)}
    assert answered == {"The second?": 1, "The first?": 0}
    (to_asker,) = slack.posts("D1")
    assert to_asker["thread_ts"] == "1795221701.000100"
    assert "shelf (https://shelf.example) & there" in json.dumps(to_asker["attachments"][0]["blocks"])
    assert "U2" not in json.dumps(to_asker)
    assert "with the question" in slack.posts("D2")[0]["text"]


def test_an_answer_on_the_web_reaches_the_thread_in_slack(client: FlaskClient, slack: Slack) -> None:
    send(client, "/slack/slash_ask", command("Where is the stapler?", slack.url))
    question = listed(client)[0]["id"]
    slack.sent.clear()
    client.post(f"/questions/{question}", data={"body": "On the shelf."})
    (answer,) = slack.posts("C1")
    assert answer["thread_ts"].startswith("1795221709.")


def test_a_question_on_the_web_reaches_who_wants_those(client: FlaskClient, slack: Slack) -> None:
    tell(client, "subscribe", "U1", "D1")
    tell(client, "subscribe web", "U2", "D2")
    slack.sent.clear()
    client.post("/api/question/ask", json={"body": "Where is the stapler?"})
    assert [post["channel"] for post in slack.posts()] == ["D2"]
    tell(client, "reply On the shelf.", "U2", "D2")
    assert listed(client)[0]["answer_count"] == 1


def test_more_subscribers_than_a_page_are_all_told(client: FlaskClient, slack: Slack, app: Flask) -> None:
    from qanda.room import database
    from qanda.store import subscribers
    from qanda.store.subscribers import Subscriber

    with app.app_context():
        for number in range(60):
            subscribers.subscribe(database(), Subscriber(TEAM, f"D1{number:03}", f"U1{number:03}"))
    tell(client, "ask Where is the stapler?")
    assert len({post["channel"] for post in slack.posts() if post["channel"] != "D1"}) == 60


def test_stop_and_unsubscribe_end_it(client: FlaskClient, slack: Slack) -> None:
    for words in ("stop", "UNSUBSCRIBE"):
        tell(client, "subscribe", "U2", "D2")
        tell(client, words, "U2", "D2")
        assert "no more questions" in slack.posts("D2")[-1]["text"]
    slack.sent.clear()
    tell(client, "stop", "U2", "D2")
    assert "not subscribed" in slack.posts("D2")[-1]["text"]
    tell(client, "ask Where is the stapler?")
    assert len(slack.posts("D2")) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("help", "everybody who subscribed"),
        ("good morning", "did not understand"),
        ("askew", "did not understand"),
        ("subscribe all of it", "did not understand"),
        ("ask", "Write something"),
        ("ask hm", "at least 3"),
        ("reply", "Write something"),
        ("reply to nothing", "not sent you a question"),
        ("reply " + "x" * 3001, "at most 3,000"),
    ],
)
def test_the_bot_answers_every_message(client: FlaskClient, slack: Slack, text: str, words: str) -> None:
    tell(client, text)
    (post,) = slack.posts("D1")
    assert words in post["text"]


def test_what_is_not_understood_is_kept(client: FlaskClient, app: Flask) -> None:
    from qanda.room import database
    from qanda.store import messages

    tell(client, "good morning")
    tell(client, "help")
    with app.app_context():
        kept, _ = messages.heard(database(), 10)
    assert [(message.body, message.name) for message in kept] == [("good morning", "T1|D1")]
    client.post("/moderation/login", data={"password": PASSWORD})
    assert "good morning" in client.get("/moderation/heard").text


def test_what_bots_say_and_edits_are_no_messages(client: FlaskClient, slack: Slack) -> None:
    for more in (
        {"bot_id": "B9"},
        {"subtype": "message_changed"},
        {"subtype": "bot_message"},
        {"user": BOT},
        {"channel_type": "channel", "channel": "C1"},
        {"text": ""},
        {"text": None},
    ):
        said = send(client, "/slack/event", event({**direct("ask Where is the stapler?"), **more}))
        assert said.status_code == 200, more
    assert slack.sent == []
    assert listed(client) == []


def test_a_job_that_runs_twice_keeps_one(client: FlaskClient, slack: Slack, app: Flask) -> None:
    from qanda import jobs
    from qanda.slack.incoming import Heard

    tell(client, "subscribe", "U2", "D2")
    heard = Heard(TEAM, "C1", "U1", "Where is the stapler?", time.time(), "seed", "http://localhost/")
    with app.app_context():
        for _ in range(2):
            jobs.ask_in_channel.now(heard._asdict(), f"{slack.url}/hooks/1")
    assert len(listed(client)) == 1
    assert len(slack.posts("C1")) == 1
    assert len(slack.posts("D2")) == 2  # "You will get", and the question
    answer = heard._replace(seed="another", text="On the shelf.", channel="U2", user="U2")
    with app.app_context():
        for _ in range(2):
            jobs.answer_from_slack.now(answer._asdict(), listed(client)[0]["id"])
    assert listed(client)[0]["answer_count"] == 1


@pytest.mark.parametrize("error", ["cannot_dm_bot", "channel_not_found", "user_disabled", "is_archived"])
def test_who_blocked_the_bot_is_unsubscribed_and_the_others_are_told(
    client: FlaskClient, slack: Slack, app: Flask, error: str
) -> None:
    tell(client, "subscribe", "U2", "D2")
    tell(client, "subscribe", "U3", "D3")
    slack.errors["D2"] = error
    tell(client, "ask Where is the stapler?")
    assert len(slack.posts("D3")) == 2
    from qanda.room import database
    from qanda.store import subscribers

    with app.app_context():
        left, _ = subscribers.page(database(), TEAM, 10)
    assert [subscriber.channel for subscriber in left] == ["D3"]


def test_slack_that_is_busy_for_a_moment_is_asked_again(client: FlaskClient, slack: Slack) -> None:
    slack.busy = [1]
    began = time.monotonic()
    tell(client, "help")
    assert len(slack.posts("D1")) == 2
    assert time.monotonic() - began >= 1


def test_slack_that_is_busy_for_long_is_left_to_the_queue(client: FlaskClient, slack: Slack) -> None:
    slack.busy = [60]
    said = send(client, "/slack/event", event(direct("help")))
    assert said.status_code == 500  # a job at the call; in a queue it would come again
    assert len(slack.posts("D1")) == 1


def test_a_revoked_token_ends_the_job_quietly(client: FlaskClient, slack: Slack) -> None:
    slack.tokens.clear()
    tell(client, "help")
    assert len(slack.sent) == 1


def test_a_flood_of_questions_is_stopped(client: FlaskClient, slack: Slack) -> None:
    for number in range(12):
        tell(client, f"ask Spam number {number}?")
    assert len(listed(client)) == 10
    assert "too often" in slack.posts("D1")[-1]["text"]
    said = send(client, "/slack/slash_ask", command("Spam by command?", slack.url))
    assert "too often" in said.text
    assert len(listed(client)) == 10


def test_a_flood_of_messages_is_not_even_answered(client: FlaskClient, slack: Slack) -> None:
    for _ in range(64):
        tell(client, "help")
    assert len(slack.posts("D1")) == 60


def test_nobody_is_called_by_what_people_write(client: FlaskClient, slack: Slack) -> None:
    tell(client, "subscribe", "U2", "D2")
    evil = (
        "ask <!channel> <!here|here> <@U7> <@U8|eve> <#C7|general> <!subteam^S1|@all> &lt;!everyone&gt; *b*?"
    )
    tell(client, evil)
    (question,) = listed(client)
    assert question["body"] == "@channel here @somebody @eve #general @all <!everyone> *b*?"
    told = slack.posts("D2")[-1]
    assert told["attachments"][0]["fallback"].endswith("&lt;!everyone&gt; *b*?")
    assert told["attachments"][0]["blocks"][0]["text"]["type"] == "plain_text"
    client.post(f"/api/question/{question['id']}/reply", json={"body": "<!channel> <@U7> & <http://x|y>"})
    assert slack.posts("D1")[-1]["attachments"][0]["fallback"] == (
        "&lt;!channel&gt; &lt;@U7&gt; &amp; &lt;http://x|y&gt;"
    )
    page = client.get(f"/questions/{question['id']}").text
    assert "&lt;!channel&gt;" in page


def test_the_button_shows_a_form_and_the_form_answers(client: FlaskClient, slack: Slack) -> None:
    tell(client, "ask Where is the stapler?")
    question = listed(client)[0]["id"]
    slack.sent.clear()
    assert send(client, "/slack/action", action("answer", question, slack.url)).status_code == 200
    (opened,) = [sent.said for sent in slack.sent if sent.method == "views.open"]
    assert question in json.dumps(opened)
    said = send(client, "/slack/action", submission("On the shelf.", question))
    assert (said.status_code, said.text) == (200, "")
    assert listed(client)[0]["answer_count"] == 1
    assert [post["channel"] for post in slack.posts()] == ["D1", "U2"]


@pytest.mark.parametrize(
    ("text", "words"), [(None, "Write something"), (" ", "Write something"), ("x" * 3001, "most")]
)
def test_a_form_with_a_bad_answer_is_given_back(client: FlaskClient, text: str | None, words: str) -> None:
    tell(client, "ask Where is the stapler?")
    said = send(client, "/slack/action", submission(text, listed(client)[0]["id"]))
    assert said.json["response_action"] == "errors"
    assert words in said.json["errors"]["answer"]


def test_the_button_for_no_more_unsubscribes(client: FlaskClient, slack: Slack) -> None:
    tell(client, "subscribe", "U2", "D2")
    assert send(client, "/slack/action", action("unsubscribe", "stop", slack.url)).status_code == 200
    assert "no more questions" in slack.responses()[0]["text"]
    slack.sent.clear()
    tell(client, "ask Where is the stapler?")
    assert slack.posts("D2") == []


def test_a_hidden_question_takes_no_answers(client: FlaskClient, slack: Slack, app: Flask) -> None:
    from qanda.room import database
    from qanda.store import questions

    tell(client, "subscribe", "U2", "D2")
    tell(client, "ask Offensive?")
    question = listed(client)[0]["id"]
    with app.app_context():
        questions.hide(database(), question, True)
    tell(client, "reply Hm.", "U2", "D2")
    assert "removed" in slack.posts("D2")[-1]["text"]
    send(client, "/slack/action", action("answer", question, slack.url))
    assert "removed" in slack.posts("D2")[-1]["text"]


def test_letters_go_to_a_channel_if_one_is_named(
    environment: dict[str, str], slack: Slack, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qanda import create_app

    other = create_app({**environment, "QANDA_CONTACT_CHANNEL": f"{TEAM}|C7"})
    other.testing = True
    other.test_client().post("/contact", data={"message": "Thank <!channel>", "name": "Ada", "email": ""})
    (post,) = slack.posts("C7")
    assert post["text"] == "A letter of Ada:"
