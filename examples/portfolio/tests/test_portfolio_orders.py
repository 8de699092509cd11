"""The order in which entries are typed in does not matter, down to the last row of the database."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from owner_browser import Browser, trade
from portfolio.models import db
from sqlalchemy import text

FIRST = date(2024, 5, 1)
Entry = tuple[str, dict[str, Any]]


def _day(number: int) -> str:
    return (FIRST + timedelta(number)).isoformat()


def _entries(chance: random.Random) -> list[Entry]:
    """Entries that can be, by their paths: what is sold and what pays dividends is always held. Several of a
    day, equal ones too.
    """
    found: list[Entry] = [("/transactions", trade("", "buy", _day(0), "60.5", "9.99"))]
    for _ in range(7):
        on = _day(chance.randint(1, 30))
        shares, price = f"{chance.randint(1, 300) / 10}", f"{chance.randint(800, 1200) / 100}"
        found.append(("/transactions", trade("", "buy", on, shares, price)))
    found.append(found[-1])
    for _ in range(4):
        on = _day(chance.randint(2, 30))
        found.append(("/transactions", trade("", "sell", on, f"{chance.randint(1, 9)}.125", "11.11")))
    for _ in range(3):
        fee = {
            "type": "fee",
            "date": _day(chance.randint(1, 30)),
            "amount": f"{chance.randint(1, 900) / 100}",
        }
        found.append(("/transactions", fee))
    for number in range(3):
        on = _day(chance.randint(1, 28))
        paid = {"recordDate": on, "exDividendDate": on, "dividendPerShare": "0.123456"}
        if number:
            bought = {"reinvestmentShares": f"0.{number}5", "reinvestmentPrice": "10.01", "buyOrderDate": on}
            paid |= bought
        found.append(("/dividends", paid))
    return found


def _entered(browser: Browser, position: str, entries: Sequence[Entry]) -> None:
    """All of them, however often the others have to come first."""
    left = list(entries)
    while left:
        refused = []
        for path, body in left:
            answer = browser.send("POST", path, {**body, "portfolioFundId": position})
            if answer.status_code == 422:
                refused.append((path, body))
            else:
                assert answer.status_code == 201, answer.text
        assert len(refused) < len(left)
        left = refused


def _following(position: str) -> list[Any]:
    queries = (
        "SELECT * FROM position_day WHERE position_id = :id ORDER BY date",
        """SELECT date, basis, gain.proceeds, realised FROM gain JOIN trade ON trade.id = trade_id
        WHERE position_id = :id ORDER BY 1, 2, 3, 4""",
        """SELECT record_on, owned, total FROM payout JOIN dividend ON dividend.id = dividend_id
        WHERE position_id = :id ORDER BY 1, 2, 3""",
    )
    rows = [[*map(tuple, db.session.execute(text(query), {"id": position}))] for query in queries]
    return [[row[1:] for row in rows[0]], rows[1:]]


def _shuffled(entries: Sequence[Entry], chance: random.Random) -> list[Entry]:
    return chance.sample(entries, len(entries))


@pytest.mark.parametrize(
    ("database", "method"), [("sqlite", "average"), ("postgresql", "fifo")], indirect=["database"]
)
def test_entries_typed_in_any_order_leave_the_same_days_and_gains(browser: Browser, method: str) -> None:
    chance = random.Random(method)
    fund = browser.fund(currency="USD", dividendType="stock")
    entries = _entries(chance)
    orders: list[Callable[[], list[Entry]]] = [
        lambda: sorted(entries, key=lambda entry: str(entry[1].get("date") or entry[1]["recordDate"])),
        lambda: _shuffled(entries, chance),
    ]
    found = []
    for number, order in enumerate(orders):
        position = browser.position(browser.portfolio(f"P{number}", method=method), fund)
        _entered(browser, position, order())
        if not number:  # the other has splits and prices before its entries, this one after
            for day, ratio in ((10, (3, 2)), (20, (1, 2))):
                split = {"date": _day(day), "new": ratio[0], "old": ratio[1]}
                browser.post(f"/funds/{fund}/splits", split)
            browser.price(fund, _day(5), "10.5")
            rate = {"fromCurrency": "EUR", "toCurrency": "USD", "date": _day(0), "rate": "1.0831"}
            browser.call("PUT", "/exchange-rates", rate)
        with browser.app.app_context():
            found.append(_following(position))
    assert found[0] == found[1]
    assert len(found[0][0]) == 59
    assert found[0][1][0]
