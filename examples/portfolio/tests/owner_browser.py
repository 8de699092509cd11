"""A browser of the owner's: a Flask test client that says what a change has to say."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask
from portfolio.api import access
from portfolio.models import Login, Owner, db
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

EMAIL, PASSWORD = "owner@example.com", "correct horse battery"

COOKIE = "a-cookie-that-the-tests-know"
COOKIE_HASH = sha256(COOKIE.encode()).hexdigest()


def keep_owner(now: datetime) -> None:
    """The owner, and a session of his."""
    # What the app itself makes takes a tenth of a second to check.
    hashed = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
    owner = Owner(email=EMAIL, password_hash=hashed)
    db.session.add(owner)
    db.session.flush()
    ends = now + timedelta(30)
    login = Login(cookie_hash=COOKIE_HASH, owner_id=owner.id, began_at=now, seen_at=now, ends_at=ends)
    db.session.add(login)
    db.session.commit()


class Browser:
    """Calls the API, and fails unless the answer is as expected."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.csrf = ""

    @classmethod
    def of_owner(cls, app: Flask) -> Browser:
        """Logged in as the owner."""
        browser = cls(app)
        browser.client.set_cookie(access.COOKIE, COOKIE)
        browser.csrf = access.csrf_token_of(COOKIE)
        return browser

    def log_in(self, password: str = PASSWORD) -> None:
        said = self.call("POST", "/session", {"email": EMAIL, "password": password})
        self.csrf = said["csrfToken"]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """A request; names of headers are written with underscores."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.csrf:
            said.setdefault("X-CSRF-Token", self.csrf)
        return self.client.open(f"/api{path}", method=method, json=body, headers=said)

    def call(
        self, method: str, path: str, body: Any = None, status: int | None = None, **headers: str
    ) -> Any:
        """The answer's JSON, which has the status, or else is a success."""
        answer = self.send(method, path, body, **headers)
        good = answer.status_code == status if status else answer.status_code < 300
        assert good, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.get_json(silent=True)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body)

    def edit(self, path: str, body: Any, **headers: str) -> Any:
        """A PUT that starts from what is there now."""
        if "If_Match" not in headers:
            headers["If_Match"] = self.send("GET", path).headers["ETag"]
        answer = self.send("PUT", path, body, **headers)
        assert answer.status_code < 300, answer.text
        return answer.get_json()

    def portfolio(self, name: str = "Mine", **more: Any) -> str:
        return str(self.post("/portfolios", {"name": name, **more})["id"])

    def fund(self, number: int = 1, **more: Any) -> str:
        body = {"name": f"Fund {number}", "isin": isin(number), "currency": "EUR", **more}
        return str(self.post("/funds", body)["id"])

    def position(self, portfolio: str, fund: str) -> str:
        return str(self.post("/portfolio-funds", {"portfolioId": portfolio, "fundId": fund})["id"])

    def trade(self, position: str, kind: str, date: str, shares: str, price: str) -> Any:
        return self.post("/transactions", trade(position, kind, date, shares, price))

    def price(self, fund: str, date: str, price: str) -> Any:
        return self.call("PUT", f"/funds/{fund}/prices/{date}", {"price": price})


def trade(position: str, kind: str, date: str, shares: str, price: str) -> dict[str, str]:
    """A buy or a sell as it is sent."""
    return {
        "portfolioFundId": position,
        "type": kind,
        "date": date,
        "shares": shares,
        "costPerShare": price,
    }


def isin(number: int) -> str:
    """A valid ISIN."""
    body = f"NL{number:09d}"
    digits = "".join(str(int(letter, 36)) for letter in body)
    weights = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return body + str(-sum(weight // 10 + weight % 10 for weight in weights) % 10)
