"""The dashboard: who gets in, what it counts, lists, finds and hands out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.security import generate_password_hash

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PASSWORD = "open sesame"
HTTPS = {"base_url": "https://localhost"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NAMES = re.compile(r"/dashboard/enquiries/[^\"]+\"><bdi>([^<]+)<")


def signed_in(app: Flask, password: str = PASSWORD) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, password).status_code == 303
    return client


def sign_in(client: FlaskClient, password: str, **how: Any) -> Any:
    return client.post(
        "/dashboard/login", data={"password": password, "csrf_token": token(client)}, **HTTPS, **how
    )


def token(client: FlaskClient, path: str = "/dashboard/login") -> str:
    found = TOKEN.search(client.get(path, **HTTPS).text)
    assert found
    return found[1]


def fill(app: Flask, count: int, **fields: str) -> list[str]:
    """That many enquiries, oldest first; their ids."""
    client = app.test_client()
    sent = [
        {"first_name": f"N{n}", "last_name": "X", "email": f"n{n}@engines.org", "message": "Hello", **fields}
        for n in range(count)
    ]
    return [client.post("/submit_contact", json=one).get_json()["id"] for one in sent]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(ENQUIRIES_LIMIT="1000/600")


def test_every_page_of_the_list_is_gone_through_without_loss_or_repetition(app: Flask) -> None:
    fill(app, 47)
    client = signed_in(app)
    for state in ("", "?state=new"):
        names: list[str] = []
        path = f"/dashboard{state}"
        pages = 0
        while path:
            page = client.get(path, **HTTPS).text
            names += NAMES.findall(page)
            pages += 1
            older = re.search(r'rel="next" href="([^"]+)"', page)
            path = older[1].replace("&amp;", "&") if older else ""
        assert names == [f"N{n} X" for n in reversed(range(47))]
        assert pages == 3


def test_a_search_finds_words_anywhere_and_goes_on_where_it_stopped(app: Flask) -> None:
    fill(app, 3)
    fill(app, 22, company="Zoë & Söhne", message="About the railway")
    client = signed_in(app)
    for text, found in (("SÖHNE railway", 20), ("n2@ENGINES", 2), ("nowhere", 0), ("<script>", 0)):
        data = {"search": text, "csrf_token": token(client, "/dashboard")}
        assert client.post("/dashboard/search", data=data, **HTTPS).headers["Location"] == "/dashboard"
        page = client.get("/dashboard", **HTTPS).text
        assert len(NAMES.findall(page)) == found
        assert "<script>" not in page
        assert ("Older" in page) == (found == 20)


def test_an_enquiry_is_handled_opened_made_spam_and_deleted(app: Flask) -> None:
    [enquiry_id] = fill(app, 1)
    client = signed_in(app)
    path = f"/dashboard/enquiries/{enquiry_id}"
    for state in ("handled", "new", "spam", "handled"):
        data = {"state": state, "csrf_token": token(client, path)}
        assert client.post(f"{path}/state", data=data, **HTTPS).headers["Location"] == path
        assert f'class="badge {state}"' in client.get(path, **HTTPS).text
        for other in ("new", "handled", "spam"):
            listed = NAMES.findall(client.get(f"/dashboard?state={other}", **HTTPS).text)
            assert listed == (["N0 X"] if other == state else [])
    said = token(client, path)
    assert (
        client.post(f"{path}/state", data={"state": "lost", "csrf_token": said}, **HTTPS).status_code == 400
    )
    for _ in range(2):
        assert client.post(f"{path}/delete", data={"csrf_token": said}, **HTTPS).status_code == 303
    gone = client.post(f"{path}/state", data={"state": "new", "csrf_token": said}, **HTTPS)
    assert gone.status_code == 404
    assert "Nothing here yet." in client.get("/dashboard", **HTTPS).text


@pytest.mark.parametrize(
    "path", ["/dashboard/login", "/dashboard/logout", "/dashboard/search", "/dashboard/enquiries/x/delete"]
)
def test_nothing_changes_without_the_token_of_a_page(app: Flask, path: str) -> None:
    client = signed_in(app)
    for data in ({}, {"csrf_token": "forged"}):
        answer = client.post(
            path, data={"password": PASSWORD, **data}, headers={"Accept": "text/html"}, **HTTPS
        )
        assert answer.status_code == 400
        assert "reload the page" in answer.text
    assert client.get("/dashboard", **HTTPS).status_code == 200


def test_tries_to_sign_in_are_counted_for_each_address_in_all_sandboxes(
    make_app: Callable[..., Flask],
) -> None:
    apps = [make_app(SIGN_IN_LIMIT="3/600") for _ in range(2)]
    there = {"environ_base": {"REMOTE_ADDR": "192.0.2.9"}}
    statuses = [sign_in(apps[n % 2].test_client(), "wrong", **there).status_code for n in range(4)]
    assert statuses == [400, 400, 400, 429]
    right = sign_in(apps[0].test_client(), PASSWORD, **there)
    assert right.status_code == 429
    assert "Too many tries" in right.text
    assert 1 <= int(right.headers["Retry-After"]) <= 600
    # Another address signs in as often as it likes: success forgets its tries.
    assert [sign_in(apps[1].test_client(), PASSWORD).status_code for _ in range(5)] == [303] * 5


def test_the_password_may_be_a_hash_and_a_new_one_ends_all_sessions(make_app: Callable[..., Flask]) -> None:
    hashed = generate_password_hash("correct horse")
    client = signed_in(make_app(ADMIN_PASSWORD=hashed), "correct horse")
    assert sign_in(client.application.test_client(), hashed).status_code == 400
    cookie = client.get_cookie("dots")
    assert cookie is not None
    assert client.get("/dashboard", **HTTPS).status_code == 200
    changed = make_app(ADMIN_PASSWORD="another").test_client()
    changed.set_cookie("dots", cookie.value)
    assert changed.get("/dashboard", **HTTPS).status_code == 303


def test_after_signing_in_one_gets_where_one_wanted(app: Flask) -> None:
    [enquiry_id] = fill(app, 1)
    client = app.test_client()
    path = f"/dashboard/enquiries/{enquiry_id}"
    assert client.get(path, **HTTPS).headers["Location"] == "/dashboard/login"
    assert sign_in(client, PASSWORD).headers["Location"] == path
    assert client.get("/dashboard/login", **HTTPS).headers["Location"] == "/dashboard"


def test_the_cookie_is_kept_from_scripts_from_http_and_from_other_sites(app: Flask) -> None:
    cookie = sign_in(app.test_client(), PASSWORD).headers["Set-Cookie"]
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert PASSWORD not in cookie


def test_a_file_has_every_enquiry_and_no_formula(app: Flask) -> None:
    fill(
        app,
        1,
        message='=HYPERLINK("http://evil.example")\nline two, "quoted"',
        company="\uff1dcmd|' /C calc'!A0",
    )
    fill(app, 1, first_name="-1+1", last_name=" @SUM(1)", message="Zoë 世界", phone_number="+31 20 1234567")
    fill(app, 1, homepage="https://pills.example")
    answer = signed_in(app).get("/dashboard/enquiries.csv", **HTTPS)
    assert answer.data.startswith(b"\xef\xbb\xbfreceived,")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert [row["message"] for row in rows] == [
        "Zoë 世界",
        '\'=HYPERLINK("http://evil.example")\nline two, "quoted"',
    ]
    assert rows[0]["first_name"] == "'-1+1"
    assert rows[0]["last_name"] == "'@SUM(1)"
    assert rows[0]["phone_number"] == "'+31 20 1234567"
    assert rows[1]["company"].startswith("'\uff1dcmd")
    today = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    client = signed_in(app)
    for query, count in ((f"from={today}&to={today}", 2), ("to=2020-01-01", 0), ("from=2999-01-01", 0)):
        body = client.get(f"/dashboard/enquiries.csv?{query}", **HTTPS).text
        assert len(list(csv.DictReader(io.StringIO(body, newline="")))) == count


def test_a_file_that_no_door_would_carry_is_refused_whole(app: Flask) -> None:
    fill(app, 60, message="世" * 5000)
    answer = signed_in(app).get("/dashboard/enquiries.csv", headers={"Accept": "text/html"}, **HTTPS)
    assert answer.status_code == 400
    assert "Please choose fewer days." in answer.text


def test_the_figures_are_counted_by_day_and_week_and_without_spam(app: Flask) -> None:
    from contact_form.figures import figures

    def at(*days: str) -> list[str]:
        return [f"{day}T120000000000Z-0123456789ab" for day in days]

    ids = {
        "new": at("20260301", "20260228", "20260228"),
        "handled": at("20260222", "20251201", "20200101"),
        "spam": at("20260301", "20260301"),
    }
    found = figures(ids, datetime(2026, 3, 1, 23, 59, tzinfo=timezone.utc))  # a Sunday
    assert (found.received, found.new, found.handled, found.spam) == (6, 3, 3, 2)
    assert (found.today, found.this_week) == (1, 3)
    assert [bar.number for bar in found.days] == [0] * 6 + [1] + [0] * 5 + [2, 1]
    assert [bar.height for bar in found.days][-2:] == [100.0, 50.0]
    assert found.days[-1].title == "Sunday 1 March"
    assert [bar.number for bar in found.weeks] == [0] * 10 + [1, 3]
    assert found.weeks[-1].title == "Week of 23 February 2026"
    empty = figures({"new": [], "handled": [], "spam": []}, datetime(2026, 3, 1, tzinfo=timezone.utc))
    assert {bar.height for bar in (*empty.days, *empty.weeks)} == {0}


def test_while_the_table_is_away_the_dashboard_says_so(make_app: Callable[..., Flask]) -> None:
    client = signed_in(make_app())
    away = make_app(ENQUIRIES_TABLE="there-is-none").test_client()
    cookie = client.get_cookie("dots")
    assert cookie is not None
    away.set_cookie("dots", cookie.value)
    page = away.get("/dashboard", headers={"Accept": "text/html"}, **HTTPS)
    assert page.status_code == 503
    assert "We are not quite there" in page.text


def test_a_mistake_of_ours_is_a_page_that_tells_nothing(make_app: Callable[..., Flask]) -> None:
    app = make_app()

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the inside")

    for kind, says in (("text/html", "Something went wrong"), ("application/json", '"status":"error"')):
        answer = app.test_client().get("/broken", headers={"Accept": kind})
        assert answer.status_code == 500
        assert says in answer.text
        assert "inside" not in answer.text
