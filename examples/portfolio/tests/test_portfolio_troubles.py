"""Two requests at once, a full disk, a migration on live data."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from owner_browser import Browser, trade
from portfolio.models import db
from sqlalchemy import text

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def at_once(*calls: Any) -> list[int]:
    """The statuses of requests that are sent together."""
    gate = threading.Barrier(len(calls))
    found: list[int] = []

    def send(call: Any) -> None:
        gate.wait()
        found.append(call())

    threads = [threading.Thread(target=send, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


@both
def test_the_same_shares_are_not_sold_twice_at_once(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10", "10")
    body = trade(position, "sell", "2024-05-21", "10", "11")
    others = [Browser.of_owner(browser.app) for _ in range(3)]
    calls = [lambda other=other: other.send("POST", "/transactions", body).status_code for other in others]
    assert at_once(*calls) == [201, 422, 422]
    assert browser.get("/portfolio-funds")[0]["totalShares"] == "0"


@both
def test_one_idempotency_key_sent_twice_at_once_makes_one(browser: Browser) -> None:
    others = [Browser.of_owner(browser.app) for _ in range(2)]
    calls = [
        lambda other=other: other.send("POST", "/portfolios", {"name": "x"}, Idempotency_Key="k").status_code
        for other in others
    ]
    assert at_once(*calls) in ([201, 201], [201, 409])
    assert len(browser.get("/portfolios")) == 1
    assert browser.send("POST", "/portfolios", {"name": "x"}, Idempotency_Key="k").status_code == 201
    assert len(browser.get("/portfolios")) == 1


@both
def test_the_first_looks_of_a_day_at_once_agree(browser: Browser, clock: Any) -> None:
    from datetime import timedelta

    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10", "10")
    clock[0] += timedelta(days=2)
    others = [Browser.of_owner(browser.app) for _ in range(3)]
    calls = [lambda other=other: other.send("GET", "/portfolio-summary").status_code for other in others]
    assert at_once(*calls) == [200, 200, 200]
    assert browser.get("/portfolio-history?startDate=2024-06-30")["dates"] == ["2024-06-30"]


def test_a_full_disk_is_said_and_leaves_everything_as_it_was(app: Flask, browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10", "10")
    from sqlalchemy import event

    with app.app_context():
        engine = db.engine

    def fill(connection: Any, *_: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine.dispose()
    event.listen(engine, "connect", fill)
    body = trade(position, "buy", "2019-01-02", "10", "10")
    full = browser.call("POST", "/transactions", body, status=507)
    assert full["code"] == "disk-full"
    assert len(browser.get("/transactions")["items"]) == 1
    event.remove(engine, "connect", fill)
    engine.dispose()
    browser.post("/transactions", body)


@both
def test_a_migration_on_live_data_keeps_it(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10.123456", "10")
    with browser.app.app_context():
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "0002"
        db.session.remove()
    for words in (["downgrade", "0001"], ["upgrade"]):
        done = browser.app.test_cli_runner().invoke(args=["db", *words])
        assert done.exit_code == 0
    [found] = browser.get("/transactions")["items"]
    assert Decimal(found["shares"]) == Decimal("10.123456")
