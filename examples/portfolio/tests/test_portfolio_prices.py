"""Prices from feeds: fetched, kept once, flat over gaps, and what fails said at its fund."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from owner_browser import Browser, isin
from portfolio.domain.history import Price, Span
from portfolio.prices.feed import Away, Facts, Feed, Unknown
from portfolio.prices.fixed import FixedFeed
from portfolio.prices.folder import FolderFeed
from portfolio.prices.updating import last_close
from portfolio.prices.yahoo import YahooFeed

D = Decimal
#: In the database, and in a table of DynamoDB's.
both_stores = pytest.mark.parametrize(
    "price_table", ["database", pytest.param("dynamodb", marks=pytest.mark.slow)], indirect=True
)


class Moody:
    """Knows prices of ten for every weekday; what a symbol is called decides how it fails."""

    name = "moody"

    def __init__(self) -> None:
        self.asked: list[tuple[str, Span]] = []

    def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
        self.asked.append((symbol, span))
        if symbol.startswith("GONE"):
            raise Unknown(f"{symbol} is unknown, renamed, or delisted.")
        if symbol.startswith("DOWN"):
            raise Away("The feed cannot be reached at the moment.")
        return [Price(day, D(10)) for day in span.days() if day.weekday() < 5]

    def look_up(self, symbol: str) -> Facts:
        self.asked.append((symbol, Span(date.min, date.min)))
        if symbol.startswith("GONE"):
            raise Unknown(f"{symbol} is unknown.")
        if symbol.startswith("DOWN"):
            raise Away("The feed cannot be reached at the moment.")
        return Facts(symbol, "A fund", "AMS", "EUR")


@pytest.fixture
def feed(app: Flask) -> Moody:
    made = Moody()
    app.extensions["feeds"] = lambda name: made
    return made


@both_stores
def test_today_is_the_last_close_and_history_all_since_the_first_trade(browser: Browser, feed: Moody) -> None:
    fund = browser.fund(symbol="GOOD")
    position = browser.position(browser.portfolio(), fund)
    browser.trade(position, "buy", "2024-06-03", "2", "9")
    found = browser.call("POST", f"/funds/{fund}/prices/update")
    assert (found["newPrices"], found["fund"]["latestPriceDate"]) == (5, "2024-06-27")
    found = browser.call("POST", f"/funds/{fund}/prices/update?type=historical")
    assert found["newPrices"] == 14
    assert feed.asked[-1][1] == Span(date(2024, 6, 3), date(2024, 6, 27))
    assert browser.call("POST", f"/funds/{fund}/prices/update?type=historical")["newPrices"] == 0
    assert len(feed.asked) == 2
    [holding] = browser.get("/portfolio-funds")
    assert holding["currentValue"] == "20"


@both_stores
def test_funds_that_fail_stop_no_other_and_say_why(browser: Browser, feed: Moody) -> None:
    names = {"A": "GOOD1", "B": "GONE", "C": "DOWN", "D": "GOOD2"}
    ids = {
        symbol: browser.fund(n, name=name, symbol=symbol) for n, (name, symbol) in enumerate(names.items())
    }
    browser.fund(9, name="Without a symbol")
    done = browser.call("POST", "/funds/update-all-prices")
    assert [one["name"] for one in done["updatedFunds"]] == ["A", "D"]
    assert {one["name"]: one["error"] for one in done["errors"]} == {
        "B": "GONE is unknown, renamed, or delisted.",
        "C": "The feed cannot be reached at the moment.",
    }
    assert (done["totalUpdated"], done["totalErrors"], done["newPrices"]) == (2, 2, 10)
    assert browser.get(f"/funds/{ids['GONE']}")["priceError"].startswith("GONE is unknown")
    assert browser.call("POST", f"/funds/{ids['GONE']}/prices/update", status=404)["code"] == "no-prices"
    assert browser.call("POST", f"/funds/{ids['DOWN']}/prices/update", status=502)
    nothing = browser.fund(10, name="Nothing")
    assert browser.call("POST", f"/funds/{nothing}/prices/update", status=422)["code"] == "no-symbol"
    browser.edit(
        f"/funds/{ids['GONE']}", {"name": "B", "isin": "US0378331005", "currency": "EUR", "symbol": "G"}
    )
    assert browser.get(f"/funds/{ids['GONE']}")["priceError"] is None


def test_a_feed_that_is_away_is_not_asked_for_every_fund(browser: Browser, feed: Moody) -> None:
    for number in range(6):
        browser.fund(number, symbol=f"DOWN{number}")
    done = browser.call("POST", "/funds/update-all-prices")
    assert done["totalErrors"] == 6
    assert len(feed.asked) == 3


def test_a_price_too_large_for_a_book_stops_no_other_fund(browser: Browser, app: Flask) -> None:
    class Rich(Moody):
        def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
            found = super().closes(symbol, currency, span)
            return [price._replace(price=D(999_999_999)) if symbol == "RICH" else price for price in found]

    app.extensions["feeds"] = lambda name: Rich()
    rich, good = browser.fund(1, symbol="RICH"), browser.fund(2, symbol="GOOD")
    browser.trade(browser.position(browser.portfolio(), rich), "buy", "2024-06-03", "99999999", "1")
    done = browser.call("POST", "/funds/update-all-prices")
    assert [one["fundId"] for one in done["updatedFunds"]] == [good]
    assert "larger than any book holds" in done["errors"][0]["error"]
    assert browser.get(f"/funds/{rich}/prices")["items"] == []


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_while_a_feed_thinks_others_read_write_and_delete(browser: Browser, app: Flask) -> None:
    other = Browser.of_owner(app)
    ids: dict[str, str] = {}

    class Slow(Moody):
        def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
            thread = Thread(target=self.meanwhile, args=(symbol,))
            thread.start()
            thread.join(4)  # less than SQLite waits for a lock
            assert not thread.is_alive()
            return super().closes(symbol, currency, span)

        def meanwhile(self, symbol: str) -> None:
            other.portfolio(f"Made while {symbol} was fetched")
            if symbol == "LEAVES":
                other.call("DELETE", f"/funds/{ids[symbol]}", status=204)

    app.extensions["feeds"] = lambda name: Slow()
    for number, symbol in enumerate(("AAA", "LEAVES", "ZZZ")):
        ids[symbol] = browser.fund(number, name=symbol, symbol=symbol)
    done = browser.call("POST", "/funds/update-all-prices")
    assert [one["name"] for one in done["updatedFunds"]] == ["AAA", "ZZZ"]
    assert done["errors"] == []
    assert len(browser.get("/portfolios")) == 3


def test_what_a_feed_says_of_a_fund_is_no_edit_of_it(browser: Browser, feed: Moody) -> None:
    fund = browser.fund(symbol="GONE")
    seen = browser.send("GET", f"/funds/{fund}").headers["ETag"]
    browser.call("POST", "/funds/update-all-prices")
    assert browser.get(f"/funds/{fund}")["priceError"] == "GONE is unknown, renamed, or delisted."
    body = {"name": "Renamed", "isin": isin(1), "currency": "EUR", "symbol": "NEW"}
    assert browser.edit(f"/funds/{fund}", body, If_Match=seen)["priceError"] is None


def test_a_symbol_is_asked_for_once_a_week(browser: Browser, feed: Moody, clock: list[datetime]) -> None:
    assert browser.get("/symbols/good")["currency"] == "EUR"
    browser.get("/symbols/GOOD")
    browser.call("GET", "/symbols/GONE", status=404)
    browser.call("GET", "/symbols/GONE", status=404)
    assert len(feed.asked) == 2
    browser.get("/symbols/GOOD?forceRefresh=true")
    clock[0] += timedelta(days=6)
    browser.get("/symbols/GOOD")
    assert len(feed.asked) == 3
    clock[0] += timedelta(days=1, minutes=1)
    browser.get("/symbols/GOOD")
    assert len(feed.asked) == 4
    browser.call("GET", "/symbols/DOWN", status=502)
    browser.call("GET", "/symbols/a%20b", status=404)


@both_stores
def test_the_command_updates_all_and_fails_when_nothing_could_be(
    app: Flask, feed: Moody, browser: Browser
) -> None:
    browser.fund(1, symbol="GOOD")
    browser.fund(2, symbol="GONE")
    done = app.test_cli_runner().invoke(args=["prices", "update"])
    assert done.exit_code == 0
    assert "1 of 2 funds are up to date until 2024-06-27; 5 new prices." in done.output
    [line] = browser.get("/logs?category=fund&level=warning")["items"]
    assert line["message"].startswith("No prices for Fund 2")
    good = next(fund["id"] for fund in browser.get("/funds") if fund["symbol"] == "GOOD")
    browser.call("DELETE", f"/funds/{good}", status=204)
    assert app.test_cli_runner().invoke(args=["prices", "update"]).exit_code == 1


@pytest.mark.parametrize(
    ("utc", "zone", "day"),
    [
        ("2024-06-28T20:59:00", "Europe/Amsterdam", "2024-06-27"),
        ("2024-06-28T21:00:00", "Europe/Amsterdam", "2024-06-28"),
        ("2024-06-28T12:00:00", "Pacific/Auckland", "2024-06-28"),
        ("2024-03-31T00:59:00", "Europe/Amsterdam", "2024-03-30"),  # the night that summer time begins
        ("2024-10-26T22:30:00", "Europe/Amsterdam", "2024-10-26"),  # and the one that it ends
        ("2024-02-29T23:30:00", "UTC", "2024-02-29"),
    ],
)
def test_the_last_close_is_a_day_of_the_chosen_time_zone(utc: str, zone: str, day: str) -> None:
    now = datetime.fromisoformat(utc).replace(tzinfo=timezone.utc)
    assert last_close(now, zone) == date.fromisoformat(day)


class Ticker:
    """As much of yfinance's as is asked for; ``history`` is dictionaries by moment."""

    def __init__(
        self, closes: dict[str, float], splits: Sequence[tuple[str, float]] = (), **more: Any
    ) -> None:
        moments = {datetime.fromisoformat(day): value for day, value in closes.items()}
        ratios = dict.fromkeys(moments, 0.0) | {datetime.fromisoformat(day): ratio for day, ratio in splits}
        self._frame = {"Close": moments, "Stock Splits": ratios}
        self.history_metadata = {"currency": more.get("currency", "USD")}
        self.info = more.get("info", {})
        self.fails: Exception | None = more.get("fails")

    def history(self, **_: Any) -> Any:
        if self.fails:
            raise self.fails
        return self._frame


