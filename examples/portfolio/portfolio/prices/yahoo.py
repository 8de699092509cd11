"""Yahoo Finance, through yfinance, which is loaded when it is first asked for: it brings pandas.

Yahoo's closing prices are adjusted for every later split; they are turned back into what was quoted on the
day, as a position's shares of that day are. London's pence are turned into pounds.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ..domain.history import Price, Span
from ..domain.money import EXACT, MOST_PRICE, six
from .feed import Away, Facts, Unknown, within

#: Seconds that Yahoo may take for one answer.
_PATIENCE = 10
#: Days before a span that are asked for too: a symbol without any price in so long is gone, one without a
#: price on a holiday is not.
_BEFORE = timedelta(10)
#: Currencies of Yahoo's that are a hundredth of another one.
_HUNDREDTHS = {"GBp": "GBP", "GBX": "GBP", "ILA": "ILS", "ZAc": "ZAR"}


class YahooFeed:
    """Asks Yahoo for one symbol at a time.

    :param ticker: makes yfinance's ``Ticker`` of a symbol
    """

    name = "yahoo"

    def __init__(self, ticker: Callable[[str], Any] | None = None) -> None:
        self._ticker = ticker or _loaded()

    def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
        ticker = None
        try:
            ticker = self._ticker(symbol)
            # Splits after the span adjust its prices too, so all up to now are asked for.
            frame = ticker.history(
                start=(span.since - _BEFORE).isoformat(),
                end=None,
                auto_adjust=False,
                actions=True,
                timeout=_PATIENCE,
            )
            closes = [(_day(moment), close) for moment, close in frame["Close"].items()]
            splits = [(_day(moment), ratio) for moment, ratio in frame["Stock Splits"].items() if ratio]
        except Exception as error:
            raise _reading(symbol, error, bool(_currency(ticker))) from error
        if not closes:
            raise Unknown(f"Yahoo has no prices for {symbol}: it is unknown there, renamed, or delisted.")
        unit = _unit(symbol, _currency(ticker), currency)
        prices = [_unadjusted(on, close, splits, unit) for on, close in closes if _is_price(close)]
        return within([price for price in prices if price.price], span.since, span.until)

    def look_up(self, symbol: str) -> Facts:
        try:
            found = dict(self._ticker(symbol).info or {})
        except Exception as error:
            raise _reading(symbol, error) from error
        name = found.get("longName") or found.get("shortName")
        if not name:
            raise Unknown(f"Yahoo does not know {symbol}.")
        currency = str(found.get("currency") or "")
        return Facts(
            symbol,
            str(name)[:200],
            str(found.get("fullExchangeName") or found.get("exchange") or "")[:50],
            _HUNDREDTHS.get(currency, currency)[:3],
            _isin(found.get("isin")),
        )


def _loaded() -> Callable[[str], Any]:
    try:
        import yfinance
    except ImportError:
        raise Away(
            "yfinance is not installed: pip install '.[yahoo]'; in the cloud, see `lock` in pyproject.toml."
        ) from None
    # Else it logs what went wrong and answers as if there were no prices.
    yfinance.config.debug.hide_exceptions = False
    return yfinance.Ticker  # type: ignore[no-any-return]


def _currency(ticker: Any) -> str:
    """What Yahoo's last answer about prices says they are quoted in."""
    try:
        return str((ticker.history_metadata or {}).get("currency") or "")
    except Exception:
        return ""


def _reading(symbol: str, error: Exception, answered: bool = True) -> Away | Unknown:
    """What an error of yfinance's means; ``answered`` if Yahoo did say something of the symbol."""
    name = type(error).__name__
    status = getattr(getattr(error, "response", None), "status_code", 0)
    unexplained = getattr(error, "yahoo_reason", "") is None and not answered
    if ("Missing" in name and not unexplained) or status == 404:
        return Unknown(f"Yahoo has no prices for {symbol}: it is unknown there, renamed, or delisted.")
    if "RateLimit" in name or status == 429:
        return Away("Yahoo wants fewer questions for a while.")
    # What is no JSON is an OSError too, with requests.
    out_of_reach = isinstance(error, OSError) and not isinstance(error, ValueError)
    if out_of_reach or "DOWN" in str(error):
        return Away("Yahoo cannot be reached at the moment.")
    return Away(f"Yahoo's answer for {symbol} is not what it used to be ({name}).")


def _day(moment: Any) -> date:
    found = moment.date()
    if not isinstance(found, date):
        raise TypeError("no day")
    return found


def _is_price(close: Any) -> bool:
    return isinstance(close, (int, float)) and math.isfinite(close) and 0 < close < MOST_PRICE


def _decimal(close: float) -> Decimal:
    """Yahoo's prices are 32-bit floats, sent as 64-bit ones: 121.79 comes as 121.79000091552734."""
    for digits in range(6, 10):
        short = f"{close:.{digits}g}"
        if _as_32_bits(float(short)) == close:
            return Decimal(short)
    return Decimal(repr(float(close)))


def _as_32_bits(number: float) -> float:
    found: float = struct.unpack("f", struct.pack("f", number))[0]
    return found


def _unit(symbol: str, quoted_in: str, currency: str) -> Decimal:
    if quoted_in in _HUNDREDTHS and _HUNDREDTHS[quoted_in] == currency:
        return Decimal("0.01")
    if quoted_in and quoted_in != currency:
        raise Away(f"Yahoo quotes {symbol} in {quoted_in}; it is entered here in {currency}.")
    return Decimal(1)


def _unadjusted(on: date, close: float, splits: list[tuple[date, float]], unit: Decimal) -> Price:
    price = _decimal(close)
    for day, ratio in splits:
        if day > on:
            price = EXACT.multiply(price, Decimal(repr(float(ratio))))
    return Price(on, six(EXACT.multiply(price, unit)))


def _isin(value: object) -> str:
    return value if isinstance(value, str) and len(value) == 12 else ""
