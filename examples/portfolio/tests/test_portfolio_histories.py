"""Histories for charts: no more days than asked for, each as it is, and compressed on the wire."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from owner_browser import Browser
from portfolio.domain.history import Span
from portfolio.ledger.histories import spread

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def long(browser: Browser) -> tuple[Browser, str]:
    """A browser, and a portfolio of a fund in euros and one in dollars with half a year of days."""
    portfolio = browser.portfolio()
    rate = {"fromCurrency": "USD", "toCurrency": "EUR", "date": "2024-01-01", "rate": "0.9"}
    browser.call("PUT", "/exchange-rates", rate)
    for number, currency in ((1, "EUR"), (2, "USD")):
        fund = browser.fund(number, currency=currency)
        position = browser.position(portfolio, fund)
        browser.trade(position, "buy", f"2024-01-0{number + 1}", "10", "10.25")
        browser.trade(position, "sell", "2024-03-05", "2.5", "11.10")
        browser.price(fund, "2024-05-01", "12.3456")
    return browser, portfolio


@given(st.dates(date(2000, 1, 1), date(2020, 1, 1)), st.integers(0, 5000), st.integers(2, 600))
def test_days_are_spread_evenly_and_the_last_is_among_them(first: date, length: int, points: int) -> None:
    last = first + timedelta(length)
    days = spread(Span(first, last), points)
    assert days[-1] == last
    assert days[0] >= first
    assert len(days) <= points
    assert len({after - before for before, after in pairwise(days)}) <= 1
    # Twice as far apart would not be needed.
    assert len(days) == length + 1 or len(days) > points // 2
    assert spread(Span(first, last), None) == list(Span(first, last).days())


@both
def test_a_history_of_some_days_has_the_figures_of_those_days(long: tuple[Browser, str]) -> None:
    browser, portfolio = long
    for path, name in (
        ("/portfolio-history", "portfolios"),
        (f"/portfolios/{portfolio}/fund-history", "funds"),
    ):
        whole = browser.get(f"{path}?startDate=2024-01-01")
        some = browser.get(f"{path}?startDate=2024-01-01&points=12")
        assert len(whole["dates"]) == 179
        assert 6 < len(some["dates"]) <= 12
        assert some["dates"][-1] == whole["dates"][-1]
        places = [whole["dates"].index(on) for on in some["dates"]]
        for one, other in zip(whole[name], some[name], strict=True):
            for figure, values in other.items():
                if isinstance(values, list):
                    assert values == [one[figure][place] for place in places], figure
                else:
                    assert values == one[figure], figure
        if name == "portfolios":
            assert some["total"]["value"] == [whole["total"]["value"][place] for place in places]


def test_a_history_that_has_room_for_all_days_has_them(long: tuple[Browser, str]) -> None:
    browser, _ = long
    whole = browser.get("/portfolio-history?startDate=2024-01-01")
    assert browser.get("/portfolio-history?startDate=2024-01-01&points=179") == whole
    assert len(browser.get("/portfolio-history?startDate=2024-01-01&points=178")["dates"]) == 90
    assert len(browser.get("/portfolio-history?startDate=2024-01-01&points=2")["dates"]) == 2
    for wrong in ("1", "0", "-5", "many", "10001"):
        browser.call("GET", f"/portfolio-history?points={wrong}", status=422)


@both
def test_the_sum_of_all_portfolios_can_be_had_alone(long: tuple[Browser, str]) -> None:
    browser, _ = long
    position = browser.position(browser.portfolio("Dollars", currency="USD"), browser.fund(3, currency="USD"))
    browser.trade(position, "buy", "2024-02-02", "7", "3.33")
    browser.trade(browser.position(browser.portfolio("Late"), browser.fund(4)), "buy", "2024-06-01", "1", "5")
    for span in ("startDate=2024-01-01", "startDate=2024-01-01&points=20", "endDate=2020-01-01"):
        whole = browser.get(f"/portfolio-history?{span}")
        alone = browser.get(f"/portfolio-history?{span}&totalOnly=true")
        assert alone == whole | {"portfolios": []}
    # A rate that is missing for a portfolio's days is said, and only that portfolio is left out.
    browser.call("DELETE", "/exchange-rates?fromCurrency=USD&toCurrency=EUR&date=2024-01-01", status=204)
    whole = browser.get("/portfolio-history?startDate=2024-01-01")
    alone = browser.get("/portfolio-history?startDate=2024-01-01&totalOnly=true")
    assert alone == whole | {"portfolios": []}
    assert (alone["missingRates"], alone["total"]["missing"]) == (["USD/EUR"], 1)


def test_days_that_nothing_happened_in_are_an_empty_history(long: tuple[Browser, str]) -> None:
    browser, portfolio = long
    before = "startDate=2019-01-01&endDate=2019-02-01&points=10"
    assert browser.get(f"/portfolio-history?{before}")["dates"] == []
    assert browser.get(f"/portfolios/{portfolio}/fund-history?{before}") == {"dates": [], "funds": []}


@both
def test_histories_are_read_in_a_fixed_number_of_queries(
    long: tuple[Browser, str], counted: Callable[[], list[str]]
) -> None:
    browser, portfolio = long
    counts = []
    for more in (0, 8):
        for number in range(more):
            position = browser.position(browser.portfolio(f"More {number}"), browser.fund(10 + number))
            browser.trade(position, "buy", "2024-02-01", "1", "1")
            browser.trade(
                browser.position(portfolio, browser.fund(30 + number)), "buy", "2024-02-01", "1", "1"
            )
        paths = ("/portfolio-history?points=20", f"/portfolios/{portfolio}/fund-history?points=20")
        for path in paths:
            browser.get(path)
        counted()
        counts.append([len(counted()) for path in paths if browser.get(path)])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 8


def test_long_answers_are_compressed_for_whoever_takes_that(long: tuple[Browser, str]) -> None:
    browser, _ = long
    path = "/portfolio-history?startDate=2024-01-01"
    plain = browser.send("GET", path)
    packed = browser.send("GET", path, Accept_Encoding="br, gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.get_json()
    assert len(packed.data) < len(plain.data) / 3
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    for answer in (plain, packed):
        assert answer.vary.as_set() >= {"accept-encoding"}
    assert packed.headers["ETag"] == plain.headers["ETag"]
    again = browser.send("GET", path, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    for refused in ("identity", "gzip;q=0", "br"):
        assert "Content-Encoding" not in browser.send("GET", path, Accept_Encoding=refused).headers


def test_short_answers_and_those_that_edits_start_from_are_not_compressed(browser: Browser) -> None:
    portfolio = browser.portfolio(description="d" * 400)
    for path in ("/portfolios", f"/portfolios/{portfolio}"):
        answer = browser.send("GET", path, Accept_Encoding="gzip")
        assert "Content-Encoding" not in answer.headers
