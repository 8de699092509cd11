"""What is sent to the form: good, bad, twice, and far too often."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from fakes.cloud import Stand
    from fakes.ways import Room
    from flask import Flask
    from flask.testing import FlaskClient

PAGE = {"Accept": "text/html"}
ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@engines.org", "message": "Hello"}


def stored(stand: Stand, room: Room) -> list[dict[str, Any]]:
    """The enquiries in the table, as DynamoDB has them, oldest first."""
    name = room.environment["ENQUIRIES_TABLE"]
    items = stand.cloud().call("dynamodb", "scan", TableName=name, ConsistentRead=True)["Items"]
    found = [{key: value.get("S") for key, value in item.items()} for item in items]
    return sorted((item for item in found if item["pk"] == "enquiry"), key=lambda item: str(item["sk"]))


def post(client: FlaskClient, fields: Any, **how: Any) -> Any:
    """A form; bytes are sent as they are."""
    data = fields if isinstance(fields, bytes) else urlencode(fields, doseq=True).encode()
    return client.post("/submit_contact", data=data, content_type="application/x-www-form-urlencoded", **how)


def test_every_field_is_stored_and_two_from_one_address_are_two(app: Flask, stand: Stand, room: Room) -> None:
    client = app.test_client()
    whole = {**ADA, "phone_number": "+31 20 123 4567 x12", "company": "Engines", "job_title": "Countess"}
    first, second = client.post("/submit_contact", json=whole), client.post("/submit_contact", json=ADA)
    assert [first.status_code, second.status_code] == [200, 200]
    found = stored(stand, room)
    assert [item["sk"] for item in found] == [first.get_json()["id"], second.get_json()["id"]]
    assert {name: found[0][name] for name in whole} == whole
    assert found[1]["message"] == "Hello"
    assert "company" not in found[1]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("first_name", "", "Please fill this in."),
        ("first_name", " \u200b\u00a0", "Please fill this in."),
        ("first_name", "x" * 81, "This has 81 characters; 80 are the most."),
        ("first_name", "A\x00da", "This has a control character, U+0000, in it; please write it anew."),
        ("last_name", "Love\nlace", "This has a control character, U+000A, in it; please write it anew."),
        ("message", "bell \x07", "This has a control character, U+0007, in it; please write it anew."),
        ("message", "x" * 5001, "This has 5,001 characters; 5,000 are the most."),
        ("message", "half \ufffd", "A character in here did not arrive as text; please write it anew."),
        ("email", "ada", "This is not an email address. An email address must have an @-sign."),
        ("email", "ada@engines", "This is not an email address."),
        ("email", f"{'a' * 65}@engines.org", "This is not an email address."),
        ("email", "a@b.org\nBcc: x@y.org", "This has a control character"),
        ("phone_number", "call me", "This is not a phone number"),
        ("phone_number", "1" * 41, "This has 41 characters; 40 are the most."),
        ("company", "\u2063", "Nothing in here can be seen"),
    ],
)
def test_a_bad_field_is_named_in_json_and_on_the_page_and_nothing_is_stored(
    app: Flask, stand: Stand, room: Room, field: str, value: str, says: str
) -> None:
    client = app.test_client()
    sent = {**ADA, field: value}
    for answer in (client.post("/submit_contact", json=sent), post(client, sent)):
        assert answer.status_code == 400
        [(name, fault)] = answer.get_json()["errors"].items()
        assert name == field
        assert fault.startswith(says)
    page = post(client, sent, headers=PAGE)
    assert page.status_code == 400
    assert f'id="{field}-fault">{says}' in page.text
    assert 'value="Lovelace"' in page.text or field == "last_name"
    assert stored(stand, room) == []


@pytest.mark.parametrize(
    ("body", "content_type", "status", "says"),
    [
        (b"first_name=Ada&first_name=Bob", "application/x-www-form-urlencoded", 400, "This came 2 times"),
        (b"first_name=%FF%FE", "application/x-www-form-urlencoded", 400, "did not arrive as text"),
        (b"first_name=\xff\xfe", "application/x-www-form-urlencoded", 400, "did not arrive as text"),
        (b"a=1&" * 51, "application/x-www-form-urlencoded", 400, "The form has 51 fields."),
        (b"%FF=1&evil\x00=2", "application/x-www-form-urlencoded", 400, "Not a field of this form"),
        (b"first_name=Ada", "application/x-www-form-urlencoded; charset=latin-1", 415, "UTF-8"),
        (b"", "application/x-www-form-urlencoded", 400, "first_name, last_name, email, message"),
        (b'{"first_name": "A", "first_name": "B"}', "application/json", 400, "This came 2 times"),
        (b'{"first_name": ["A"]}', "application/json", 400, "This is a list; it has to be text"),
        (b'{"first_name": {"a": 1}}', "application/json", 400, "This is an object"),
        (b'{"first_name": true}', "application/json", 400, "This is true or false"),
        (b'{"first_name": "\\ud800"}', "application/json", 400, "did not arrive as text"),
        (b'["first_name"]', "application/json", 400, "not an object"),
        (b"{", "application/json", 400, "The body is not JSON."),
        (b"", "application/json", 400, "The body is empty."),
        (b"[" * 60_000, "application/json", 400, "The body is not JSON."),
        (b"\xff", "application/json", 400, "not UTF-8: see byte 0"),
        (b"no boundary", "multipart/form-data", 400, "not what multipart/form-data is"),
        (b"x" * 65_537, "application/x-www-form-urlencoded", 413, "64 KB"),
        (b"hello", "text/plain", 415, "application/json"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_the_reason(
    app: Flask, stand: Stand, room: Room, body: bytes, content_type: str, status: int, says: str
) -> None:
    answer = app.test_client().post("/submit_contact", data=body, content_type=content_type)
    assert answer.status_code == status
    assert answer.get_json()["status"] == "error"
    assert says in json.dumps(answer.get_json(), ensure_ascii=False)
    page = app.test_client().post("/submit_contact", data=body, content_type=content_type, headers=PAGE)
    assert page.status_code == status
    assert page.text.startswith("<!doctype html>")
    assert stored(stand, room) == []


def test_a_multipart_form_is_taken_and_a_file_in_it_is_not(app: Flask, stand: Stand, room: Room) -> None:
    client = app.test_client()
    sent = client.post("/submit_contact", data=ADA, content_type="multipart/form-data")
    assert sent.status_code == 200
    part = b'--x\r\nContent-Disposition: form-data; name="message"\r\n\r\n\xff\r\n--x--\r\n'
    broken = client.post("/submit_contact", data=part, content_type="multipart/form-data; boundary=x")
    said = broken.get_json()["errors"]["message"]
    assert said == "A character in here did not arrive as text; please write it anew."
    with_file = {**ADA, "message": (io.BytesIO(b"x"), "virus.exe")}
    refused = client.post("/submit_contact", data=with_file, content_type="multipart/form-data")
    assert refused.status_code == 400
    assert "this form takes none" in refused.get_json()["message"]
    assert len(stored(stand, room)) == 1


def test_a_form_sent_twice_is_one_enquiry_and_one_that_was_changed_is_another(
    app: Flask, stand: Stand, room: Room
) -> None:
    client = app.test_client()
    form = {**ADA, "form_token": "a page's own"}
    ids = {post(client, form).get_json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert post(client, {**form, "message": "Hello, and thank you"}).get_json()["id"] not in ids
    again = client.post("/submit_contact", json=ADA, headers={"Idempotency-Key": "a page's own"})
    assert again.get_json()["id"] in ids
    assert len(stored(stand, room)) == 2


def test_what_a_robot_fills_in_is_kept_apart_and_the_robot_is_thanked(
    app: Flask, stand: Stand, room: Room
) -> None:
    answer = post(app.test_client(), {**ADA, "homepage": "https://pills.example"}, headers=PAGE)
    assert answer.headers["Location"] == "/contact/thanks"
    [item] = stored(stand, room)
    assert item["state"] == "spam"


def test_a_flood_from_one_address_ends_and_others_are_not_touched(
    make_app: Callable[..., Flask], stand: Stand, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sandboxes = [make_app(ENQUIRIES_LIMIT="4/600").test_client() for _ in range(2)]

    def send(number: int, address: str = "192.0.2.1", forged: str = "") -> int:
        client = sandboxes[number % 2].application.test_client()
        answer = post(
            client,
            {**ADA, "message": f"Number {number}"},
            environ_base={"REMOTE_ADDR": address},
            headers={"X-Forwarded-For": forged} if forged else {},
        )
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(send, range(12)))
    assert sorted(statuses) == [200] * 4 + [429] * 8
    assert send(12, forged="198.51.100.7") == 429
    assert send(13, "192.0.2.2") == 200
    assert [send(14, f"2001:db8:1:2::{n}") for n in range(5)] == [200] * 4 + [429]
    assert send(15, "2001:db8:1:3::1") == 200
    assert len(stored(stand, room)) == 10
    page = post(
        sandboxes[0], {**ADA, "message": "Mine"}, environ_base={"REMOTE_ADDR": "192.0.2.1"}, headers=PAGE
    )
    assert page.status_code == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 600
    assert "Mine</textarea>" in page.text
    for personal in ("Ada", "Lovelace", "engines.org", "Number", "Mine", "192.0.2.1"):
        assert personal not in caplog.text


def test_a_form_sent_twice_counts_once_even_at_the_limit(make_app: Callable[..., Flask]) -> None:
    client = make_app(ENQUIRIES_LIMIT="1/600").test_client()
    form = {**ADA, "form_token": "x"}
    assert [post(client, form).status_code for _ in range(3)] == [200, 200, 200]
    assert post(client, ADA).status_code == 429


def test_while_the_table_is_away_what_was_typed_is_shown_again(
    make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    client = make_app(ENQUIRIES_TABLE="there-is-none").test_client()
    page = post(client, ADA, headers=PAGE)
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "2"
    assert 'value="ada@engines.org"' in page.text
    answer = client.post("/submit_contact", json=ADA)
    assert answer.status_code == 503
    assert answer.get_json()["errors"] == {}
    assert "ResourceNotFoundException" in caplog.text
    assert "ada@engines.org" not in caplog.text


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ALLOWED_ORIGINS", "*", "no path and no"),
        ("ALLOWED_ORIGINS", "https://a.example/", "no slash at the end"),
        ("ALLOWED_ORIGINS", "null", "Origins are written"),
        ("ENQUIRIES_LIMIT", "ten", "10/3600 is ten an hour"),
        ("SIGN_IN_LIMIT", "0/60", "SIGN_IN_LIMIT is '0/60'"),
        ("NOTIFY_TO", "office@example.com", "set both, or neither"),
    ],
)
def test_a_variable_that_makes_no_sense_ends_the_start(
    make_app: Callable[..., Flask], name: str, value: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says.replace("*", r"\*")):
        make_app(**{name: value})


def test_without_its_secrets_the_app_names_them(make_app: Callable[..., Flask], tmp_path: Any) -> None:
    from sameroom.runtime.errors import SecretMissing

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        with pytest.raises((SecretMissing, ValueError), match="ADMIN_PASSWORD"):
            make_app(ADMIN_PASSWORD="")
