"""The REST API: what it takes, what it refuses, what it answers."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if TYPE_CHECKING:
    from flask import Flask

LIBRARIES = ("boto3", "slack_bolt", "slack_sdk")


def ask(client: Any, body: str = "Where is the stapler?") -> Any:
    said = client.post("/api/question/ask", json={"body": body})
    assert said.status_code == 201, said.text
    return said.json


def test_a_question_is_asked_read_and_answered(client: Any) -> None:
    asked = client.post("/api/question/ask", json={"body": "Where is  the stapler?\r\n"})
    assert asked.status_code == 201
    question = asked.json
    assert question["body"] == "Where is  the stapler?"
    assert question["answers"] == []
    assert asked.headers["Location"].endswith(f"/api/question/{question['id']}")
    replied = client.post(f"/api/question/{question['id']}/reply", json={"body": "On the shelf."})
    assert replied.status_code == 201
    read = client.get(asked.headers["Location"]).json
    assert read == {**question, "answer_count": 1, "answers": [replied.json], "start_key": None}


def test_questions_are_listed_a_page_at_a_time_newest_first(client: Any) -> None:
    ids = [ask(client, f"Question {number}")["id"] for number in range(5)]
    seen: list[str] = []
    key: str | None = ""
    while key is not None:
        page = client.get(f"/api/question?limit=2&start_key={key}").json
        seen += [question["id"] for question in page["questions"]]
        key = page["start_key"]
    assert seen == ids[::-1]
    assert client.get("/api/question?source=slack").json["questions"] == []
    assert len(client.get("/api/question?source=web").json["questions"]) == 5


def test_a_batch_is_in_order_of_time_and_leaves_out_what_is_unknown(client: Any) -> None:
    ids = [ask(client, f"Question {number}")["id"] for number in range(3)]
    unknown = "019ab3f0-5c00-7abc-8def-0123456789ab"
    said = client.post("/api/question_batch", json={"ids": [*ids[::-1], unknown, ids[0]]})
    assert [question["id"] for question in said.json["questions"]] == ids


@pytest.mark.parametrize(
    "ids", [None, [], "x", [1], ["x"], [["x"]], ["019ab3f0-5c00-7abc-8def-0123456789ab"] * 101]
)
def test_a_batch_of_anything_else_is_refused(client: Any, ids: Any) -> None:
    said = client.post("/api/question_batch", json={"ids": ids})
    assert said.status_code == 422
    assert said.json["errors"][0]["pointer"] == "#/ids"


def test_answers_are_listed_a_page_at_a_time_oldest_first(client: Any) -> None:
    question = ask(client)["id"]
    for number in range(5):
        client.post(f"/api/question/{question}/reply", json={"body": f"Answer {number}"})
    seen: list[str] = []
    key: str | None = ""
    while key is not None:
        page = client.get(f"/api/question/{question}?limit=2&start_key={key}").json
        seen += [answer["body"] for answer in page["answers"]]
        key = page["start_key"]
    assert seen == [f"Answer {number}" for number in range(5)]


def test_replies_at_one_moment_are_all_there(app: Flask, client: Any) -> None:
    question = ask(client)["id"]
    statuses: list[int] = []

    def reply(number: int) -> None:
        said = app.test_client().post(f"/api/question/{question}/reply", json={"body": f"Answer {number}"})
        statuses.append(said.status_code)

    threads = [threading.Thread(target=reply, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = client.get(f"/api/question/{question}?limit=100").json
    assert statuses == [201] * 12
    assert read["answer_count"] == 12
    assert {answer["body"] for answer in read["answers"]} == {f"Answer {number}" for number in range(12)}


@pytest.mark.parametrize("path", ["/api/question/{}", "/api/question/{}/reply"])
def test_an_unknown_question_is_not_found(client: Any, path: str) -> None:
    address = path.format("019ab3f0-5c00-7abc-8def-0123456789ab")
    said = client.post(address, json={"body": "x"}) if "reply" in path else client.get(address)
    assert said.status_code == 404
    assert said.content_type == "application/problem+json"
    assert client.get("/api/question/17").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"[]", 400, "not an object"),
        (b'{"body": NaN}', 400, "NaN"),
        (b'{"body": "a?", "body": "b?"}', 400, "twice"),
        (b'{"body": "\xff\xfe?"}', 400, "not UTF-8"),
        (b"[" * 100_000, 400, "nested"),
        (b'{"body": "' + b"x" * 140_000 + b'"}', 413, "131,072 bytes"),
        (b'{"body": 17}', 422, "has to be a text"),
        (b'{"body": null}', 422, "has to be a text"),
        (b"{}", 422, "Write something"),
        (b'{"body": " \\n\\u200b\\u2060\\u0000 "}', 422, "Write something"),
        (b'{"body": "ab"}', 422, "at least 3"),
        (b'{"body": "' + b"x" * 1001 + b'"}', 422, "at most 1,000"),
        (b'{"body": "Where?", "tags": []}', 422, "unknown"),
    ],
)
def test_a_bad_body_is_refused_with_a_reason(client: Any, sent: bytes, status: int, words: str) -> None:
    said = client.post("/api/question/ask", data=sent, content_type="application/json")
    assert said.status_code == status
    assert said.content_type == "application/problem+json"
    assert words in said.text
    assert said.json["status"] == status


def test_another_type_or_charset_is_refused(client: Any) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"):
        said = client.post("/api/question/ask", data=b'{"body": "Where?"}', content_type=kind)
        assert said.status_code == 415


def test_odd_text_is_kept_as_people_see_it(client: Any) -> None:
    text = "Gr\\u0075\\u0308\\u00dfe \\ud83d\\udc4b \\ud800 \\u202eevil \\u0000<b>&amp;\\u2028second line"
    said = client.post("/api/question/ask", data=f'{{"body": "{text}"}}', content_type="application/json")
    assert said.json["body"] == "Grüße 👋 ? evil <b>&amp;\nsecond line"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=", "start_key=x", "start_key=AAAA", "source=sms"]
)
def test_a_bad_query_is_refused(client: Any, query: str) -> None:
    assert client.get(f"/api/question?{query}").status_code == 400


def test_letters_are_taken_and_two_are_two(client: Any, app: Flask) -> None:
    letter = {"message": "Thank you!", "name": "Ada", "email": "ada@example.com"}
    for _ in range(2):
        said = client.post("/api/contact", json=letter)
        assert (said.status_code, said.json) == (201, {"status": "ok"})
    assert client.post("/api/contact", json={"message": "No name"}).status_code == 201
    bad = client.post("/api/contact", json={"message": "Hello", "email": "nobody"})
    assert [fault["pointer"] for fault in bad.json["errors"]] == ["#/email"]
    from qanda.room import database
    from qanda.store import messages

    with app.app_context():
        found, last = messages.letters(database(), 10)
    assert [one.name for one in found] == ["", "Ada", "Ada"]
    assert last is None


def test_a_flood_is_stopped_and_told_when_to_come_back(client: Any) -> None:
    statuses = [client.post("/api/question/ask", json={"body": f"Spam {n}"}).status_code for n in range(12)]
    assert statuses == [201] * 10 + [429] * 2
    said = client.post("/api/question/ask", json={"body": "Spam"})
    assert 1 <= int(said.headers["Retry-After"]) <= 600
    elsewhere = {"REMOTE_ADDR": "2001:db8::1"}
    assert (
        client.post("/api/question/ask", json={"body": "Ham?"}, environ_overrides=elsewhere).status_code
        == 201
    )


def test_a_hidden_question_is_nowhere(client: Any, app: Flask) -> None:
    from qanda.room import database
    from qanda.store import questions

    one, other = ask(client, "Offensive?")["id"], ask(client, "Harmless?")["id"]
    with app.app_context():
        questions.hide(database(), one, True)
    assert client.get(f"/api/question/{one}").status_code == 404
    assert client.post(f"/api/question/{one}/reply", json={"body": "x"}).status_code == 404
    assert [question["id"] for question in client.get("/api/question").json["questions"]] == [other]
    batch = client.post("/api/question_batch", json={"ids": [one, other]}).json["questions"]
    assert [question["id"] for question in batch] == [other]
    with app.app_context():
        questions.hide(database(), one, False)
    assert len(client.get("/api/question").json["questions"]) == 2


def test_any_page_may_ask_the_api(client: Any) -> None:
    before = client.options("/api/question/ask", headers={"Origin": "https://elsewhere.example"})
    assert before.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in before.headers["Access-Control-Allow-Headers"]
    assert client.get("/api/question?limit=0").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def test_the_description_is_of_this_api(client: Any, app: Flask) -> None:
    described = client.get("/api/openapi.json").json
    told = {
        (path, method)
        for path, item in described["paths"].items()
        for method in item
        if method != "parameters"
    }
    there = {
        (rule.rule.replace("<uuid:question_id>", "{id}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint.startswith("api.") and method in ("GET", "POST")
    }
    assert told == there - {("/api/openapi.json", "get")}


def test_examples_and_answers_fit_the_description(client: Any) -> None:
    described = client.get("/api/openapi.json").json

    def fits(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        jsonschema.validate(value, schema, jsonschema.Draft202012Validator)

    for item in described["paths"].values():
        for method in ("get", "post"):
            operation = item.get(method)
            if operation is None:
                continue
            contents = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in contents:
                if "content" in content:
                    found = content["content"]["application/json"]
                    fits(found["schema"]["$ref"].rpartition("/")[2], found["example"])
    question = ask(client)
    fits("QuestionWithAnswers", question)
    fits("Answer", client.post(f"/api/question/{question['id']}/reply", json={"body": "There"}).json)
    fits("QuestionWithAnswers", client.get(f"/api/question/{question['id']}").json)
    fits("Page", client.get("/api/question").json)
    fits("Questions", client.post("/api/question_batch", json={"ids": [question["id"]]}).json)
    fits("Problem", client.get("/api/question?limit=0").json)
    fits("Problem", client.post("/api/question/ask", json={}).json)
    assert json.dumps(described)


def test_secrets_out_of_reach_are_no_fault_of_the_caller(app: Flask, client: Any) -> None:
    from sameroom.runtime.errors import SecretsUnavailable

    @app.get("/api/ask-a-secret")
    def ask_a_secret() -> str:
        raise SecretsUnavailable("Parameter Store is throttled.")

    said = client.get("/api/ask-a-secret")
    assert said.status_code == 503
    assert "Parameter Store" not in said.text


def test_without_tables_the_answer_is_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from qanda import create_app

    said = create_app({}).test_client().get("/api/question")
    assert said.status_code == 503
    assert said.headers["Retry-After"] == "1"
    assert "QUESTIONS_TABLE" not in said.text


@pytest.mark.parametrize(("environ", "loaded"), [({}, []), ({"QANDA_PRELOAD": "yes"}, [*LIBRARIES])])
def test_the_app_loads_without_secrets_network_or_others_libraries(
    environ: dict[str, str], loaded: list[str]
) -> None:
    code = (
        f"import sys\nfrom qanda import create_app\nclient = create_app({environ}).test_client()\n"
        "assert client.get('/slack').status_code == 200\n"
        "assert client.post('/slack/event').status_code == 503\n"
        f"print(*[name for name in {LIBRARIES} if name in sys.modules])"
    )
    folder = Path(__file__).parent.parent
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == loaded
