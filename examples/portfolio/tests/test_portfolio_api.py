"""The API as a browser uses it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any, get_args

import pytest
from owner_browser import Browser, isin, trade
from portfolio.api.cursor import encode
from portfolio.api.transaction_order import Order

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def held(browser: Browser) -> tuple[Browser, str, str, str]:
    """A browser, and a portfolio, a fund and the position they make."""
    portfolio, fund = browser.portfolio(), browser.fund(dividendType="cash", symbol="vwrl.as")
    return browser, portfolio, fund, browser.position(portfolio, fund)


@both
def test_from_nothing_to_a_portfolio_with_gains(held: tuple[Browser, str, str, str]) -> None:
    browser, portfolio, fund, position = held
    browser.trade(position, "buy", "2024-01-02", "100", "10")
    browser.trade(position, "buy", "2024-01-03", "50", "16")
    sold = browser.trade(position, "sell", "2024-01-04", "75", "14")
    assert (sold["costBasis"], sold["realizedGainLoss"], sold["total"]) == ("900", "150", "1050")
    browser.price(fund, "2024-06-27", "12")
    [found] = browser.get(f"/portfolio-funds?portfolioId={portfolio}")
    assert found["totalShares"] == "75"
    assert found["averageCost"] == "12"
    assert (found["currentValue"], found["unrealizedGainLoss"]) == ("900", "0")
    assert found["performance"] == "0.083333"
    assert found["symbol"] == "VWRL.AS"
    totals = browser.get(f"/portfolios/{portfolio}")
    assert (totals["totalGainLoss"], totals["totalSaleProceeds"], totals["totalOriginalCost"]) == (
        "150",
        "1050",
        "900",
    )
    overview = browser.get("/portfolio-summary")
    assert overview["total"]["totalValue"] == "900"
    assert [one["name"] for one in overview["portfolios"]] == ["Mine"]


@both
def test_an_earlier_trade_changes_the_gains_of_later_ones(held: tuple[Browser, str, str, str]) -> None:
    browser, portfolio, _, position = held
    browser.trade(position, "buy", "2024-02-01", "100", "20")
    sold = browser.trade(position, "sell", "2024-02-10", "50", "20")
    assert sold["realizedGainLoss"] == "0"
    early = browser.trade(position, "buy", "2024-01-05", "100", "10")
    assert browser.get(f"/transactions/{sold['id']}")["realizedGainLoss"] == "250"
    body = trade(position, "buy", "2024-01-05", "100", "18")
    browser.edit(f"/transactions/{early['id']}", body)
    assert browser.get(f"/transactions/{sold['id']}")["realizedGainLoss"] == "50"
    browser.call("DELETE", f"/transactions/{early['id']}", status=204)
    assert browser.get(f"/transactions/{sold['id']}")["realizedGainLoss"] == "0"
    assert browser.get(f"/portfolios/{portfolio}")["totalRealizedGainLoss"] == "0"


@both
def test_what_was_not_held_that_day_cannot_be_sold(held: tuple[Browser, str, str, str]) -> None:
    browser, _, _, position = held
    bought = browser.trade(position, "buy", "2024-02-01", "100", "20")
    late = browser.trade(position, "sell", "2024-02-10", "100", "20")
    body = trade(position, "sell", "2024-02-05", "1", "20")
    refused = browser.call("POST", "/transactions", body, status=422)
    assert refused["code"] == "refused"
    assert refused["entry"] == late["id"]
    assert refused["detail"] == "On 2024-02-10 99 shares were held; 100 cannot be sold."
    early = browser.call("POST", "/transactions", {**body, "date": "2024-01-01"}, status=422)
    assert early["date"] == "2024-01-01"
    assert browser.call("DELETE", f"/transactions/{bought['id']}", status=422)["entry"] == late["id"]
    assert len(browser.get("/transactions")["items"]) == 2


@both
def test_dividends_in_cash_and_in_shares(held: tuple[Browser, str, str, str]) -> None:
    browser, portfolio, _, position = held
    browser.trade(position, "buy", "2024-01-01", "100", "10")
    stock = browser.fund(2, dividendType="STOCK")
    other = browser.position(portfolio, stock)
    browser.trade(other, "buy", "2024-01-01", "100", "10")
    body = {
        "portfolioFundId": other,
        "recordDate": "2024-02-01",
        "exDividendDate": "2024-02-01",
        "dividendPerShare": "0.5",
    }
    pending = browser.post("/dividends", body)
    assert (pending["reinvestmentStatus"], pending["totalAmount"], pending["cashAmount"]) == (
        "PENDING",
        "50",
        "0",
    )
    done = browser.edit(
        f"/dividends/{pending['id']}", {**body, "reinvestmentShares": "5", "reinvestmentPrice": "10"}
    )
    assert (done["reinvestmentStatus"], done["reinvestmentDate"]) == ("COMPLETED", "2024-02-01")
    march = {**body, "recordDate": "2024-03-01", "exDividendDate": "2024-02-28"}
    next_one = browser.post("/dividends", march)
    assert (next_one["sharesOwned"], next_one["totalAmount"]) == ("105", "52.5")
    sold = browser.trade(other, "sell", "2024-03-05", "105", "11")
    assert (sold["costBasis"], sold["realizedGainLoss"]) == ("1000", "155")
    refused = browser.call("DELETE", f"/dividends/{pending['id']}", status=422)
    assert refused["entry"] == sold["id"]
    cash = browser.post("/dividends", {**body, "portfolioFundId": position})
    assert (cash["reinvestmentStatus"], cash["cashAmount"]) == ("COMPLETED", "50")
    assert browser.get(f"/portfolios/{portfolio}")["totalDividends"] == "50"
    again = {**body, "portfolioFundId": position, "reinvestmentShares": "5", "reinvestmentPrice": "10"}
    assert (
        browser.call("POST", "/dividends", again, status=422)["errors"][0]["pointer"]
        == "#/reinvestmentShares"
    )
    assert len(browser.get(f"/dividends?portfolioId={portfolio}")) == 3


@both
def test_currencies_are_converted_by_their_days_and_missing_rates_are_shown(browser: Browser) -> None:
    portfolio, fund = browser.portfolio(currency="EUR"), browser.fund(currency="usd")
    position = browser.position(portfolio, fund)
    browser.trade(position, "buy", "2024-01-10", "10", "10")
    [found] = browser.get("/portfolio-funds")
    assert (found["currentValue"], found["baseValue"]) == ("100", None)
    assert found["missingRate"] == "USD/EUR 2024-01-10"
    shown = browser.get(f"/portfolios/{portfolio}")
    assert (shown["totalValue"], shown["missing"]) == ("0", 1)
    browser.call("PUT", "/exchange-rates", rate("EUR", "USD", "2024-01-01", "1.25"))
    browser.call("PUT", "/exchange-rates", rate("USD", "EUR", "2024-02-01", "0.9"))
    [found] = browser.get("/portfolio-funds")
    assert (found["baseValue"], found["baseCost"], found["missingRate"]) == ("90", "80", None)
    looked_up = browser.get("/exchange-rate?fromCurrency=USD&toCurrency=EUR&date=2024-01-31")
    assert (looked_up["rate"], looked_up["inverse"], looked_up["quotedOn"]) == ("0.8", True, "2024-01-01")
    browser.call("GET", "/exchange-rate?fromCurrency=USD&toCurrency=JPY", status=404)
    browser.call("DELETE", "/exchange-rates?fromCurrency=EUR&toCurrency=USD&date=2024-01-01", status=204)
    assert browser.get(f"/portfolios/{portfolio}")["missing"] == 1


def rate(base: str, quote: str, on: str, value: str) -> dict[str, str]:
    return {"fromCurrency": base, "toCurrency": quote, "date": on, "rate": value}


@both
def test_a_split_of_a_fund_is_one_in_all_portfolios(held: tuple[Browser, str, str, str]) -> None:
    browser, _, fund, position = held
    browser.trade(position, "buy", "2024-01-10", "10", "400")
    browser.price(fund, "2024-02-01", "440")
    split = browser.post(f"/funds/{fund}/splits", {"date": "2024-03-01", "new": 4, "old": 1})
    [found] = browser.get("/portfolio-funds")
    assert (found["totalShares"], found["latestPrice"], found["currentValue"]) == ("40", "110", "4400")
    browser.trade(position, "sell", "2024-03-02", "40", "110")
    assert browser.call("DELETE", f"/funds/{fund}/splits/{split['id']}", status=422)["code"] == "refused"
    browser.call("POST", f"/funds/{fund}/splits", {"date": "2024-03-01", "new": 2, "old": 1}, status=409)
    browser.call("POST", f"/funds/{fund}/splits", {"date": "2024-03-02", "new": 2, "old": 2}, status=422)
    assert [one["new"] for one in browser.get(f"/funds/{fund}/splits")] == [4]


@both
def test_transactions_are_paged_and_filtered(held: tuple[Browser, str, str, str]) -> None:
    browser, portfolio, fund, position = held
    for number in range(1, 8):
        browser.trade(position, "buy", f"2024-01-0{number}", str(number), "1")
    browser.post(
        "/transactions", {"portfolioFundId": position, "type": "fee", "date": "2024-01-07", "amount": "2.50"}
    )
    seen: list[Any] = []
    path = f"/transactions?portfolioId={portfolio}&limit=3"
    page = browser.get(path)
    while True:
        seen += page["items"]
        if not page["nextCursor"]:
            break
        page = browser.get(f"{path}&cursor={page['nextCursor']}")
    assert len(seen) == len({one["id"] for one in seen}) == 8
    assert [one["date"] for one in seen] == sorted((one["date"] for one in seen), reverse=True)
    [fee] = browser.get("/transactions?type=fee&type=sell")["items"]
    assert (fee["amount"], fee["shares"], fee["total"]) == ("2.5", None, "2.5")
    some = browser.get(f"/transactions?fundId={fund}&startDate=2024-01-02&endDate=2024-01-03&sort=date")[
        "items"
    ]
    assert [one["date"] for one in some] == ["2024-01-02", "2024-01-03"]
    browser.call("GET", "/transactions?cursor=abc", status=422)
    for place in (["2024-01-01"], ["x", "2024-01-01", "id"], ["2024-01-01", "2024-01-01", "\0"]):
        browser.call("GET", f"/transactions?cursor={encode('-date', *place)}", status=422)
    browser.call("GET", f"/transactions?sort=total&cursor={page['nextCursor'] or encode('date')}", status=422)


@both
def test_transactions_are_listed_in_any_order(held: tuple[Browser, str, str, str]) -> None:
    browser, portfolio, _, position = held
    other = browser.position(portfolio, browser.fund(2, name="a lower-case one"))
    for number, where in enumerate([position, other, position, other, position]):
        day = f"2024-01-{1 + number % 3:02}"
        browser.trade(where, "buy", day, f"{10 * (1 + number % 2)}.000001", f"{1 + number % 4}.5")
    browser.trade(position, "sell", "2024-01-20", "3.25", "0.5")
    browser.trade(other, "sell", "2024-01-20", "3.25", "99999.999999")
    fee = {"portfolioFundId": other, "date": "2024-01-20", "type": "fee", "amount": "7.5"}
    browser.post("/transactions", fee)

    for sort in get_args(Order):
        listed = browser.get(f"/transactions?limit=1000&sort={sort}")["items"]
        assert len(listed) == 8
        assert listed == sorted(listed, key=partial(place_in, sort), reverse=sort[0] == "-"), sort
        paged: list[str] = []
        cursor = ""
        while not paged or cursor:
            page = browser.get(f"/transactions?limit=3&sort={sort}{cursor}")
            paged += [one["id"] for one in page["items"]]
            cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
        assert paged == [one["id"] for one in listed], sort


def place_in(sort: str, one: dict[str, Any]) -> tuple[Any, str, str]:
    """Where a transaction is in an order of the API's."""
    name = sort.strip("-")
    if name == "fund":
        value: Any = one["fundName"].lower()
    else:
        value = one[name] if name in ("date", "type") else Decimal(one[name] or 0)
    return value, one["date"], one["id"]


