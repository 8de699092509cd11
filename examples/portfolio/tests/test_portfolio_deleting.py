"""Deleting is undone: everything comes back as it was, or it is said what is in the way."""

from __future__ import annotations

import re
import zlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from owner_browser import Browser, isin, trade
from portfolio.api.operations import at_work
from portfolio.ledger.keeping import make_again
from portfolio.models import Base, Deleted, FundPrice, db
from sqlalchemy import func, select, text

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
#: What the app keeps of itself, and what changes with every request.
_OTHERS = {"deleted", "login", "log_record", "owner", "remembered", "failed_login", "api_token", "symbol"}


def everything(browser: Browser) -> dict[str, list[Any]]:
    """All rows of all tables that portfolios are made of."""
    with browser.app.app_context():
        found = {
            table.name: sorted(map(tuple, db.session.execute(text(f"SELECT * FROM {table.name}"))), key=str)
            for table in Base.metadata.sorted_tables
            if table.name not in _OTHERS
        }
        db.session.rollback()
    return found


def deleted(browser: Browser, path: str) -> str:
    """Delete something; the address at which that is undone."""
    answer = browser.send("DELETE", path)
    assert answer.status_code == 204, answer.text
    found = re.fullmatch(r'</api(/deleted/[0-9a-f-]{36}/restore)>; rel="restore"', answer.headers["Link"])
    assert found is not None
    return found[1]


@pytest.fixture
def made(browser: Browser) -> dict[str, str]:
    """A portfolio in euros with a fund in dollars and one of its own; ids and paths."""
    portfolio = browser.portfolio("Pension")
    fund = browser.fund(1, currency="USD", dividendType="stock")
    position = browser.position(portfolio, fund)
    rate = {"fromCurrency": "USD", "toCurrency": "EUR", "date": "2024-01-01"}
    browser.call("PUT", "/exchange-rates", {**rate, "rate": "0.9"})
    browser.price(fund, "2024-02-01", "11")
    browser.price(fund, "2024-06-03", "13.5")
    bought = browser.trade(position, "buy", "2024-01-02", "100", "10")
    browser.trade(position, "sell", "2024-05-02", "40", "12.125")
    split = browser.post(f"/funds/{fund}/splits", {"date": "2024-06-10", "new": 2, "old": 1})
    dividend = browser.post(
        "/dividends",
        {
            "portfolioFundId": position,
            "recordDate": "2024-03-04",
            "exDividendDate": "2024-03-01",
            "dividendPerShare": "0.5",
            "reinvestmentShares": "4.5",
            "reinvestmentPrice": "11",
        },
    )
    return {
        "portfolio": f"/portfolios/{portfolio}",
        "position": f"/portfolio-funds/{position}?confirm=true",
        "transaction": f"/transactions/{bought['id']}",
        "dividend": f"/dividends/{dividend['id']}",
        "split": f"/funds/{fund}/splits/{split['id']}",
        "price": f"/funds/{fund}/prices/2024-06-03",
        "rate": "/exchange-rates?fromCurrency=USD&toCurrency=EUR&date=2024-01-01",
        "fund": f"/funds/{fund}",
        "id of position": position,
        "id of fund": fund,
    }


@both
def test_whatever_is_deleted_comes_back_as_it_was(browser: Browser, made: dict[str, str]) -> None:
    browser.call("DELETE", made["transaction"], status=422)  # shares were sold that there are only by it
    browser.trade(made["id of position"], "buy", "2024-01-01", "100", "9")
    before = everything(browser)
    kinds = ["transaction", "dividend", "split", "price", "rate", "position", "portfolio"]
    for kind in kinds:
        undo = deleted(browser, made[kind])
        assert everything(browser) != before
        back = browser.post(undo)
        assert back["kind"] == kind
        assert everything(browser) == before, kind
        browser.call("POST", undo, status=404)
    assert browser.get("/deleted") == []


