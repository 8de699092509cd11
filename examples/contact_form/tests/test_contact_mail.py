"""A mail to the company about each enquiry, after the answer, by SES as the stand has it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fakes.cloud import Stand
    from flask import Flask

ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@engines.org", "message": "Grüße"}
MAIL = {"NOTIFY_TO": "office@example.com", "NOTIFY_FROM": "website@example.com"}


def mails(stand: Stand) -> list[dict[str, Any]]:
    """What was sent through the stand."""
    with urllib.request.urlopen(f"{stand.endpoint}/_ministack/ses/messages", timeout=10) as said:
        found = json.loads(said.read())
    return [mail for account in found["messages"].values() for mail in account]


def test_a_mail_tells_of_an_enquiry_and_links_to_it(make_app: Callable[..., Flask], stand: Stand) -> None:
    stand.cloud().call("sesv2", "create_email_identity", EmailIdentity="website@example.com")
    app = make_app(**MAIL, SITE_URL="https://dots.example.com/")
    before = len(mails(stand))
    found = app.test_client().post("/submit_contact", json=ADA).get_json()["id"]
    [mail] = mails(stand)[before:]
    said = json.dumps(mail, ensure_ascii=False)
    assert "office@example.com" in said
    assert "Enquiry from Ada Lovelace" in said
    assert "Grüße" in said
    assert f"https://dots.example.com/dashboard/enquiries/{found}" in said


def test_a_mail_that_fails_is_not_the_visitors_and_the_log_keeps_no_words_of_theirs(
    make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(**MAIL, AWS_ENDPOINT_URL_SESV2="http://127.0.0.1:1")
    answer = app.test_client().post("/submit_contact", json=ADA)
    assert answer.status_code == 200
    assert "Nobody will be told of enquiry" in caplog.text
    assert "Grüße" not in caplog.text
    assert "ada@engines.org" not in caplog.text


def test_without_an_address_no_mail_is_sent(app: Flask, stand: Stand) -> None:
    before = len(mails(stand))
    assert app.test_client().post("/submit_contact", json=ADA).status_code == 200
    assert len(mails(stand)) == before
