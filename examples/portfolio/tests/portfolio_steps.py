"""What is asked of the portfolio through every way in, from a login to an export."""

from __future__ import annotations

import re
from typing import Any

from fakes.scenario import Seen, Step
from owner_browser import EMAIL, PASSWORD, isin, trade

#: What no two plays have in common: checksums of bodies with ids in them, requests' ids, tokens.
DIFFERS = [
    re.compile(r'"requestId":"[^"]*"'),
    re.compile(r"\b[0-9a-f]{64}\b"),
    re.compile(r'\b[0-9a-f]{8}"'),
    re.compile(r'"nextCursor":"[^"]*"'),
]
CSRF = {"X-CSRF-Token": "<csrf>"}
PROBLEM = {"content-type": "application/problem+json"}
CSV = b"\xef\xbb\xbfdate;type;shares;cost_per_share\r\n21-03-2024;buy;10,5;101,25\r\n"


def post(what: str, path: str, sends: Any, status: int = 201, **more: Any) -> Step:
    """A change by a browser that is logged in."""
    return Step(what, "POST", path, status, sends, {**CSRF, **more.pop("headers", {})}, **more)


STEPS = [
    Step("it is well", "GET", "/api/health", says=('"migrationNeeded":false',)),
    Step("a stranger sees nothing", "GET", "/api/portfolios", 401, has=PROBLEM),
    Step("a wrong password", "POST", "/api/session", 401, {"email": EMAIL, "password": "x"}, has=PROBLEM),
    Step(
        "the owner",
        "POST",
        "/api/session",
        200,
        {"email": EMAIL, "password": PASSWORD},
        keeps={"csrf": "/csrfToken"},
        has={"set-cookie": "..."},
    ),
    Step("a change without CSRF", "POST", "/api/portfolios", 403, {"name": "x"}, has=PROBLEM),
    post("a portfolio", "/api/portfolios", {"name": "Zoë <b>"}, keeps={"p": "/id", "etag": "etag"}),
    post(
        "a fund",
        "/api/funds",
        {"name": "World", "isin": isin(1), "currency": "USD", "dividendType": "cash"},
        keeps={"f": "/id"},
    ),
    post(
        "the fund in it",
        "/api/portfolio-funds",
        {"portfolioId": "<p>", "fundId": "<f>"},
        keeps={"pf": "/id"},
    ),
    post("a buy", "/api/transactions", trade("<pf>", "buy", "2024-01-02", "100", "10"), keeps={"t": "/id"}),
    post("a sell", "/api/transactions", trade("<pf>", "sell", "2024-01-04", "40", "12.125"), says=('"85"',)),
    post("too much", "/api/transactions", trade("<pf>", "sell", "2024-01-03", "61", "1"), 422, has=PROBLEM),
    post(
        "no JSON", "/api/transactions", b"{", 400, headers={"Content-Type": "application/json"}, has=PROBLEM
    ),
    Step(
        "a rate",
        "PUT",
        "/api/exchange-rates",
        sends={"fromCurrency": "EUR", "toCurrency": "USD", "date": "2024-01-01", "rate": 1.25},
        headers=CSRF,
    ),
    Step(
        "an edit",
        "PUT",
        "/api/portfolios/<p>",
        sends={"name": "Zoë", "method": "fifo"},
        headers={**CSRF, "If-Match": "<etag>"},
    ),
    Step(
        "an edit of what it was",
        "PUT",
        "/api/portfolios/<p>",
        412,
        {"name": "Lost"},
        {**CSRF, "If-Match": "<etag>"},
        has=PROBLEM,
    ),
    post(
        "a file of a Dutch spreadsheet's",
        "/api/imports/transactions?portfolioFundId=<pf>",
        CSV,
        200,
        headers={"Content-Type": "text/csv"},
        says=('"dateFormat":"DD-MM-YYYY"',),
    ),
    Step("the overview", "GET", "/api/portfolio-summary", says=('"totalRealizedGainLoss":"68"',)),
    Step("the positions", "GET", "/api/portfolio-funds?portfolioId=<p>", says=('"totalShares":"70.5"',)),
    Step("days", "GET", "/api/portfolio-history?startDate=2024-01-01&endDate=2024-01-05"),
    Step("a page of transactions", "GET", "/api/transactions?limit=1&type=buy,fee", says=("101.25",)),
    Step("one that is none", "GET", "/api/transactions/not-an-id", 404, has=PROBLEM),
    Step("the export", "GET", "/api/export/transactions.csv", says=("10.5,101.25",)),
    Step("the API", "GET", "/api/openapi.json", says=('"3.1.0"',)),
    Step("the API's page", "GET", "/api/docs", says=("<h1>Portfolio API</h1>",)),
    Step("a fund in use", "DELETE", "/api/funds/<f>", 409, headers=CSRF, has=PROBLEM),
    Step("the end", "DELETE", "/api/session", 204, headers=CSRF, answers=b""),
    Step("is the end", "GET", "/api/portfolios", 401, has=PROBLEM),
]


def plain(seen: list[Seen]) -> list[Seen]:
    """Cookies are for HTTPS alone where there is HTTPS, which not every way in has."""
    return [
        one._replace(headers=tuple((name, value.replace(" Secure;", "")) for name, value in one.headers))
        for one in seen
    ]