def yahoo(ticker: Ticker) -> YahooFeed:
    return YahooFeed(lambda symbol: ticker)


SPAN = Span(date(2024, 6, 1), date(2024, 6, 12))


def test_yahoos_prices_are_turned_back_into_those_of_their_day() -> None:
    ticker = Ticker(
        {"2024-06-06": 120.998, "2024-06-07": 120.888, "2024-06-10": 121.79, "2024-06-13": 1.0},
        [("2024-06-10", 10.0)],
    )
    found = yahoo(ticker).closes("NVDA", "USD", SPAN)
    assert found == [
        Price(date(2024, 6, 6), D("1209.98")),
        Price(date(2024, 6, 7), D("1208.88")),
        Price(date(2024, 6, 10), D("121.79")),
    ]


def test_yahoos_gaps_and_pence_and_other_currencies() -> None:
    london = Ticker({"2024-06-06": 250.5, "2024-06-07": float("nan"), "2024-06-10": 0.0}, currency="GBp")
    assert yahoo(london).closes("X.L", "GBP", SPAN) == [Price(date(2024, 6, 6), D("2.505"))]
    with pytest.raises(Away, match="quotes X in USD; it is entered here in EUR"):
        yahoo(Ticker({"2024-06-06": 1.0})).closes("X", "EUR", SPAN)


