"""Yahoo's prices through yfinance itself, with a server here that answers as Yahoo does. Skipped without
yfinance, which is an extra: pip install '.[yahoo]'.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from portfolio.domain.history import Price, Span
from portfolio.prices.feed import Away, Facts, Unknown
from portfolio.prices.yahoo import YahooFeed

yfinance = pytest.importorskip("yfinance", reason="yfinance is not installed")
Session: Any = pytest.importorskip("curl_cffi.requests").Session
#: What it and pandas have to say to each other is not ours.
pytestmark = pytest.mark.filterwarnings("ignore")
D = Decimal
NOT_FOUND = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
UNKNOWN = (404, json.dumps({"chart": {"result": None, "error": NOT_FOUND}}))
MONDAY = date(2024, 6, 10)


class Yahoo(ThreadingHTTPServer):
    """Answers each symbol as its part of ``charts`` says: a document, or a status and text."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.charts: dict[str, Any] = {}
        self.slow = 0.0
        self.asked: list[dict[str, list[str]]] = []

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str]:
        if path.endswith("/getcrumb"):
            return 200, "crumb"
        symbol = path.rpartition("/")[2]
        if "/chart/" in path:
            self.asked.append(query)
            time.sleep(self.slow)
            found = self.charts.get(symbol, UNKNOWN)
            return found if isinstance(found, tuple) else (200, json.dumps(found))
        if "/quoteSummary/" in path and symbol in self.charts:
            kind = {"quoteType": {"symbol": symbol, "longName": "Vanguard FTSE", "exchange": "AMS"}}
            detail = {"summaryDetail": {"currency": "EUR"}, "price": {"currency": "EUR"}}
            return 200, json.dumps({"quoteSummary": {"result": [kind | detail], "error": None}})
        if "/timeseries/" in path:
            return 200, json.dumps({"timeseries": {"result": [{"meta": {}}], "error": None}})
        if "/v7/finance/quote" in path:
            return 200, json.dumps({"quoteResponse": {"result": [], "error": None}})
        error = {"code": "Not Found", "description": f"Quote not found for symbol: {symbol}"}
        return 404, json.dumps({"quoteSummary": {"result": None, "error": error}})


class Handler(BaseHTTPRequestHandler):
    server: Yahoo

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        status, text = self.server.answer(parts.path, parse_qs(parts.query))
        self.send_response(status)
        self.end_headers()
        with suppress(ConnectionError):  # who was too slow is not waited for
            self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