@both
@pytest.mark.parametrize("sort", ["date", "-date", "-total"])
def test_pages_go_on_where_they_were_whatever_comes_between(
    held: tuple[Browser, str, str, str], sort: str
) -> None:
    browser, _, _, position = held
    before = {browser.trade(position, "buy", f"2024-01-{1 + n // 3:02}", "1", "1")["id"] for n in range(7)}
    seen: list[str] = []
    cursor = ""
    for number in range(20):
        page = browser.get(f"/transactions?limit=2&sort={sort}{cursor}")
        seen += [one["id"] for one in page["items"]]
        for day in ("2023-12-31", f"2024-01-0{1 + number % 4}", "2024-02-01"):
            browser.trade(position, "buy", day, "2", "1")
        if number % 2 and seen[0] in before:
            browser.send("DELETE", f"/transactions/{seen[0]}")  # what was shown may go
        if before <= set(seen):
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert before <= set(seen)
    assert len(seen) == len(set(seen))


@both
def test_another_base_currency_converts_each_amount_at_its_own_days_rate(
    held: tuple[Browser, str, str, str],
) -> None:
    browser, portfolio, fund, position = held
    browser.trade(position, "buy", "2024-01-10", "10", "10")
    browser.price(fund, "2024-02-10", "12")
    browser.call("PUT", "/exchange-rates", rate("EUR", "USD", "2024-01-01", "1.10"))
    browser.call("PUT", "/exchange-rates", rate("EUR", "USD", "2024-02-01", "1.20"))
    browser.edit(f"/portfolios/{portfolio}", {"name": "Mine", "currency": "USD"})
    found = browser.get(f"/portfolios/{portfolio}")
    assert (found["totalCost"], found["totalValue"]) == ("110", "144")
    browser.edit(f"/portfolios/{portfolio}", {"name": "Mine", "currency": "GBP"})
    assert browser.get(f"/portfolios/{portfolio}")["missing"] == 1
    browser.edit(f"/portfolios/{portfolio}", {"name": "Mine", "currency": "EUR"})
    found = browser.get(f"/portfolios/{portfolio}")
    assert (found["totalCost"], found["totalValue"], found["missing"]) == ("100", "120", 0)


