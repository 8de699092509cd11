"""Two requests at once, a full disk, a migration on live data."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from owner_browser import EMAIL, Browser, trade
from portfolio.api.operations import OPERATIONS, at_work
from portfolio.ledger.keeping import ALWAYS, keep, make_again
from portfolio.models import Trade, db
from sqlalchemy import text

EXAMPLE = Path(__file__).parent.parent
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
def test_of_edits_of_one_trade_at_once_one_is_made_and_the_others_are_told(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    made = browser.trade(position, "buy", "2024-05-20", "10", "10")
    path = f"/transactions/{made['id']}"
    seen = browser.send("GET", path).headers["ETag"]
    others = [Browser.of_owner(browser.app) for _ in range(3)]

    def edit(number: int) -> int:
        body = trade(position, "buy", "2024-05-20", f"{11 + number}", "10")
        return others[number].send("PUT", path, body, If_Match=seen).status_code

    assert at_once(*(lambda number=number: edit(number) for number in range(3))) == [200, 412, 412]
    assert browser.get(path)["version"] == made["version"] + 1
    assert browser.get("/portfolio-funds")[0]["totalShares"] == browser.get(path)["shares"]


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
def test_passwords_are_not_guessed_many_at_once(app: Flask, browser: Browser) -> None:
    wrong = {"email": EMAIL, "password": "password1234"}
    thieves = [Browser(app) for _ in range(8)]
    calls = [lambda thief=thief: thief.send("POST", "/session", wrong).status_code for thief in thieves]
    assert at_once(*calls).count(401) <= 5
    browser.get("/portfolios")


@both
def test_a_fund_that_is_deleted_while_it_is_taken_up_is_in_use_or_gone(browser: Browser) -> None:
    for number in range(4):
        portfolio, fund = browser.portfolio(), browser.fund(number)
        one, other = (Browser.of_owner(browser.app) for _ in range(2))
        body = {"portfolioId": portfolio, "fundId": fund}
        answers = at_once(
            lambda one=one, fund=fund: one.send("DELETE", f"/funds/{fund}").status_code,
            lambda other=other, body=body: other.send("POST", "/portfolio-funds", body).status_code,
        )
        held = [place["fundId"] for place in browser.get(f"/portfolio-funds?portfolioId={portfolio}")]
        there = [found["id"] for found in browser.get("/funds") if found["id"] == fund]
        assert held == there
        assert answers in ([201, 409], [204, 404], [204, 409])


@both
def test_the_first_looks_of_a_day_at_once_agree(browser: Browser, clock: Any) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10", "10")
    clock[0] += timedelta(days=2)
    others = [Browser.of_owner(browser.app) for _ in range(3)]
    calls = [lambda other=other: other.send("GET", "/portfolio-summary").status_code for other in others]
    assert at_once(*calls) == [200, 200, 200]
    assert browser.get("/portfolio-history?startDate=2024-06-30")["dates"] == ["2024-06-30"]


def test_nobody_who_reads_waits_for_who_writes(browser: Browser, database: str, clock: Any) -> None:
    portfolio, fund = browser.portfolio(), browser.fund(symbol="X")
    browser.trade(browser.position(portfolio, fund), "buy", "2024-05-20", "10", "10")
    some_id = "00000000-0000-4000-8000-000000000000"
    known = {"portfolio_id": portfolio, "fund_id": fund, "day": "2024-05-20", "sheet": "funds", "symbol": "X"}
    browser.price(fund, "2024-05-20", "10")
    clock[0] += timedelta(minutes=59)  # not long enough for a session to be noted as used
    large = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    large.execute("BEGIN IMMEDIATE")
    large.execute("INSERT INTO setting VALUES ('theme', '\"dark\"')")
    began = time.monotonic()
    for found in OPERATIONS:
        if found.method != "GET" or found.path.startswith("/symbols"):  # a question to Yahoo is noted
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: known.get(part[1], some_id), found.path)
        if path == "/exchange-rate":
            path += "?fromCurrency=USD&toCurrency=USD"
        status = 404 if some_id in path else 200
        assert browser.send("GET", path).status_code == status, path
    assert browser.get("/settings")["theme"] == "system"
    assert time.monotonic() - began < 4  # what a lock is waited for is five seconds
    large.execute("COMMIT")
    large.close()
    assert browser.get("/settings")["theme"] == "dark"


def test_who_writes_for_long_is_waited_for_and_then_said(app: Flask, browser: Browser, database: str) -> None:
    from sqlalchemy import event

    with app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "connect", lambda made, *_: made.execute("PRAGMA busy_timeout = 100"))
    large = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    large.execute("BEGIN IMMEDIATE")
    refused = browser.send("POST", "/portfolios", {"name": "x"})
    assert (refused.status_code, refused.get_json()["code"]) == (503, "busy")
    assert refused.headers["Retry-After"] == "5"
    large.execute("COMMIT")
    large.close()
    browser.portfolio()


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


#: A process that may write no file beyond the size that the database has: what a quota does.
QUOTA = """
import resource, sys
from datetime import datetime, timezone
from pathlib import Path
from owner_browser import Browser, trade
from portfolio import create_app