@both
def test_one_thing_after_the_other_goes_and_comes_back_in_turn(
    browser: Browser, made: dict[str, str]
) -> None:
    before = everything(browser)
    undos = [deleted(browser, made[kind]) for kind in ("position", "portfolio", "fund")]
    gone = everything(browser)
    assert [gone[name] for name in ("fund", "fund_price", "fund_split", "portfolio_day")] == [[], [], [], []]
    listed = browser.get("/deleted")
    names = {one["name"] for one in listed}
    assert names == {"Fund 1", "Pension", "Fund 1 in Pension"}
    refused = browser.call("POST", undos[0], status=409)
    assert refused["code"] == "in-the-way"
    assert refused["detail"] == "The fund that it belongs to is deleted. Bring that back first."
    for undo in reversed(undos):
        browser.post(undo)
    assert everything(browser) == before


@both
def test_what_has_its_place_is_said_and_nothing_is_changed(browser: Browser, made: dict[str, str]) -> None:
    told = {
        "price": "There is another price of 2024-06-03 by now.",
        "rate": "There is another rate of USD/EUR on 2024-01-01 by now.",
        "split": "There is another split on 2024-06-10 by now.",
        "position": "The fund is in that portfolio again.",
    }
    undos = {kind: deleted(browser, made[kind]) for kind in told}
    browser.price(made["id of fund"], "2024-06-03", "14")
    rate = {"fromCurrency": "USD", "toCurrency": "EUR", "date": "2024-01-01", "rate": "0.8"}
    browser.call("PUT", "/exchange-rates", rate)
    browser.post(f"{made['fund']}/splits", {"date": "2024-06-10", "new": 3, "old": 1})
    position = browser.position(made["portfolio"].rpartition("/")[2], made["id of fund"])
    before = everything(browser)
    for kind, detail in told.items():
        assert browser.call("POST", undos[kind], status=409)["detail"] == detail
    assert everything(browser) == before
    assert len(browser.get("/deleted")) == len(told)
    browser.call("DELETE", f"/portfolio-funds/{position}")
    lost = deleted(browser, made["fund"])
    browser.fund(1)
    taken = browser.call("POST", lost, status=409)
    assert taken["detail"] == f"Another fund has the ISIN {isin(1)} by now."