@both
def test_history_has_a_figure_for_each_day(held: tuple[Browser, str, str, str]) -> None:
    browser, portfolio, fund, position = held
    browser.trade(position, "buy", "2024-06-20", "10", "10")
    browser.price(fund, "2024-06-21", "11")
    browser.trade(position, "sell", "2024-06-24", "10", "12")
    history = browser.get("/portfolio-history?startDate=2024-06-19")
    assert history["dates"][0] == "2024-06-20"
    assert history["dates"][-1] == "2024-06-28"
    [series] = history["portfolios"]
    assert series["value"] == ["100", "110", "110", "110", "0", "0", "0", "0", "0"]
    assert series["realized"][-1] == "20"
    assert history["total"]["gain"] == series["gain"]
    funds = browser.get(f"/portfolios/{portfolio}/fund-history?startDate=2024-06-19")["funds"]
    assert funds[0]["shares"] == ["10"] * 4 + ["0"] * 5
    returns = browser.get(f"/portfolios/{portfolio}/returns")
    assert (returns["timeWeighted"], returns["total"]) == ("0.2", "0.2")
    browser.call("GET", "/portfolio-history?startDate=2024-06-19&endDate=2024-06-01", status=422)


@both
def test_a_day_later_history_goes_on(held: tuple[Browser, str, str, str], clock: list[Any]) -> None:
    from datetime import timedelta

    browser, portfolio, _, position = held
    browser.trade(position, "buy", "2024-06-20", "10", "10")
    clock[0] += timedelta(days=3)
    history = browser.get(f"/portfolios/{portfolio}/fund-history")
    assert history["dates"][-1] == "2024-07-01"
    assert history["funds"][0]["value"][-1] == "100"


