"""Prices in the database and in DynamoDB: one interface, the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from owner_browser import Browser
from portfolio.api.operations import Work, at_work
from portfolio.domain.history import Price

DYNAMODB = pytest.param("dynamodb", marks=pytest.mark.slow)
both = pytest.mark.parametrize("price_table", ["database", DYNAMODB], indirect=True)


def price(day: int, worth: str) -> Price:
    return Price(date(2024, 6, day), Decimal(worth))


@pytest.fixture
def fund(browser: Browser) -> str:
    return browser.fund(1)


@pytest.fixture
def work(app: Flask) -> Iterator[Work]:
    with app.app_context():
        yield at_work()


@both
def test_a_price_is_there_once_and_is_replaced(fund: str, work: Work) -> None:
    work.prices.keep(fund, [price(3, "10"), price(4, "11.000001"), price(3, "9.5")])
    work.session.commit()
    work.prices.keep(fund, [price(4, "12")])
    work.session.commit()
    assert work.prices.of([fund])[fund] == [price(3, "9.5"), price(4, "12")]
    assert work.prices.page(fund, None, None, 1) == [price(4, "12")]


@both
def test_changes_are_seen_at_once_and_undone_by_a_rollback(fund: str, work: Work) -> None:
    work.prices.keep(fund, [price(3, "10"), price(5, "12")])
    work.session.commit()
    work.prices.keep(fund, [price(4, "11"), price(5, "13"), price(6, "14")])
    assert work.prices.forget(fund, date(2024, 6, 3))
    assert not work.prices.forget(fund, date(2024, 6, 3))
    assert not work.prices.forget(fund, date(2024, 6, 7))
    assert work.prices.of([fund])[fund] == [price(4, "11"), price(5, "13"), price(6, "14")]
    assert work.prices.latest([fund], date(2024, 6, 5)) == {fund: price(5, "13")}
    assert work.prices.latest([fund], date(2024, 6, 3)) == {}
    work.session.rollback()
    assert work.prices.of([fund])[fund] == [price(3, "10"), price(5, "12")]


@both
def test_a_read_begins_with_the_last_price_before_it(fund: str, work: Work) -> None:
    work.prices.keep(fund, [price(day, str(day)) for day in (3, 4, 6, 7)])
    work.session.commit()
    assert work.prices.of([fund], date(2024, 6, 5))[fund] == [price(4, "4"), price(6, "6"), price(7, "7")]
    assert work.prices.of([fund], date(2024, 6, 6))[fund] == [price(6, "6"), price(7, "7")]
    assert work.prices.of([fund], date(2024, 6, 1))[fund][0] == price(3, "3")
    assert work.prices.latest([fund, "no-such-fund"], date(2024, 6, 5)) == {fund: price(4, "4")}
    newest = work.prices.page(fund, date(2024, 6, 7), date(2024, 6, 4), 10)
    assert newest == [price(6, "6"), price(4, "4")]


@both
def test_more_prices_than_one_answer_holds(fund: str, work: Work) -> None:
    days = [date.fromordinal(date(2014, 1, 1).toordinal() + number) for number in range(1100)]
    work.prices.keep(fund, [Price(on, Decimal(number + 1)) for number, on in enumerate(days)])
    work.session.commit()
    found = work.prices.of([fund])[fund]
    assert [one.on for one in found] == days
    work.prices.forget_all(fund)
    assert not work.prices.of([fund]).get(fund)
    work.session.commit()
    assert not work.prices.of([fund]).get(fund)


@both
def test_a_fund_goes_with_its_prices_and_the_export_has_them(browser: Browser, fund: str, app: Flask) -> None:
    browser.price(fund, "2024-06-03", "10.5")
    browser.price(fund, "2024-06-04", "11")
    assert browser.send("GET", "/export/prices.csv").text.splitlines() == [
        "isin,date,price",
        "NL0000000016,2024-06-03,10.5",
        "NL0000000016,2024-06-04,11",
    ]
    browser.call("DELETE", f"/funds/{fund}/prices/2024-06-03", status=204)
    browser.call("DELETE", f"/funds/{fund}", status=204)
    with app.app_context():
        assert not at_work().prices.of([fund]).get(fund)


@both
def test_days_follow_the_prices_of_either(browser: Browser, fund: str) -> None:
    position = browser.position(browser.portfolio(), fund)
    browser.trade(position, "buy", "2024-06-03", "2", "9")
    browser.price(fund, "2024-06-04", "12")
    [holding] = browser.get("/portfolio-funds")
    assert holding["currentValue"] == "24"
    browser.call("DELETE", f"/funds/{fund}/prices/2024-06-04", status=204)
    [holding] = browser.get("/portfolio-funds")
    assert holding["currentValue"] == "18"


@pytest.mark.parametrize("price_table", [DYNAMODB], indirect=True)
def test_a_table_that_is_not_there_is_said_and_changes_nothing(
    browser: Browser, fund: str, price_table: str, app: Flask
) -> None:
    from portfolio import _prices

    app.extensions["prices"] = _prices("no-such-table")
    said = browser.send("PUT", f"/funds/{fund}/prices/2024-06-03", {"price": "10"})
    assert (said.status_code, said.get_json()["code"]) == (503, "prices-away")
    app.extensions["prices"] = _prices(price_table)
    assert browser.get(f"/funds/{fund}/prices")["items"] == []