def chart(days: Sequence[tuple[date, float | None]], zone: str = "America/New_York", **more: Any) -> Any:
    """Yahoo's document: a bar begins when its exchange opens, 9:30 there."""
    opens = [datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZoneInfo(zone)) for day, _ in days]
    closes = [close for _, close in days]
    offset = datetime(2024, 6, 10, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    meta = {
        "currency": more.get("currency", "USD"),
        "symbol": "X",
        "exchangeName": "NMS",
        "instrumentType": "EQUITY",
        "exchangeTimezoneName": zone,
        "timezone": "X",
        "gmtoffset": int(offset.total_seconds()),
        "priceHint": 2,
        "validRanges": ["1d", "max"],
        "dataGranularity": "1d",
        "range": "",
    }
    quote = dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": [1] * len(closes)}
    splits = {
        str(int(on.timestamp())): {"date": int(on.timestamp()), "numerator": new, "denominator": old}
        for on, new, old in more.get("splits", ())
    }
    found: dict[str, Any] = {"meta": meta, "indicators": {"quote": [{}], "adjclose": [{}]}}
    if days:
        found["timestamp"] = [int(moment.timestamp()) for moment in opens]
        found["indicators"] = {"quote": [quote], "adjclose": [{"adjclose": closes}]}
        found["events"] = {"splits": splits} if splits else {}
    return {"chart": {"result": [found], "error": None}}


@pytest.fixture
def yahoo(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yahoo]:
    server = Yahoo()
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yfinance.set_tz_cache_location(str(tmp_path))
    yfinance.data.YfData._instances.clear()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def feed_at(port: int) -> YahooFeed:
    """A feed whose yfinance asks this machine instead of Yahoo."""

    class Here(Session):  # type: ignore[misc]
        def request(self, method: str, url: str, **options: Any) -> Any:
            path = url.partition("://")[2].partition("/")[2]
            options["timeout"] = min(options.get("timeout") or 30, 1)
            return super().request(method, f"http://127.0.0.1:{port}/{path}", **options)

    feed = YahooFeed()
    made, session = feed._ticker, Here()
    feed._ticker = lambda symbol: made(symbol, session=session)  # type: ignore[call-arg]
    return feed


def days(*closes: float | None, since: date = MONDAY) -> list[tuple[date, float | None]]:
    return [(since + timedelta(number), close) for number, close in enumerate(closes)]


SPAN = Span(MONDAY, MONDAY + timedelta(4))


def test_prices_are_those_of_the_exchanges_days_without_the_noise_of_floats(yahoo: Yahoo) -> None:
    yahoo.charts["NVDA"] = chart(days(121.79000091552734, None, 125.19999694824219, float("nan")))
    found = feed_at(yahoo.server_port).closes("NVDA", "USD", SPAN)
    assert found == [Price(MONDAY, D("121.79")), Price(MONDAY + timedelta(2), D("125.2"))]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Asia/Tokyo", "Europe/Amsterdam", "America/New_York"])
def test_a_day_is_the_exchanges_wherever_that_is(yahoo: Yahoo, zone: str) -> None:
    yahoo.charts["X"] = chart(days(10.5, 11.5), zone)
    found = feed_at(yahoo.server_port).closes("X", "USD", SPAN)
    assert [price.on for price in found] == [MONDAY, MONDAY + timedelta(1)]


def test_closes_adjusted_for_splits_are_turned_back(yahoo: Yahoo) -> None:
    opened = datetime(2024, 6, 12, 13, 30, tzinfo=timezone.utc)
    yahoo.charts["X"] = chart(days(120.99800109863281, 121.0, 122.5), splits=[(opened, 10, 1)])
    found = feed_at(yahoo.server_port).closes("X", "USD", SPAN)
    assert [price.price for price in found] == [D("1209.98"), D(1210), D("122.5")]


def test_a_holiday_is_no_end_of_a_symbol(yahoo: Yahoo) -> None:
    yahoo.charts["X"] = chart(days(9.5, 9.75, since=MONDAY - timedelta(5)))
    assert feed_at(yahoo.server_port).closes("X", "USD", Span(MONDAY, MONDAY)) == []
    since = datetime.fromtimestamp(int(yahoo.asked[-1]["period1"][0]), timezone.utc).date()
    assert since < MONDAY - timedelta(7)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (None, Unknown, "unknown there, renamed, or delisted"),
        (chart([]), Unknown, "unknown there, renamed, or delisted"),
        ((429, "Too Many Requests"), Away, "fewer questions"),
        ((503, "<html>Will be right back</html>"), Away, "Yahoo"),
        ((200, "<html><h1>Sign in</h1></html>"), Away, "not what it used to be"),
        ((200, '{"charts": []}'), Away, "not what it used to be"),
        ((200, '{"chart": {"result": [{"meta": {}}]}}'), Away, "not what it used to be"),
    ],
)
def test_what_comes_instead_of_prices_is_told_apart(
    yahoo: Yahoo, answer: Any, error: type[Exception], words: str
) -> None:
    if answer is not None:
        yahoo.charts["X"] = answer
    with pytest.raises(error, match=words):
        feed_at(yahoo.server_port).closes("X", "USD", SPAN)


def test_a_yahoo_that_is_slow_or_down_is_out_of_reach(yahoo: Yahoo) -> None:
    yahoo.charts["X"] = chart(days(10.0))
    yahoo.slow = 1.5
    with pytest.raises(Away, match="cannot be reached"):
        feed_at(yahoo.server_port).closes("X", "USD", SPAN)
    with pytest.raises(Away, match="cannot be reached"):
        feed_at(9).closes("Y", "USD", SPAN)


def test_a_symbol_is_looked_up(yahoo: Yahoo) -> None:
    yahoo.charts["VWRL.AS"] = chart(days(100.0), currency="EUR")
    feed = feed_at(yahoo.server_port)
    assert feed.look_up("VWRL.AS") == Facts("VWRL.AS", "Vanguard FTSE", "AMS", "EUR")
    with pytest.raises(Unknown):
        feed.look_up("NOPE")