class YFRateLimitError(Exception):
    """As yfinance calls it."""


class YFPricesMissingError(Exception):
    """As yfinance calls it."""


@pytest.mark.parametrize(
    ("ticker", "error", "words"),
    [
        (Ticker({}), Unknown, "unknown there, renamed, or delisted"),
        (Ticker({}, fails=YFPricesMissingError()), Unknown, "unknown there"),
        (Ticker({}, fails=YFRateLimitError()), Away, "fewer questions"),
        (Ticker({}, fails=TimeoutError()), Away, "cannot be reached"),
        (Ticker({}, fails=ConnectionError()), Away, "cannot be reached"),
        (Ticker({}, fails=KeyError("Close")), Away, "not what it used to be"),
        (Ticker({}, fails=ValueError("<html>")), Away, "not what it used to be"),
    ],
)
def test_what_yahoo_answers_instead_is_said_in_plain_words(
    ticker: Ticker, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        yahoo(ticker).closes("X", "USD", SPAN)


def test_yahoos_facts_of_a_symbol() -> None:
    info = {"longName": "Vanguard", "fullExchangeName": "Amsterdam", "currency": "EUR", "isin": "-"}
    assert yahoo(Ticker({}, info=info)).look_up("VWRL.AS") == Facts("VWRL.AS", "Vanguard", "Amsterdam", "EUR")
    with pytest.raises(Unknown):
        yahoo(Ticker({}, info={"trailingPegRatio": None})).look_up("NOPE")


def test_a_folder_of_files_is_a_feed(tmp_path: Path) -> None:
    (tmp_path / "A.AS.csv").write_text("date,price\n2024-06-03,10\n2024-06-04,11.5\n2024-07-04,12\n")
    (tmp_path / "BAD.csv").write_text("date,price\n2024-06-03,ten\n")
    feed: Feed = FolderFeed(tmp_path)
    assert feed.closes("A.AS", "EUR", Span(date(2024, 6, 4), date(2024, 6, 9))) == [
        Price(date(2024, 6, 4), D("11.5"))
    ]
    with pytest.raises(Away, match=r"BAD.csv, line 2: 'ten' is not a number"):
        feed.closes("BAD", "EUR", SPAN)
    for symbol in ("NOPE", "../A.AS", "A/B"):
        with pytest.raises(Unknown):
            feed.closes(symbol, "EUR", SPAN)


def test_the_fixed_feed_says_the_same_everywhere(tmp_path: Path) -> None:
    found = FixedFeed().closes("WORLD", "EUR", Span(date(2024, 6, 7), date(2024, 6, 10)))
    assert [price.on.day for price in found] == [7, 10]
    assert found == FixedFeed().closes("WORLD", "EUR", Span(date(2024, 6, 7), date(2024, 6, 10)))


def test_yfinance_is_loaded_by_nothing_but_a_question_to_yahoo(app: Flask) -> None:
    import subprocess
    import sys

    code = "import sys, wsgi; print(*sorted({'yfinance', 'pandas', 'numpy', 'alembic'} & set(sys.modules)))"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == []
