"""All that was exported, taken in again where nothing is: the same answers come out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from owner_browser import Browser, isin

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
NAMES = ["=HYPERLINK(1)", "'=quoted", "+1", "-", "@SUM(A1)", 'a "quote", and\na line', "Zoë 投資", "''"]


def filled(browser: Browser) -> None:
    """Portfolios of the same name, both methods, every kind of entry, three currencies."""
    for number, name in enumerate(NAMES):
        one_line = name.replace("\n", " ")
        browser.portfolio(one_line, description=name, method="fifo" if number % 2 else "average")
        browser.fund(100 + number, name=one_line, exchange=one_line[:50].strip(), dividendType="stock")
    twins = [browser.portfolio("Twin", currency="USD"), browser.portfolio("Twin", excludeFromOverview=True)]
    fund = browser.fund(50, currency="JPY", symbol="X", investmentType="stock", dividendType="stock")
    places = [browser.position(portfolio, fund) for portfolio in twins]
    for place in places:
        browser.trade(place, "buy", "2024-02-29", "10.000001", "1234.5")
        browser.trade(place, "buy", "2024-02-29", "10.000001", "1234.5")  # twice the same
        browser.trade(place, "sell", "2024-03-05", "0.5", "1300")
        fee = {"portfolioFundId": place, "type": "fee", "date": "2024-03-06", "amount": "250"}
        browser.post("/transactions", fee)
    paid = {"portfolioFundId": places[0], "recordDate": "2024-04-01", "exDividendDate": "2024-03-29"}
    paid |= {"dividendPerShare": "12.5", "buyOrderDate": "2024-04-02"}
    browser.post("/dividends", {**paid, "reinvestmentShares": "0.2", "reinvestmentPrice": "1250"})
    browser.post("/dividends", {**paid, "recordDate": "2024-05-01", "exDividendDate": "2024-05-02"})
    browser.post(f"/funds/{fund}/splits", {"date": "2024-05-15", "new": 3, "old": 2})
    browser.price(fund, "2024-06-03", "900.25")
    rate = {"fromCurrency": "USD", "toCurrency": "JPY", "date": "2024-01-01", "rate": "150.1234567891"}
    browser.call("PUT", "/exchange-rates", rate)
    browser.call("PUT", "/settings", {"currency": "USD", "loggingLevel": "warning", "theme": "dark"})


def answers(browser: Browser) -> dict[str, Any]:
    """What is shown, without the ids and counters that a new database gives."""
    portfolios = browser.get("/portfolios")
    found: dict[str, Any] = {
        path: browser.get(path)
        for path in ("/portfolio-summary", "/portfolio-history?startDate=2024-01-01", "/portfolio-funds")
    }
    for path in ("/funds", "/settings", "/exchange-rates", "/dividends", "/transactions?limit=1000"):
        found[path] = browser.get(path)
    for one in portfolios:
        path = f"/portfolios/{one['id']}"
        found[path] = [browser.get(path), browser.get(f"{path}/fund-history"), browser.get(f"{path}/returns")]
    plain: dict[str, Any] = _without(found)
    return plain


def _without(part: Any) -> Any:
    if isinstance(part, dict):
        new = {"portfolioFundId", "version"} | ({"id"} if "portfolioId" in part else set())
        return {name: _without(value) for name, value in part.items() if name not in new}
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return sorted((_without(one) for one in part), key=repr)
    return part


def send(browser: Browser, data: bytes, name: str = "portfolio.zip") -> Any:
    answer = browser.client.post(
        "/api/imports/everything",
        data={"file": (io.BytesIO(data), name)},
        headers={"X-CSRF-Token": browser.csrf},
    )
    return answer.status_code, answer.get_json()


def emptied(browser: Browser) -> None:
    for kind in ("portfolios", "funds"):
        for one in browser.get(f"/{kind}"):
            browser.call("DELETE", f"/{kind}/{one['id']}", status=204)
    for rate in browser.get("/exchange-rates"):
        pair = f"fromCurrency={rate['fromCurrency']}&toCurrency={rate['toCurrency']}&date={rate['date']}"
        browser.call("DELETE", f"/exchange-rates?{pair}", status=204)
    browser.call("PUT", "/settings", {"currency": "EUR", "loggingLevel": "info", "theme": "system"})


@both
def test_an_export_of_everything_gives_the_same_answers_in_an_empty_database(browser: Browser) -> None:
    filled(browser)
    packed = browser.send("GET", "/export").data
    before = answers(browser)
    assert send(browser, packed)[1]["code"] == "exists"
    emptied(browser)
    status, done = send(browser, packed)
    assert status == 200, done
    assert (done["portfolios"], done["transactions"], done["dividends"]) == (10, 8, 2)
    assert answers(browser) == before
    again = browser.send("GET", "/export").data
    assert sheets(again) == sheets(packed)


def sheets(packed: bytes) -> dict[str, list[str]]:
    """The lines of each sheet, in any order."""
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        return {name: sorted(found.read(name).decode().split("\r\n")) for name in found.namelist()}


def changed(packed: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """An archive in which one sheet is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            text = old.read(member).decode()
            new.writestr(member, change(text) if member.endswith(f"/{name}.csv") else text)
    return out.getvalue()


def test_of_an_archive_that_is_not_right_nothing_is_taken_in(app: Flask, browser: Browser) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-03-01", "10", "10")
    browser.trade(position, "sell", "2024-03-02", "10", "11")
    packed = browser.send("GET", "/export").data
    emptied(browser)
    bad = [
        (packed[: len(packed) // 2], "cut off"),
        (b"date,type\n", "no archive"),
        (changed(packed, "transactions", lambda text: text.replace(",buy,", ",gift,")), "line 2: type"),
        (
            changed(packed, "transactions", lambda text: text.replace(",sell,10", ",sell,11")),
            "11 cannot be sold",
        ),
        (
            changed(packed, "transactions", lambda text: text.replace("2024-03-02", "2034-03-02")),
            "after today",
        ),
        (changed(packed, "transactions", lambda text: text.replace(isin(1), isin(2))), "There is no"),
        (changed(packed, "funds", lambda text: text.replace(isin(1), "NL0000000018")), "check digit"),
        (changed(packed, "portfolios", lambda text: text[:-12]), "columns"),
        (changed(packed, "portfolios", lambda text: text.replace('"', "") + '"'), "broken"),
        (changed(packed, "settings", lambda text: text + "theme,loud\r\n"), "settings.csv"),
    ]
    for data, words in bad:
        status, refused = send(browser, data)
        assert status == 422, words
        assert words in refused["detail"], refused
        assert browser.get("/portfolios") == browser.get("/funds") == []
    assert send(browser, packed, "portfolio.csv")[0] == 415
    assert send(browser, packed)[0] == 200


def test_the_command_takes_an_export_in_and_says_what_is_wrong(browser: Browser, tmp_path: Any) -> None:
    position = browser.position(browser.portfolio(), browser.fund())
    browser.trade(position, "buy", "2024-03-01", "10", "10")
    file = tmp_path / "portfolio.zip"
    file.write_bytes(browser.send("GET", "/export").data)
    runner = browser.app.test_cli_runner()
    refused = runner.invoke(args=["restore", str(file)])
    assert (refused.exit_code, "an export goes where none are" in refused.output) == (1, True)
    emptied(browser)
    assert "1 portfolios, 1 funds and 1 transactions" in runner.invoke(args=["restore", str(file)]).output
    assert browser.get("/portfolio-funds")[0]["totalShares"] == "10"