@both
def test_archived_and_excluded_portfolios_are_not_in_the_overview(browser: Browser) -> None:
    kept, away = browser.portfolio("Kept"), browser.portfolio("Away")
    browser.portfolio("Hidden", excludeFromOverview=True)
    browser.call("POST", f"/portfolios/{away}/archive")
    assert [one["name"] for one in browser.get("/portfolio-summary")["portfolios"]] == ["Kept"]
    assert [one["name"] for one in browser.get("/portfolios")] == ["Away", "Hidden", "Kept"]
    assert [one["name"] for one in browser.get("/portfolios?includeArchived=false")] == ["Hidden", "Kept"]
    assert browser.get(f"/portfolios/{away}")["isArchived"] is True
    browser.call("POST", f"/portfolios/{away}/unarchive")
    assert len(browser.get("/portfolio-summary")["portfolios"]) == 2
    browser.call("DELETE", f"/portfolios/{kept}", status=204)
    browser.call("GET", f"/portfolios/{kept}", status=404)


@both
def test_a_fund_in_use_is_not_deleted_and_its_removal_wants_a_yes(
    held: tuple[Browser, str, str, str],
) -> None:
    browser, portfolio, fund, position = held
    browser.trade(position, "buy", "2024-06-20", "10", "10")
    used = browser.call("DELETE", f"/funds/{fund}", status=409)
    assert used["detail"] == "Fund 1 is held in Mine. Remove it there first."
    assert used["portfolios"][0]["transactionCount"] == 1
    asked = browser.call("DELETE", f"/portfolio-funds/{position}", status=409)
    assert (asked["requiresConfirmation"], asked["transactionCount"]) == (True, 1)
    browser.call("DELETE", f"/portfolio-funds/{position}?confirm=true", status=204)
    assert browser.get(f"/portfolios/{portfolio}")["totalValue"] == "0"
    browser.price(fund, "2024-06-20", "3")
    browser.call("DELETE", f"/funds/{fund}", status=204)
    assert browser.get("/funds") == []


