"""The portfolio manager's data for its benchmark: 20 portfolios, 200 funds, 50,000 trades, three years.

Every fourth portfolio is in dollars and so is every fifth fund, with a rate a week, so that figures are
converted both ways. Prices are made up, one for each weekday. The same numbers every time.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "portfolio"
sys.path[:0] = [str(ROOT / "tests"), str(EXAMPLE / "tests"), str(EXAMPLE)]

PORTFOLIOS, FUNDS, TRADES, YEARS = 20, 200, 50_000, 3
_TODAY = date.today()
_FIRST = _TODAY - timedelta(365 * YEARS)


def fill(url: str) -> str:
    """Make the tables of an empty database and all that is in them; a portfolio's id."""
    from owner_browser import keep_owner
    from portfolio import create_app
    from portfolio.ledger.keeping import ALWAYS, keep
    from portfolio.ledger.prices import TablePrices
    from portfolio.models import Portfolio, db

    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    chance = random.Random(2024)
    with app.app_context():
        keep_owner(datetime.now(timezone.utc))
        session = db.session()
        _rates(session)
        for number in range(PORTFOLIOS):
            currency = "USD" if number % 4 == 3 else "EUR"
            portfolio = Portfolio(name=f"Portfolio {number + 1}", currency=currency)
            session.add(portfolio)
            session.flush()
            held = {_position(session, portfolio.id, place, chance) for place in _places(number)}
            keep(session, TablePrices(session), dict.fromkeys(held, ALWAYS), _TODAY)
            session.commit()
        found = portfolio.id
        db.session.remove()
        db.engine.dispose()
    return found


def _places(number: int) -> Iterator[int]:
    """The funds of a portfolio."""
    yield from range(number, FUNDS, PORTFOLIOS)


def _rates(session: Any) -> None:
    from portfolio.models import ExchangeRate

    for week in range(YEARS * 53):
        on = _FIRST + timedelta(7 * week)
        session.add(ExchangeRate(base="EUR", quote="USD", on=on, rate=Decimal(105 + week % 9) / 100))


def _position(session: Any, portfolio_id: str, place: int, chance: random.Random) -> str:
    """A fund, its prices, its position in a portfolio, and what was bought and sold of it."""
    from owner_browser import isin
    from portfolio.domain.history import Span
    from portfolio.ledger.prices import TablePrices
    from portfolio.models import Fund, Position, Trade
    from portfolio.prices.fixed import FixedFeed

    currency = "USD" if place % 5 == 4 else "EUR"
    fund = Fund(name=f"Fund {place + 1}", isin=isin(place), symbol=f"F{place}", currency=currency)
    session.add(fund)
    session.flush()
    TablePrices(session).keep(fund.id, FixedFeed().closes(f"F{place}", currency, Span(_FIRST, _TODAY)))
    position = Position(portfolio_id=portfolio_id, fund_id=fund.id)
    session.add(position)
    session.flush()
    for index, on in enumerate(sorted(chance.choices(_weekdays(), k=TRADES // FUNDS))):
        kind, shares = ("sell", 1) if index % 3 == 2 else ("buy", chance.randint(2, 9))
        price = Decimal(chance.randint(1000, 9000)) / 100
        session.add(Trade(position_id=position.id, on=on, kind=kind, shares=Decimal(shares), price=price))
    return str(position.id)


def _weekdays() -> list[date]:
    days = (_FIRST + timedelta(number) for number in range(365 * YEARS))
    return [day for day in days if day.weekday() < 5]


def a_file() -> bytes:
    """50,000 rows of buys and sells, as CSV."""
    chance = random.Random(7)
    lines = ["date,type,shares,cost_per_share"]
    for index, on in enumerate(sorted(chance.choices(_weekdays(), k=TRADES))):
        kind, shares = ("sell", "1.5") if index % 3 == 2 else ("buy", f"{chance.randint(2, 900)}.25")
        lines.append(f"{on},{kind},{shares},{chance.randint(1000, 9000) / 100}")
    return "\n".join([*lines, ""]).encode()


def asked(portfolio: str) -> dict[str, str]:
    """What pages ask for, by what it is called here."""
    drawn = (EXAMPLE / "web" / "src" / "chart" / "plot.ts").read_text()
    points = int(re.findall(r"POINTS = ([\d_]+)", drawn)[0].replace("_", ""))
    year, years = (f"startDate={_TODAY - timedelta(days)}&points={points}" for days in (365, 365 * YEARS))
    return {
        "overview": "/api/portfolio-summary",
        "its chart, 1 year": f"/api/portfolio-history?{year}&totalOnly=true",
        "its chart, 3 years": f"/api/portfolio-history?{years}&totalOnly=true",
        "by portfolio, 3 years": f"/api/portfolio-history?{years}",
        "a portfolio's funds": f"/api/portfolio-funds?portfolioId={portfolio}",
        "by fund, 1 year": f"/api/portfolios/{portfolio}/fund-history?{year}",
        "by fund, 3 years": f"/api/portfolios/{portfolio}/fund-history?{years}",
    }


def headers(**more: str) -> dict[str, str]:
    """What the owner's browser sends."""
    from owner_browser import COOKIE
    from portfolio.api import access

    said = {"Cookie": f"{access.COOKIE}={COOKIE}", "X-CSRF-Token": access.csrf_token_of(COOKIE)}
    return said | {name.replace("_", "-"): value for name, value in more.items()}


def queries(url: str, paths: list[str]) -> list[int]:
    """How many statements each request sends the database."""
    from portfolio import create_app
    from portfolio.models import db
    from sqlalchemy import event

    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    client = app.test_client(use_cookies=False)
    sent: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *words: sent.append(words[2]))
    found = []
    for path in paths:
        client.get(path, headers=headers())
        sent.clear()
        client.get(path, headers=headers())
        found.append(sum(not one.startswith(("BEGIN", "PRAGMA")) for one in sent))
    engine.dispose()
    return found
