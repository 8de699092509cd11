"""Who may do what: sessions stolen, expired and forged, tokens, CSRF, two browsers, repeats, hostile text."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from owner_browser import COOKIE, EMAIL, PASSWORD, Browser, isin, trade
from portfolio.api import access

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

HOSTILE = [
    "Robert'); DROP TABLE portfolio;--",
    '" OR ""="',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}%s%n",
    "../../etc/passwd",
    "Zażółć 投資 🪙 \u202eesrever",
]


def test_without_a_login_there_is_nothing_to_see(app: Flask) -> None:
    from portfolio.api.operations import OPERATIONS

    stranger = Browser(app)
    some_id = "00000000-0000-4000-8000-000000000000"
    for found in OPERATIONS:
        if found.who == "anybody":
            continue
        path = re.sub(r"<uuid:\w+>", some_id, found.path).replace("<day:day>", "2024-01-01")
        path = path.replace("<symbol>", "X").replace("<sheet>", "funds")
        answer = stranger.send(found.method, path, {} if found.method in ("POST", "PUT") else None)
        assert answer.status_code == 401, path
        assert answer.mimetype == "application/problem+json"
    assert stranger.call("GET", "/health")["status"] == "ok"


def test_logging_in_and_out(app: Flask) -> None:
    browser = Browser(app)
    browser.call("GET", "/session", status=401)
    browser.log_in()
    assert browser.get("/session")["email"] == EMAIL
    said = browser.send("POST", "/session", {"email": EMAIL.upper(), "password": PASSWORD})
    cookie = said.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = browser.client.post(
        "/api/session", json={"email": EMAIL, "password": PASSWORD}, base_url="https://localhost"
    )
    assert "Secure" in secure.headers["Set-Cookie"]


def test_a_stolen_cookie_is_worth_nothing_after_logging_out(app: Flask, browser: Browser) -> None:
    thief = Browser(app)
    thief.client.set_cookie(access.COOKIE, COOKIE)
    assert thief.send("GET", "/portfolios").status_code == 200
    browser.call("DELETE", "/session", status=204)
    thief.call("GET", "/portfolios", status=401)
    owner = Browser(app)
    owner.log_in()
    other = Browser(app)
    other.log_in()
    assert len(owner.get("/sessions")) == 2
    owner.call("DELETE", "/sessions", status=204)
    other.call("GET", "/portfolios", status=401)


def test_a_forged_cookie_is_nobodys(app: Flask) -> None:
    for forged in ("", "x", COOKIE + "x", COOKIE.upper(), "eyJvd25lciI6MX0.Zg.abc", "'; DROP TABLE login;--"):
        thief = Browser(app)
        thief.client.set_cookie(access.COOKIE, forged)
        thief.call("GET", "/portfolios", status=401)


def test_a_cookie_that_somebody_else_has_chosen_is_not_the_one_of_the_session(app: Flask) -> None:
    victim = Browser(app)
    victim.client.set_cookie(access.COOKIE, "chosen-by-somebody-else")
    victim.log_in()
    thief = Browser(app)
    thief.client.set_cookie(access.COOKIE, "chosen-by-somebody-else")
    thief.call("GET", "/portfolios", status=401)
    victim.get("/portfolios")


def test_logging_in_again_ends_the_session_that_the_browser_had(app: Flask, browser: Browser) -> None:
    thief = Browser.of_owner(app)
    thief.get("/portfolios")
    browser.log_in()
    thief.call("GET", "/portfolios", status=401)
    browser.get("/portfolios")


def test_a_session_ends_when_it_is_unused_and_at_the_latest_after_a_month(
    browser: Browser, clock: Any
) -> None:
    began = clock[0]
    clock[0] = began + timedelta(days=8)
    browser.call("GET", "/portfolios", status=401)
    clock[0] = began
    for days in range(0, 30, 5):
        clock[0] = began + timedelta(days=days)
        browser.get("/portfolios")
    clock[0] = began + timedelta(days=30)
    browser.call("GET", "/portfolios", status=401)


def test_a_change_without_the_csrf_header_is_refused(browser: Browser) -> None:
    good, browser.csrf = browser.csrf, ""
    assert browser.call("POST", "/portfolios", {"name": "x"}, status=403)["code"] == "csrf"
    browser.csrf = good[:-1] + ("0" if good[-1] != "0" else "1")
    browser.call("DELETE", "/session", status=403)
    browser.csrf = "\xe9"
    browser.call("POST", "/portfolios", {"name": "x"}, status=403)
    browser.csrf = good
    browser.post("/portfolios", {"name": "x"})


def test_a_password_is_not_guessed_for_long(app: Flask, clock: Any) -> None:
    thief = Browser(app)
    wrong = {"email": EMAIL, "password": "password1234"}
    answers = [thief.send("POST", "/session", wrong).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    refused = thief.send("POST", "/session", {"email": EMAIL, "password": PASSWORD})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    clock[0] += timedelta(minutes=16)
    thief.log_in()
    unknown = thief.send("POST", "/session", {"email": "nobody@example.com", "password": "x"})
    assert unknown.get_json()["detail"] == "The address or the password is wrong."


def test_a_changed_password_ends_all_sessions(browser: Browser, app: Flask) -> None:
    new = {"currentPassword": "wrong", "newPassword": "another good horse"}
    browser.call("PUT", "/password", new, status=422)
    browser.call("PUT", "/password", {**new, "currentPassword": PASSWORD, "newPassword": "short"}, status=422)
    browser.call("PUT", "/password", {**new, "currentPassword": PASSWORD}, status=204)
    browser.call("GET", "/portfolios", status=401)
    Browser(app).log_in("another good horse")


@both
def test_scripts_have_tokens(app: Flask, browser: Browser, clock: Any) -> None:
    reads = browser.post("/tokens", {"name": "report", "days": 10})
    writes = browser.post("/tokens", {"name": "import", "scope": "write"})
    script = Browser(app)
    as_reader = {"Authorization": f"Bearer {reads['token']}"}
    as_writer = {"Authorization": f"Bearer {writes['token']}"}
    assert script.send("GET", "/portfolios", **as_reader).get_json() == []
    assert script.call("POST", "/portfolios", {"name": "x"}, status=403, **as_reader)["code"] == "scope"
    script.call("POST", "/portfolios", {"name": "x"}, status=201, **as_writer)
    assert script.call("GET", "/tokens", status=403, **as_writer)["code"] == "owner-only"
    script.call("GET", "/portfolios", status=401, Authorization="Bearer pm_nonsense")
    script.call("GET", "/portfolios", status=401, Authorization="Basic eDp5")
    clock[0] += timedelta(days=10)
    script.call("GET", "/portfolios", status=401, **as_reader)
    owner = Browser(app)
    owner.log_in()
    listed = owner.get("/tokens")
    assert {one["name"] for one in listed} == {"report", "import"}
    assert all("token" not in one for one in listed)
    owner.call("DELETE", f"/tokens/{writes['id']}", status=204)
    script.call("GET", "/portfolios", status=401, **as_writer)


@both
def test_two_browsers_that_edit_one_trade_do_not_lose_each_others_edit(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    made = browser.trade(position, "buy", "2024-05-20", "10", "10")
    path = f"/transactions/{made['id']}"
    seen = browser.send("GET", path).headers["ETag"]
    browser.edit(path, trade(position, "buy", "2024-05-20", "11", "10"), If_Match=seen)
    lost = browser.call("PUT", path, trade(position, "buy", "2024-05-20", "12", "10"), 412, If_Match=seen)
    assert lost["code"] == "changed"
    browser.call("DELETE", path, None, 412, If_Match=seen)
    browser.call("PUT", path, trade(position, "buy", "2024-05-20", "12", "10"), status=428)
    assert browser.get(path)["shares"] == "11"
    assert (
        browser.send("GET", path, If_None_Match=browser.send("GET", path).headers["ETag"]).status_code == 304
    )


@both
def test_a_create_that_is_sent_again_is_done_once(browser: Browser) -> None:
    body = {"name": "Once"}
    first = browser.send("POST", "/portfolios", body, Idempotency_Key="k1")
    again = browser.send("POST", "/portfolios", body, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(browser.get("/portfolios")) == 1
    browser.call("POST", "/portfolios", {"name": "Other"}, 422, Idempotency_Key="k1")
    browser.call("POST", "/portfolios", body, 422, Idempotency_Key="x" * 256)
    browser.call("POST", "/portfolios", {"name": ""}, 422, Idempotency_Key="k2")
    browser.call("POST", "/portfolios", {"name": "Right"}, 201, Idempotency_Key="k2")


@both
def test_sql_and_html_in_text_fields_are_text(browser: Browser) -> None:
    for number, text in enumerate(HOSTILE):
        _is_text(browser, number, text)
    assert len(browser.get("/portfolios")) == len(HOSTILE)
    stranger = {"email": HOSTILE[0], "password": HOSTILE[1]}
    Browser(browser.app).call("POST", "/session", stranger, status=401)


def _is_text(browser: Browser, number: int, text: str) -> None:
    made = browser.post("/portfolios", {"name": text, "description": text})
    assert browser.get(f"/portfolios/{made['id']}")["name"] == text
    fund = browser.post(
        "/funds", {"name": text, "isin": isin(number), "currency": "EUR", "exchange": text[:50].strip()}
    )
    answer = browser.send("GET", f"/funds/{fund['id']}")
    assert answer.get_json()["name"] == text
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    words = dict.fromkeys(("message", "source", "requestId", "level", "category", "cursor"), text)
    assert browser.client.get("/api/logs", query_string=words).status_code == 422  # no cursor
    del words["cursor"]
    assert browser.client.get("/api/logs", query_string=words).get_json()["items"] == []
    assert browser.post("/tokens", {"name": text})["name"] == text
    assert browser.send("GET", f"/symbols/{quote(text, safe='')}").status_code == 404
    assert browser.send("GET", f"/export/{quote(text, safe='')}.csv").status_code == 404
    position = browser.position(made["id"], fund["id"])
    file = f'date,type,shares,cost_per_share\n2024-03-21,"{text.replace(chr(34), chr(34) * 2)}",1,1\n'
    refused = browser.client.post(
        f"/api/imports/transactions?portfolioFundId={position}",
        data=file.encode(),
        headers={"Content-Type": "text/csv", "X-CSRF-Token": browser.csrf, "User-Agent": ascii(text)},
    )
    assert refused.get_json()["rows"][0]["detail"] == f"{text!r} is none of buy, sell, fee."
    assert refused.mimetype == "application/problem+json"


@both
def test_names_that_are_none_are_refused(browser: Browser) -> None:
    for text in ("a\x00b", "a\x1bb", "\ud800", "", "   ", "x" * 101):
        refused = browser.call("POST", "/portfolios", {"name": text}, status=422)
        assert refused["errors"][0]["pointer"] == "#/name"


BAD = [
    ("shares", "0"),
    ("shares", "-1"),
    ("shares", "1e9"),
    ("shares", "1000000000"),
    ("shares", "0.0000001"),
    ("shares", "NaN"),
    ("shares", "Infinity"),
    ("shares", "1,5"),
    ("shares", True),
    ("shares", None),
    ("costPerShare", "0"),
    ("costPerShare", "1e12"),
    ("date", "2023-02-29"),
    ("date", "2024-13-01"),
    ("date", "28-06-2024"),
    ("date", "2024-06-29"),
    ("date", "0001-01-01"),
    ("date", 1719532800),
    ("date", "2024-06-28T00:00:00Z"),
    ("type", "short"),
    ("type", "dividend"),
    ("amount", "1"),
    ("portfolioFundId", "x"),
    ("sharess", "1"),
]


def test_bad_figures_of_a_trade_are_refused_at_their_field(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    for field, value in BAD:
        body: dict[str, Any] = {**trade(position, "buy", "2024-05-20", "10", "10"), field: value}
        refused = browser.call("POST", "/transactions", body, status=422)
        assert refused["code"] == "invalid"
        whole = field == "amount" or value is None
        assert refused["errors"][0]["pointer"] == ("#" if whole else f"#/{field}")
    assert browser.get("/transactions")["items"] == []


def test_more_than_any_book_holds_is_refused_by_whatever_it_comes(browser: Browser) -> None:
    fund = browser.fund(currency="USD")
    position = browser.position(browser.portfolio(), fund)
    whole = trade(position, "buy", "2024-05-20", "999999999.999999", "0.01")
    browser.post("/transactions", whole)
    browser.call("POST", "/transactions", {**whole, "costPerShare": "999999"}, status=422)
    refused = browser.call("PUT", f"/funds/{fund}/prices/2024-05-21", {"price": "999999999"}, status=422)
    assert refused["detail"] == "On 2024-05-21 the position would be larger than any book holds."
    browser.price(fund, "2024-05-21", "9000")
    rate = {"fromCurrency": "USD", "toCurrency": "EUR", "date": "2024-01-01", "rate": "99999999"}
    assert browser.call("PUT", "/exchange-rates", rate, status=422)["code"] == "refused"
    assert browser.get("/exchange-rates") == []


def test_numbers_are_taken_exactly_and_leap_days_are_days(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    body = {"portfolioFundId": position, "type": "BUY", "date": "2024-02-29"}
    answer = browser.client.post(
        "/api/transactions",
        data='{"shares": 0.1, "costPerShare": 0.7, ' + str(body).replace("'", '"')[1:],
        content_type="application/json",
        headers={"X-CSRF-Token": browser.csrf},
    )
    assert (answer.status_code, answer.get_json()["total"]) == (201, "0.07")


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"name": NaN}', '{"name": "a", "name": "b"}', '"x"', "null"]
)
def test_bodies_that_are_no_object_are_refused(browser: Browser, body: str) -> None:
    answer = browser.client.post(
        "/api/portfolios", data=body, content_type="application/json", headers={"X-CSRF-Token": browser.csrf}
    )
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
    headers = {"X-CSRF-Token": browser.csrf}
    assert browser.client.post("/api/portfolios", data=body, headers=headers).status_code == 415


@pytest.mark.parametrize("isin_", ["NL0000000018", "nl00", "NL000000001", "1L0000000018", ""])
def test_an_isin_with_a_wrong_check_digit_is_refused(browser: Browser, isin_: str) -> None:
    body = {"name": "x", "isin": isin_, "currency": "EUR"}
    assert browser.call("POST", "/funds", body, status=422)["errors"][0]["pointer"] == "#/isin"


def test_real_isins_are_taken_once(browser: Browser) -> None:
    for number, code in enumerate(("US0378331005", "IE00B3RBWM25", "NL0010273215", "gb0002634946")):
        browser.post("/funds", {"name": f"F{number}", "isin": code, "currency": "EUR"})
    again = {"name": "x", "isin": "GB0002634946", "currency": "EUR"}
    assert browser.call("POST", "/funds", again, status=409)["errors"][0]["detail"] == "is the ISIN of F3"


def test_errors_of_the_inside_are_in_the_log_and_not_in_the_answer(app: Flask, browser: Browser) -> None:
    from portfolio.models import db
    from sqlalchemy import text

    with app.app_context():
        db.session.execute(text("DROP TABLE exchange_rate"))
        db.session.commit()
    answer = browser.send("GET", "/exchange-rates")
    assert answer.status_code in (500, 503)
    assert "exchange_rate" not in answer.text
    [line] = browser.get("/logs?level=error")["items"]
    assert line["requestId"] == answer.headers["X-Request-Id"] == answer.get_json()["requestId"]
    assert line["httpStatus"] == answer.status_code
    assert "Traceback" in line["stackTrace"]
