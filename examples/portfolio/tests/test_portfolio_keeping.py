"""Kept-up history: always what making everything anew gives, and read in a fixed number of queries."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from owner_browser import Browser, isin, trade
from portfolio.api.operations import at_work
from portfolio.ledger.keeping import ALWAYS, keep, make_again
from portfolio.ledger.prices import TablePrices
from portfolio.models import Fund, Portfolio, Position, Trade, db
from sqlalchemy import text

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
FIRST = date(2024, 5, 20)
FOLLOWING = ("gain", "payout", "position_day", "portfolio_day")


def following() -> dict[str, list[Any]]:
    """All rows that follow from entries, and what positions know about them."""
    found = {
        name: sorted(map(tuple, db.session.execute(text(f"SELECT * FROM {name}")))) for name in FOLLOWING
    }
    query = text("SELECT id, kept_until, missing_rate FROM position")
    found["position"] = sorted(map(tuple, db.session.execute(query)))
    db.session.rollback()
    return found


@both
def test_changes_in_any_order_leave_what_making_everything_anew_gives(browser: Browser, clock: Any) -> None:
    for seed in range(3):
        _change_at_random(browser, random.Random(seed), clock)
        with browser.app.app_context():
            kept = following()
            work = at_work()
            make_again(work.session, work.prices, work.today)
            work.session.commit()
            assert following() == kept
            assert kept["position_day"]
            assert kept["portfolio_day"]


def _change_at_random(browser: Browser, chance: random.Random, clock: Any) -> None:
    number = len(browser.get("/funds"))
    funds = [
        browser.fund(number + place, currency=currency, dividendType=dividends)
        for place, (currency, dividends) in enumerate((("EUR", "cash"), ("USD", "stock")), 1)
    ]
    portfolio = browser.portfolio(f"P{number}", method=chance.choice(["average", "fifo"]))
    positions = [browser.position(portfolio, fund) for fund in funds]
    for _ in range(40):
        position, fund, on = chance.choice(positions), chance.choice(funds), _day(chance)
        match chance.randrange(9):
            case 0 | 1 | 2:
                kind = chance.choice(["buy", "buy", "sell"])
                body = trade(position, kind, on, str(chance.randint(1, 40)), str(chance.randint(5, 15)))
                browser.send("POST", "/transactions", body)
            case 3:
                _edit_one(browser, chance, portfolio, on)
            case 4:
                _delete_one(browser, chance, portfolio)
            case 5:
                browser.price(fund, on, f"{chance.randint(500, 1500) / 100}")
            case 6:
                rate = {"fromCurrency": "USD", "toCurrency": "EUR", "date": on}
                browser.call("PUT", "/exchange-rates", {**rate, "rate": f"0.{chance.randint(80, 99)}"})
            case 7:
                browser.send("POST", "/dividends", _dividend(position, on, chance))
            case 8:
                browser.send("POST", f"/funds/{fund}/splits", {"date": on, "new": 3, "old": 2})
    clock[0] += timedelta(days=2)
    browser.get("/portfolio-summary")


def _day(chance: random.Random) -> str:
    return (FIRST + timedelta(chance.randint(0, 38))).isoformat()


def _dividend(position: str, on: str, chance: random.Random) -> dict[str, str]:
    body = {"portfolioFundId": position, "recordDate": on, "exDividendDate": on, "dividendPerShare": "0.37"}
    if chance.random() > 0.5:
        body |= {"reinvestmentShares": "1.5", "reinvestmentPrice": "9"}
    return body


def _edit_one(browser: Browser, chance: random.Random, portfolio: str, on: str) -> None:
    trades = browser.get(f"/transactions?portfolioId={portfolio}")["items"]
    if not trades:
        return
    found = chance.choice(trades)
    body = trade(found["portfolioFundId"], found["type"], on, "7.5", found["costPerShare"])
    path = f"/transactions/{found['id']}"
    browser.send("PUT", path, body, If_Match=browser.send("GET", path).headers["ETag"])


def _delete_one(browser: Browser, chance: random.Random, portfolio: str) -> None:
    trades = browser.get(f"/transactions?portfolioId={portfolio}")["items"]
    if trades:
        browser.send("DELETE", f"/transactions/{chance.choice(trades)['id']}")


def test_a_refused_change_leaves_everything_as_it_was(browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-05-20", "10", "10")
    with browser.app.app_context():
        before = following()
    browser.call("POST", "/transactions", trade(position, "sell", "2024-05-21", "11", "10"), status=422)
    with browser.app.app_context():
        assert following() == before


def _sow(portfolios: int, funds: int, per_position: int, today: date) -> None:
    session = db.session()
    prices = TablePrices(session)
    made = [Fund(name=f"F{number}", isin=isin(number), currency="EUR") for number in range(funds)]
    kept = [Portfolio(name=f"P{number}") for number in range(portfolios)]
    session.add_all([*made, *kept])
    session.flush()
    positions = [
        Position(portfolio_id=kept[number % portfolios].id, fund_id=fund.id)
        for number, fund in enumerate(made)
    ]
    session.add_all(positions)
    session.flush()
    for position in positions:
        for number in range(per_position):
            on = today - timedelta(30 - number % 30)
            bought = Trade(position_id=position.id, on=on, kind="buy", shares=Decimal(1), price=Decimal(10))
            session.add(bought)
    keep(session, prices, {position.id: ALWAYS for position in positions}, today)
    session.commit()


def test_pages_are_read_in_a_fixed_number_of_queries(
    browser: Browser, counted: Callable[[], list[str]]
) -> None:
    today = date(2024, 6, 28)
    paths = ["/portfolio-summary", "/portfolio-history", "/portfolio-funds", "/transactions", "/funds"]
    counts = []
    for portfolios, funds, trades in ((1, 1, 1), (6, 30, 4)):
        with browser.app.app_context():
            db.session.execute(text("DELETE FROM portfolio"))
            db.session.execute(text("DELETE FROM fund"))
            db.session.commit()
            _sow(portfolios, funds, trades, today)
        counted()
        sent: list[int] = []
        for path in paths:
            browser.get(path)
            sent.append(len(counted()))
        counts.append(sent)
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 8


def test_the_first_look_of_a_day_costs_a_fixed_number_of_reads(
    browser: Browser, counted: Callable[[], list[str]], clock: Any
) -> None:
    with browser.app.app_context():
        _sow(4, 20, 2, date(2024, 6, 28))
    clock[0] += timedelta(days=1)
    counted()
    browser.get("/portfolio-summary")
    reads = [one for one in counted() if one.lstrip().startswith("SELECT")]
    assert len(reads) <= 16
    browser.get("/portfolio-summary")
    assert len(counted()) <= 8
