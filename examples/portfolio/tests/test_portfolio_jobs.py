"""What goes on after its request: prices of all funds, and large files, with how far they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from owner_browser import Browser
from portfolio.api import jobs
from portfolio.domain.history import Price, Span
from portfolio.models import Job, Trade, db
from portfolio.prices.feed import Facts, Unknown
from portfolio.prices.fixed import FixedFeed
from sqlalchemy import create_engine, func, select

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
CSV = "date,type,shares,cost_per_share\n"


class Watched:
    """A feed that notes what a job says of itself while it is asked; GONE is unknown to it."""

    name = "watched"

    def __init__(self, url: str) -> None:
        # A connection of its own, that waits for nobody's transaction.
        self.beside = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        self.seen: list[tuple[str | int, ...]] = []
        self.fails: Exception | None = None

    def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
        with self.beside.connect() as connection:
            self.seen += [tuple(row) for row in connection.execute(select(Job.state, Job.done, Job.total))]
        if self.fails:
            raise self.fails
        if symbol == "GONE":
            raise Unknown("GONE is unknown.")
        return FixedFeed().closes(symbol, currency, span)

    def look_up(self, symbol: str) -> Facts:
        raise Unknown(symbol)


@pytest.fixture
def feed(app: Flask, database: str) -> Iterator[Watched]:
    made = Watched(database)
    app.extensions["feeds"] = lambda name: made
    yield made
    made.beside.dispose()


def rows(count: int) -> str:
    lines = (f"2024-0{1 + n % 5}-0{1 + n % 9},buy,{n % 90 + 1}.5,10" for n in range(count))
    return CSV + "\n".join(lines)


def start(browser: Browser, position: str, text: str, more: str = "", status: int = 202) -> dict[str, object]:
    said = browser.client.post(
        f"/api/jobs/import-transactions?portfolioFundId={position}{more}",
        data=text.encode(),
        headers={"Content-Type": "text/csv", "X-CSRF-Token": browser.csrf},
    )
    assert said.status_code == status, said.text
    found: dict[str, object] = said.get_json()
    if status == 202:
        assert said.headers["Location"] == f"/api/jobs/{found['id']}"
    return found


@pytest.fixture
def position(browser: Browser) -> str:
    return browser.position(browser.portfolio(), browser.fund(1))


@both
def test_prices_of_all_funds_are_a_job_that_says_how_far_it_is(browser: Browser, feed: Watched) -> None:
    for number, symbol in enumerate(("AAA", "GONE", "CCC")):
        browser.fund(number, name=symbol, symbol=symbol)
    done = browser.call("POST", "/jobs/update-prices", status=202)
    assert feed.seen == [("running", 0, 3), ("running", 1, 3), ("running", 2, 3)]
    assert browser.get(f"/jobs/{done['id']}") == done
    assert (done["kind"], done["state"], done["done"], done["total"]) == ("prices", "done", 3, 3)
    assert (done["result"]["totalUpdated"], done["result"]["newPrices"]) == (2, 10)
    assert [one["error"] for one in done["result"]["errors"]] == ["GONE is unknown."]


@both
def test_a_file_is_a_job_and_what_came_of_it_is_that_of_the_request(browser: Browser, position: str) -> None:
    asked = browser.client.post(
        f"/api/imports/transactions?portfolioFundId={position}&preview=true",
        data=rows(5000).encode(),
        headers={"Content-Type": "text/csv", "X-CSRF-Token": browser.csrf},
    ).get_json()
    done = start(browser, position, rows(5000), "&duplicates=keep")
    assert (done["state"], done["stage"], done["done"], done["total"]) == ("done", "writing", 5000, 5000)
    assert done["result"] == asked
    assert browser.get("/portfolio-funds")[0]["totalShares"] != "0"


def test_a_file_with_faults_fails_as_a_whole_and_says_its_lines(browser: Browser, position: str) -> None:
    done = start(browser, position, rows(3) + "\n2024-01-01,gift,1,1")
    assert done["state"] == "failed"
    assert done["problem"] == {
        "detail": "1 things are wrong with the file. Nothing was imported.",
        "code": "rows",
        "rows": [{"line": 5, "column": "type", "detail": "'gift' is none of buy, sell, fee."}],
    }
    again = start(browser, position, CSV + "2024-01-01,sell,1,1")
    assert isinstance(again["problem"], dict)
    assert (again["state"], again["problem"]["code"]) == ("failed", "refused")
    assert browser.get("/transactions")["items"] == []
    assert start(browser, "00000000-0000-4000-8000-000000000000", rows(1), status=404)


def test_a_job_that_is_delivered_twice_is_done_once(app: Flask, browser: Browser, position: str) -> None:
    done = start(browser, position, rows(3), "&duplicates=keep")
    with app.app_context():
        jobs.import_transactions.now(str(done["id"]))
        job = db.session.get(Job, done["id"])
        assert job is not None
        assert job.file is None
        assert db.session.scalar(select(func.count(Trade.id))) == 3


def test_a_job_that_broke_says_so_and_is_done_when_it_comes_again(
    app: Flask, browser: Browser, feed: Watched
) -> None:
    browser.fund(1, symbol="AAA")
    feed.fails = RuntimeError("no such thing")
    with app.app_context():
        job = Job(kind="prices", asked={"type": "today"}, made_at=datetime.now().astimezone())
        job.told_at = job.made_at
        db.session.add(job)
        db.session.commit()
        job_id = job.id
    with app.app_context(), pytest.raises(RuntimeError):
        jobs.update_prices.now(job_id)
    failed = browser.get(f"/jobs/{job_id}")
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "internal")
    feed.fails = None
    with app.app_context():
        jobs.update_prices.now(job_id)
    done = browser.get(f"/jobs/{job_id}")
    assert (done["state"], done["problem"], done["result"]["newPrices"]) == ("done", None, 5)


def test_a_job_that_fell_silent_was_cut_off_and_old_ones_go(
    app: Flask, browser: Browser, clock: list[datetime]
) -> None:
    with app.app_context():
        job = Job(kind="prices", state="running", made_at=clock[0], told_at=clock[0])
        db.session.add(job)
        db.session.commit()
        job_id = job.id
    clock[0] += timedelta(minutes=19)
    assert browser.get(f"/jobs/{job_id}")["state"] == "running"
    clock[0] += timedelta(minutes=2)
    assert browser.get(f"/jobs/{job_id}")["problem"]["code"] == "cut-off"
    clock[0] += timedelta(days=7)
    browser.log_in()
    # There is no yfinance here: that is the job's to say.
    done = browser.call("POST", "/jobs/update-prices", status=202)
    assert (done["state"], done["problem"]["code"]) == ("failed", "no-prices")
    browser.call("GET", f"/jobs/{job_id}", status=404)