@both
def test_another_method_or_currency_makes_all_figures_again(held: tuple[Browser, str, str, str]) -> None:
    browser, portfolio, fund, position = held
    browser.trade(position, "buy", "2024-01-02", "100", "10")
    browser.trade(position, "buy", "2024-01-03", "50", "16")
    sold = browser.trade(position, "sell", "2024-01-04", "120", "14")
    assert sold["realizedGainLoss"] == "240"
    browser.edit(f"/portfolios/{portfolio}", {"name": "Mine", "method": "fifo"})
    assert browser.get(f"/transactions/{sold['id']}")["realizedGainLoss"] == "360"
    assert browser.get(f"/portfolios/{portfolio}")["totalRealizedGainLoss"] == "360"
    body = {"name": "Fund 1", "isin": isin(1), "currency": "USD", "dividendType": "cash"}
    browser.edit(f"/funds/{fund}", body)
    assert browser.get(f"/portfolios/{portfolio}")["missing"] == 1


@both
def test_prices_are_paged_found_and_corrected(held: tuple[Browser, str, str, str]) -> None:
    browser, _, fund, _ = held
    for day in range(1, 6):
        browser.price(fund, f"2024-01-0{day}", str(10 + day))
    browser.price(fund, "2024-01-05", "20")
    page = browser.get(f"/funds/{fund}/prices?limit=2")
    assert page["items"] == [{"date": "2024-01-05", "price": "20"}, {"date": "2024-01-04", "price": "14"}]
    page = browser.get(f"/funds/{fund}/prices?limit=9&cursor={page['nextCursor']}")
    assert [one["price"] for one in page["items"]] == ["13", "12", "11"]
    assert page["nextCursor"] is None
    assert browser.get(f"/funds/{fund}/prices/2024-03-01")["date"] == "2024-01-05"
    browser.call("GET", f"/funds/{fund}/prices/2023-03-01", status=404)
    browser.call("PUT", f"/funds/{fund}/prices/2024-06-29", {"price": "1"}, status=422)
    browser.call("DELETE", f"/funds/{fund}/prices/2024-01-05", status=204)
    browser.call("DELETE", f"/funds/{fund}/prices/2024-01-05", status=404)
    assert browser.get("/funds")[0]["latestPrice"] == "14"