def test_what_would_sell_more_than_is_held_stays_deleted(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-01-02", "10", "10")
    sold = browser.trade(position, "sell", "2024-01-03", "10", "10")
    undo = deleted(browser, f"/transactions/{sold['id']}")
    other = browser.post("/transactions", trade(position, "sell", "2024-01-04", "10", "11"))
    assert browser.call("POST", undo, status=422)["code"] == "refused"
    browser.call("DELETE", f"/transactions/{other['id']}")
    browser.post(undo)
    assert [one["id"] for one in browser.get("/transactions")["items"]] == [sold["id"], *_bought(browser)]


@both
def test_figures_after_it_are_those_of_making_everything_anew(browser: Browser, made: dict[str, str]) -> None:
    position = made["id of position"]
    early = browser.trade(position, "buy", "2024-01-10", "7", "9")
    undos = [deleted(browser, f"/transactions/{early['id']}"), deleted(browser, made["dividend"])]
    browser.trade(position, "buy", "2024-01-05", "3", "8")
    browser.price(made["id of fund"], "2024-05-06", "12")
    browser.post(f"{made['fund']}/splits", {"date": "2024-02-10", "new": 3, "old": 1})
    for undo in undos:
        browser.post(undo)
        kept = everything(browser)
        with browser.app.app_context():
            work = at_work()
            make_again(work.session, work.prices, work.today)
            work.session.commit()
        assert everything(browser) == kept


def _bought(browser: Browser) -> list[str]:
    return [one["id"] for one in browser.get("/transactions?type=buy")["items"]]


def test_a_deletion_is_kept_for_a_week_and_no_longer(browser: Browser, clock: list[datetime]) -> None:
    undo = deleted(browser, f"/portfolios/{browser.portfolio()}")
    kept = deleted(browser, f"/portfolios/{browser.portfolio()}")
    clock[0] += timedelta(days=6, hours=23)
    browser.post(kept)
    clock[0] += timedelta(hours=2)
    browser.call("POST", undo, status=404)
    assert browser.get("/deleted") == []
    deleted(browser, f"/portfolios/{browser.portfolio()}")
    with browser.app.app_context():
        assert db.session.scalar(select(func.count(Deleted.id))) == 1


def test_the_oldest_gives_way_when_there_is_no_room(browser: Browser) -> None:
    undos = [deleted(browser, f"/portfolios/{browser.portfolio()}") for _ in range(2)]
    with browser.app.app_context():
        for one in db.session.scalars(select(Deleted)):
            one.size = 40 * 1024 * 1024
        db.session.commit()
    newest = deleted(browser, f"/portfolios/{browser.portfolio()}")
    assert len(browser.get("/deleted")) == 2
    browser.post(newest)
    assert sorted(browser.send("POST", undo).status_code for undo in undos) == [200, 404]


def test_what_another_version_deleted_is_left_alone(browser: Browser) -> None:
    undo = deleted(browser, f"/portfolios/{browser.portfolio()}")
    with browser.app.app_context():
        one = db.session.scalars(select(Deleted)).one()
        one.content = zlib.compress(
            b'{"rows": {"portfolio": [{"id": "x"}]}, "prices": {}, "since": "0001-01-01"}'
        )
        db.session.commit()
    assert "another version" in browser.call("POST", undo, status=409)["detail"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_big_portfolio_and_a_fund_with_many_prices_come_back(browser: Browser, clock: Any) -> None:
    fund = browser.fund(1)
    position = browser.position(portfolio := browser.portfolio(), fund)
    lines = ["date,type,shares,cost_per_share"]
    first = clock[0].date() - timedelta(60)
    lines += [f"{first + timedelta(n % 50)},buy,{n % 97 + 1},1{n % 10}" for n in range(3000)]
    prices = ["date,price"] + [f"{first - timedelta(n)},1{n % 10}.5" for n in range(3000)]
    for path, rows in (
        (f"/api/imports/transactions?portfolioFundId={position}&duplicates=keep", lines),
        (f"/api/imports/prices?fundId={fund}", prices),
    ):
        headers = {"Content-Type": "text/csv", "X-CSRF-Token": browser.csrf}
        sent = browser.client.post(path, data="\n".join(rows).encode(), headers=headers)
        assert sent.status_code == 200, sent.text
    before = everything(browser)
    undos = [deleted(browser, f"/portfolios/{portfolio}"), deleted(browser, f"/funds/{fund}")]
    for undo in reversed(undos):
        browser.post(undo)
    assert everything(browser) == before


@pytest.mark.parametrize("price_table", ["dynamodb"], indirect=True)
def test_prices_that_are_kept_in_dynamodb_come_back_too(browser: Browser) -> None:
    fund = browser.fund(1)
    browser.price(fund, "2024-01-02", "10")
    browser.price(fund, "2024-01-03", "11")
    browser.post(deleted(browser, f"/funds/{fund}/prices/2024-01-03"))
    browser.post(deleted(browser, f"/funds/{fund}"))
    assert [one["price"] for one in browser.get(f"/funds/{fund}/prices")["items"]] == ["11", "10"]
    with browser.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FundPrice)) == 0


def test_an_archived_portfolio_has_its_own_history(browser: Browser) -> None:
    portfolio = browser.portfolio("Away")
    browser.trade(browser.position(portfolio, browser.fund()), "buy", "2024-06-03", "2", "10")
    browser.post(f"/portfolios/{portfolio}/archive")
    assert browser.get("/portfolio-history")["portfolios"] == []
    own = browser.get(f"/portfolio-history?portfolioId={portfolio}")
    assert (own["portfolios"][0]["name"], own["portfolios"][0]["value"][-1]) == ("Away", "20")
    browser.call("GET", "/portfolio-history?portfolioId=00000000-0000-4000-8000-000000000000", status=404)