file, position = sys.argv[1:]
clock = lambda: datetime(2024, 6, 28, 12, 0, tzinfo=timezone.utc)
app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}", "CLOCK": clock})
app.config["PROPAGATE_EXCEPTIONS"] = False
browser = Browser.of_owner(app)
print(browser.send("GET", "/transactions").status_code)
resource.setrlimit(resource.RLIMIT_FSIZE, (Path(file).stat().st_size,) * 2)
refused = browser.send("POST", "/transactions", trade(position, "buy", "2009-01-02", "10", "10"))
print(refused.status_code, refused.get_json()["code"])
seen = browser.send("GET", "/transactions")
print(seen.status_code, len(seen.get_json()["items"]))
"""


def test_a_quota_that_is_used_up_is_a_full_disk(browser: Browser, database: str) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10", "10")
    file = database.removeprefix("sqlite:///")
    places = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", QUOTA, file, position],
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split("\n") == ["200", "507 disk-full", "200 1", ""], done.stderr
    assert len(browser.get("/transactions")["items"]) == 1
    with sqlite3.connect(file) as found:
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found.close()
    browser.trade(position, "buy", "2009-01-02", "10", "10")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_full_disk_of_postgresqls_is_said_and_leaves_everything_as_it_was(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10", "10")
    with browser.app.app_context():
        before = days_there()
        db.session.execute(text(FULL))
        db.session.execute(
            text("CREATE TRIGGER full_disk BEFORE INSERT ON position_day EXECUTE FUNCTION full()")
        )
        db.session.commit()
    body = trade(position, "buy", "2024-01-02", "10", "10")
    try:
        full = browser.call("POST", "/transactions", body, status=507)
    finally:
        with browser.app.app_context():
            db.session.execute(text("DROP FUNCTION full CASCADE"))
            db.session.commit()
    assert full["code"] == "disk-full"
    with browser.app.app_context():
        assert days_there() == before
    browser.post("/transactions", body)


#: What the server says when a table's file cannot grow.
FULL = """
CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'could not extend file "base/16384/16390": No space left on device'
USING ERRCODE = '53100', HINT = 'Check free disk space.'; END $$
"""


def days_there() -> list[Any]:
    """What is entered and what follows."""
    trades = db.session.execute(text("SELECT count(*), sum(shares) FROM trade")).all()
    days = db.session.execute(text("SELECT count(*), sum(shares), sum(value) FROM position_day")).all()
    return [value for row in (*trades, *days) for value in row]


@both
def test_a_migration_on_live_data_keeps_it_while_requests_go_on(browser: Browser, database: str) -> None:
    runner = browser.app.test_cli_runner()
    assert runner.invoke(args=["db", "downgrade", "0001"]).exit_code == 0
    position = _much(browser)
    with browser.app.app_context():
        before = days_there()
    assert browser.get("/health")["migrationNeeded"] is True
    over = threading.Event()
    seen: list[int] = []
    others = [Browser.of_owner(browser.app) for _ in range(2)]
    body = trade(position, "buy", "2024-06-20", "1.000001", "10")

    def live(other: Browser) -> None:
        while not over.is_set():
            seen.append(other.send("GET", "/portfolio-summary").status_code)
            seen.append(other.send("POST", "/transactions", body).status_code)

    threads = [threading.Thread(target=live, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    try:
        words = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        done = subprocess.run(
            words,
            cwd=EXAMPLE,
            env={**os.environ, "DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert done.returncode == 0, done.stderr
    assert browser.get("/health")["migrationNeeded"] is False
    assert set(seen) == {200, 201}
    made = seen.count(201)
    with browser.app.app_context():
        after = days_there()
        assert after[0] == before[0] + made
        work = at_work()
        make_again(work.session, work.prices, work.today)
        work.session.commit()
        assert days_there() == after


def _much(browser: Browser) -> str:
    """Four positions with a thousand trades and half a year of days; one of them."""
    portfolio = browser.portfolio()
    positions = [browser.position(portfolio, browser.fund(number)) for number in range(1, 5)]
    with browser.app.app_context():
        work = at_work()
        days = [work.today - timedelta(number % 180) for number in range(250)]
        work.session.add_all(
            Trade(position_id=position, on=on, kind="buy", shares=Decimal("1.5"), price=Decimal(10))
            for position in positions
            for on in days
        )
        keep(work.session, work.prices, dict.fromkeys(positions, ALWAYS), work.today)
        work.session.commit()
    return positions[0]
