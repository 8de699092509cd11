"""The pages: what they take, what they show, and to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from qanda_room import PASSWORD

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

UNKNOWN = "019ab3f0-5c00-7abc-8def-0123456789ab"


def ask(client: FlaskClient, body: str = "Where is the stapler?") -> str:
    """The path of a new question."""
    said = client.post("/", data={"body": body})
    assert said.status_code == 303, said.text
    return said.headers["Location"].partition("?")[0]


def log_in(client: FlaskClient) -> None:
    assert client.post("/moderation/login", data={"password": PASSWORD}).status_code == 303


def test_a_question_goes_round(client: FlaskClient) -> None:
    asked = client.post("/", data={"body": "Where is the <stapler>?"}, follow_redirects=True)
    assert "Your question is asked" in asked.text
    assert "Where is the &lt;stapler&gt;?" in asked.text
    path = asked.request.path
    answered = client.post(path, data={"body": "On the shelf."}, follow_redirects=True)
    assert "Your answer is below" in answered.text
    assert "On the shelf." in answered.text
    assert "1 answer" in client.get("/").text


def test_who_asked_finds_it_again_and_others_see_no_more(client: FlaskClient, app: Flask) -> None:
    path = ask(client)
    client.post(path, data={"body": "On the shelf."})
    yours = client.get("/yours").text
    assert path in yours
    assert "1 answer" in yours
    assert path not in app.test_client().get("/yours").text
    client.set_cookie("asked", f"{UNKNOWN}.x.<script>.")
    assert "Nothing was asked" in client.get("/yours").text


def test_the_list_has_pages(client: FlaskClient, app: Flask) -> None:
    from qanda.ids import new_id
    from qanda.room import database
    from qanda.store import questions
    from qanda.store.questions import Question

    with app.app_context():
        for number in range(45):
            questions.add(database(), Question(new_id(), f"Question {number:02}", 1, "web"))
    seen: list[str] = []
    address = "/"
    while address:
        text = client.get(address).text
        seen += re.findall(r"Question \d\d", text)
        found = re.search(r'href="(/\?after=[^"]+)" rel="next"', text)
        address = found[1] if found else ""
    assert seen == [f"Question {number:02}" for number in range(45)][::-1]
    assert client.get("/?after=x").status_code == 400
    assert client.get("/?source=sms").status_code == 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Write something"),
        (b"body=", "Write something"),
        (b"body=ab", "at least 3"),
        (b"body=" + b"x" * 1001, "at most 1,000"),
        (b"body=one+two&body=three", "came twice"),
        (b"body=Gr%FC%DFe", "not UTF-8"),
    ],
)
def test_a_bad_form_comes_back_with_what_was_written(client: FlaskClient, body: bytes, words: str) -> None:
    said = client.post("/", data=body, content_type="application/x-www-form-urlencoded")
    assert said.status_code == 422
    assert words in said.text
    assert 'aria-invalid="true"' in said.text
    if b"ab" in body:
        assert ">\nab</textarea>" in said.text


def test_a_huge_form_is_refused(client: FlaskClient) -> None:
    assert client.post("/", data={"body": "x" * 140_000}).status_code == 413
    assert (
        client.post("/", data={"body": "x" * 140_000}, content_type="multipart/form-data").status_code == 413
    )


def test_a_flood_gets_its_text_back_and_a_time(client: FlaskClient) -> None:
    for number in range(10):
        ask(client, f"Spam number {number}")
    said = client.post("/", data={"body": "Spam once more"})
    assert said.status_code == 429
    assert "too often" in said.text
    assert "Spam once more" in said.text


def test_a_form_of_another_site_is_refused(client: FlaskClient) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        assert client.post("/", data={"body": "Spam?"}, headers=headers).status_code == 403
        assert (
            client.post("/moderation/login", data={"password": PASSWORD}, headers=headers).status_code == 403
        )
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}):
        assert client.post("/", data={"body": "Ham?"}, headers=headers).status_code == 303


def test_moderation_is_behind_its_login(client: FlaskClient) -> None:
    path = ask(client)
    for address in ("/moderation", "/moderation/letters"):
        said = client.get(address)
        assert (said.status_code, said.headers["Location"]) == (303, "/moderation/login")
    hide = f"/moderation{path}/hide"
    assert client.post(hide).status_code == 303
    assert client.get(path).status_code == 200
    assert client.post("/moderation/login", data={"password": "wrong"}).status_code == 403
    assert client.post("/moderation/login", data={"password": "é"}).status_code == 403
    assert client.post("/moderation/login", data=b"password=%FF").status_code == 403
    client.set_cookie("session", "forged")
    assert client.get("/moderation").status_code == 303
    log_in(client)
    assert client.get("/moderation").status_code == 200
    assert client.post("/moderation/logout").status_code == 303
    assert client.get("/moderation").status_code == 303


def test_passwords_cannot_be_tried_for_long(client: FlaskClient) -> None:
    for _ in range(10):
        client.post("/moderation/login", data={"password": "wrong"})
    said = client.post("/moderation/login", data={"password": PASSWORD})
    assert said.status_code == 429
    assert client.get("/moderation").status_code == 303


def test_a_new_password_ends_old_sessions(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(client)
    monkeypatch.setenv("MODERATOR_PASSWORD", "another")
    assert client.get("/moderation").status_code == 303


def test_questions_and_answers_are_hidden_and_shown_again(client: FlaskClient, app: Flask) -> None:
    moderator = app.test_client()
    log_in(moderator)
    path = ask(client)
    for body in ("Harmless", "Offensive"):
        client.post(path, data={"body": body})
    hidden = re.findall(r'action="(/moderation[^"]+/answers/[^"]+/hide)"', moderator.get(path).text)
    assert len(hidden) == 2
    for _ in range(2):  # pressed twice, hidden once
        assert moderator.post(hidden[1], follow_redirects=True).status_code == 200
    seen = client.get(path).text
    assert "Harmless" in seen
    assert "Offensive" not in seen
    assert "1 answer" in seen
    assert "Offensive" in moderator.get(path).text
    moderator.post(hidden[1].replace("/hide", "/show"))
    assert "2 answers" in client.get(path).text
    moderator.post(f"/moderation{path}/hide")
    assert client.get(path).status_code == 404
    assert client.post(path, data={"body": "Hm"}).status_code == 404
    assert path not in client.get("/").text
    assert path in moderator.get("/moderation?listed=hidden").text
    assert path not in moderator.get("/moderation").text
    moderator.post(f"/moderation{path}/show")
    assert client.get(path).status_code == 200
    assert moderator.post(f"/moderation/questions/{UNKNOWN}/hide").status_code == 404
    assert moderator.post(f"/moderation{path}/answers/{UNKNOWN}/hide").status_code == 404


def test_letters_are_the_moderators_alone(client: FlaskClient) -> None:
    sent = client.post(
        "/contact", data={"message": "Dear <all>", "name": "Ada", "email": ""}, follow_redirects=True
    )
    assert "Thank you" in sent.text
    bad = client.post("/contact", data={"message": "Dear all", "name": "Ada", "email": "nobody"})
    assert bad.status_code == 422
    assert "such as ada@example.com" in bad.text
    log_in(client)
    assert "Dear &lt;all&gt;" in client.get("/moderation/letters").text


def test_without_secrets_there_is_no_moderation_and_all_else_works(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "off")
    assert client.get("/moderation/login").status_code == 503
    assert client.post("/moderation/login", data={"password": PASSWORD}).status_code == 503
    client.set_cookie("session", "left over")
    assert client.get(ask(client)).status_code == 200


def test_every_answer_has_its_guards(client: FlaskClient) -> None:
    for path in ("/", "/contact", "/slack", "/api", "/nowhere", "/api/question"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-cache"
    assert client.get("/").headers["Vary"] == "Cookie"
    style = re.search(r'href="(/static/qanda.css\?v=[^"]+)"', client.get("/contact").text)
    assert style
    with client.get(style[1]) as said:
        assert "max-age=31536000" in said.headers["Cache-Control"]
    assert client.get("/moderation/login").headers["Cache-Control"] == "no-store"


def test_errors_are_pages_for_people(client: FlaskClient) -> None:
    for path, status in (("/nowhere", 404), (f"/questions/{UNKNOWN}", 404), ("/questions/17", 404)):
        said = client.get(path)
        assert said.status_code == status
        assert said.content_type.startswith("text/html")
        assert "To the questions" in said.text
