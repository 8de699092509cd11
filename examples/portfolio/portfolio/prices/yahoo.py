"""Yahoo Finance, through yfinance, which is loaded when it is first asked for: it brings pandas.

Yahoo's closing prices are adjusted for every later split; they are turned back into what was quoted on the
day, as a position's shares of that day are. London's pence are turned into pounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ..domain.history import Price, Span
from ..domain.money import EXACT, six
from .feed import Away, Facts, Unknown, within

#: Seconds that Yahoo may take for one answer.
_PATIENCE = 10
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
        ticker, until = self._ticker(symbol), span.until + timedelta(1)
        try:
            # Splits after the span adjust its prices too, so all up to now are asked for.
            frame = ticker.history(
                start=span.since.isoformat(), end=None, auto_adjust=False, actions=True, timeout=_PATIENCE
            )
            quoted_in = str((getattr(ticker, "history_metadata", None) or {}).get("currency") or "")
            closes = [(_day(moment), close) for moment, close in frame["Close"].items()]
            splits = [(_day(moment), ratio) for moment, ratio in frame["Stock Splits"].items() if ratio]
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            raise _reading(symbol, error) from None
        except Exception as error:
            raise _reading(symbol, error) from error
        if not closes:
            raise Unknown(f"Yahoo has no prices for {symbol}: it is unknown there, renamed, or delisted.")
        unit = _unit(symbol, quoted_in, currency)
        prices = [_unadjusted(on, close, splits, unit) for on, close in closes if _is_price(close)]
        return within([price for price in prices if price.price], span.since, until - timedelta(1))

    def look_up(self, symbol: str) -> Facts:
        ticker = self._ticker(symbol)
        try:
            found = dict(ticker.info or {})
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
        raise Away("yfinance is not installed: pip install 'portfolio[yahoo]'.") from None
    return yfinance.Ticker  # type: ignore[no-any-return]


def _reading(symbol: str, error: Exception) -> Away | Unknown:
    name = type(error).__name__
    if "Missing" in name or "Delisted" in name:
        return Unknown(f"Yahoo has no prices for {symbol}: it is unknown there, renamed, or delisted.")
    if "RateLimit" in name:
        return Away("Yahoo wants fewer questions for a while.")
    if "Timeout" in name or "Connection" in name or isinstance(error, OSError):
        return Away("Yahoo cannot be reached at the moment.")
    return Away(f"Yahoo's answer for {symbol} is not what it used to be ({name}).")


def _day(moment: Any) -> date:
    found = moment.date()
    if not isinstance(found, date):
        raise TypeError("no day")
    return found


def _is_price(close: Any) -> bool:
    return isinstance(close, (int, float)) and math.isfinite(close) and close > 0


def _unit(symbol: str, quoted_in: str, currency: str) -> Decimal:
    if quoted_in in _HUNDREDTHS and _HUNDREDTHS[quoted_in] == currency:
        return Decimal("0.01")
    if quoted_in and quoted_in != currency:
        raise Away(f"Yahoo quotes {symbol} in {quoted_in}; it is entered here in {currency}.")
    return Decimal(1)


def _unadjusted(on: date, close: float, splits: list[tuple[date, float]], unit: Decimal) -> Price:
    price = Decimal(repr(float(close)))
    for day, ratio in splits:
        if day > on:
            price = EXACT.multiply(price, Decimal(repr(float(ratio))))
    return Price(on, six(EXACT.multiply(price, unit)))


def _isin(value: object) -> str:
    return value if isinstance(value, str) and len(value) == 12 else ""
