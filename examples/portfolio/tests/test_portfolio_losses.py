"""Nothing is lost in the pages: what was deleted, what is typed when a session ends or the server is away,
what two browsers edit, and work that goes on while another page is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from owner_browser import Browser as Api
from owner_browser import trade
from portfolio.domain.history import Price, Span
from portfolio.models import Job, db
from portfolio.prices.feed import Facts, Unknown
from portfolio.prices.fixed import FixedFeed
from portfolio_pages import choose, go, log_in, looked_at, save, saved, told, undo
from portfolio_site import filled

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


class PartlyGone:
    """A feed to which one symbol is unknown."""

    name = "partly"

    def closes(self, symbol: str, currency: str, span: Span) -> list[Price]:
        if symbol == "GONE":
            raise Unknown("GONE is unknown.")
        return FixedFeed().closes(symbol, currency, span)

    def look_up(self, symbol: str) -> Facts:
        raise Unknown(symbol)


def test_whatever_is_deleted_is_undone_where_it_was_done(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    portfolio, fund = f"/portfolios/{made['portfolio']}", f"/funds/{made['fund']}"
    browser.post(f"/funds/{made['fund']}/splits", {"date": "2024-06-20", "new": 2, "old": 1})
    rate = {"fromCurrency": "USD", "toCurrency": "EUR", "date": "2024-01-01", "rate": "0.9"}
    browser.call("PUT", "/exchange-rates", rate)
    before = _everything(browser, made)
    page = opened(portfolio)
    for button in ("buy of Fund 1 on 16-05-2024", "dividend of Fund 1 on 01-04-2024"):
        page.get_by_role("button", name=f"Delete the {button}").click()
        undo(page, "is deleted")
    page.get_by_role("button", name="Remove Fund 1").click()
    page.get_by_role("button", name="Remove it with all of that").click()
    undo(page, "Fund 1 is removed.")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete it").click()
    page.get_by_role("heading", name="Portfolios", level=1).wait_for()
    undo(page, "Pension is deleted.")
    page.get_by_role("link", name="Pension").wait_for()
    go(page, fund)
    page.get_by_role("button", name="Delete the price of 15-05-2024").click()
    undo(page, "is deleted")
    page.get_by_role("button", name="Delete the split of 20-06-2024").click()
    undo(page, "is deleted")
    go(page, "/settings/rates")
    page.get_by_role("button", name="Delete the rate of USD in EUR of 01-01-2024").click()
    undo(page, "is deleted")
    assert _everything(browser, made) == before


def _everything(browser: Api, made: dict[str, str]) -> list[Any]:
    paths = ("transactions", "dividends", "portfolio-funds", f"funds/{made['fund']}/prices", "exchange-rates")
    return [browser.get(f"/{path}") for path in (*paths, "portfolio-history?startDate=2024-01-01")]


def test_what_was_deleted_is_in_the_settings_for_a_week(opened: Callable[..., Page], browser: Api) -> None:
    fund = browser.fund(1, name="World")
    browser.price(fund, "2024-06-03", "10")
    page = opened(f"/funds/{fund}")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete it").click()
    told(page, "World is deleted.")
    browser.fund(1, name="Another")
    go(page, "/settings/deleted")
    page.get_by_role("button", name="Bring back World").click()
    told(page, "Another fund has the ISIN NL0000000016 by now.")
    browser.call("DELETE", f"/funds/{browser.get('/funds')[0]['id']}")
    page.get_by_role("button", name="Bring back World").click()
    told(page, "World is back.")
    assert browser.get(f"/funds/{fund}")["latestPrice"] == "10"


def test_two_browsers_that_edit_one_trade_see_both_versions(
    opened: Callable[..., Page], browser: Api
) -> None:
    made = filled(browser)
    newest = browser.get("/transactions")["items"][0]
    page = opened(f"/portfolios/{made['portfolio']}")
    edit = page.get_by_role("button", name="Edit the sell of Fund 1 on 17-06-2024")
    edit.click()
    browser.edit(f"/transactions/{newest['id']}", trade(made["position"], "sell", "2024-06-17", "4", "110"))
    choose(page, {"Shares": "3"})
    save(page)
    page.get_by_text("Somebody else changed this").wait_for()
    row = page.get_by_role("table", name="Both versions").get_by_role("row").filter(has_text="Shares").first
    assert row.inner_text().split() == ["Shares", "4", "3"]
    looked_at(page)
    page.get_by_role("button", name="Save mine over it").click()
    told(page, "Saved")
    assert browser.get("/transactions")["items"][0]["shares"] == "3"
    # One that the other browser has deleted meanwhile: what is typed stays.
    edit.click()
    browser.call("DELETE", f"/transactions/{newest['id']}")
    choose(page, {"Shares": "2"})
    save(page)
    page.get_by_role("alert").filter(has_text="There is no such transaction.").wait_for()
    assert page.get_by_role("dialog").get_by_label("Shares").input_value() == "2"


def test_a_session_that_ends_while_a_form_is_filled_in_loses_nothing(
    opened: Callable[..., Page], browser: Api
) -> None:
    made = filled(browser)
    page = opened(f"/portfolios/{made['portfolio']}")
    page.get_by_role("button", name="Add a transaction of Fund 1").click()
    choose(page, {"Date": "20-06-2024", "Shares": "7", "Price of a share": "11"})
    browser.call("DELETE", "/sessions")
    save(page)
    again = page.get_by_role("dialog", name="Log in again")
    again.wait_for()
    looked_at(page)
    page.keyboard.press("Escape")
    assert again.is_visible()
    again.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text="The address or the password is wrong.").wait_for()
    log_in(page)
    again.wait_for(state="detached")
    assert page.get_by_role("dialog").get_by_label("Shares").input_value() == "7"
    saved(page)
    assert page.url.endswith(made["portfolio"])
    assert page.get_by_role("table", name="Transactions").get_by_text("77,00").count() == 1


def test_while_the_server_is_away_it_is_said_and_what_is_typed_stays(
    opened: Callable[..., Page], browser: Api
) -> None:
    made = filled(browser)
    page = opened(f"/portfolios/{made['portfolio']}")
    page.get_by_role("button", name="Add a transaction of Fund 1").click()
    choose(page, {"Date": "20-06-2024", "Shares": "7", "Price of a share": "11"})
    page.context.set_offline(True)
    save(page)
    page.get_by_role("alert").filter(has_text="The server cannot be reached.").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go on typing").click()
    page.context.set_offline(False)
    saved(page)
    page.get_by_role("table", name="Transactions").get_by_text("77,00").wait_for()
    page.context.set_offline(True)
    # What the next page is made of is not loaded yet.
    page.get_by_role("link", name="Log", exact=True).click()
    page.get_by_role("alert").filter(has_text="This page could not be shown.").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Load it again").click()
    page.get_by_role("heading", name="Log", exact=True).wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("What is shown is from before.").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("What is shown is from before.").wait_for(state="detached")


def test_a_job_is_seen_on_every_page_until_it_is_over(
    opened: Callable[..., Page], app: Flask, browser: Api, clock: list[datetime]
) -> None:
    with app.app_context():
        job = Job(kind="prices", state="running", stage="fetching", done=3, total=8)
        job.made_at = job.told_at = clock[0]
        db.session.add(job)
        db.session.commit()
        job_id = job.id
    page = opened("/portfolios", 390)
    kept = f'[{{"id": "{job_id}", "kind": "prices", "title": "Closing prices of all funds"}}]'
    page.evaluate("kept => sessionStorage.setItem('portfolio.jobs', kept)", kept)
    page.reload()
    bar = page.get_by_role("progressbar", name="Closing prices of all funds")
    page.get_by_text("3 of 8 funds").wait_for()
    assert bar.evaluate("bar => [bar.value, bar.max]") == [3, 8]
    page.get_by_role("status").filter(has_text="25 percent of 8 funds").wait_for(state="attached")
    looked_at(page)
    go(page, "/files")
    page.get_by_text("3 of 8 funds").wait_for()
    _change(app, job_id, done=6)
    page.get_by_text("6 of 8 funds").wait_for()
    result = {"updatedFunds": [], "errors": [], "totalUpdated": 8, "totalErrors": 0, "newPrices": 12}
    _change(app, job_id, state="done", result=result)
    told(page, "12 new prices of 8 funds.")
    bar.wait_for(state="detached")


def _change(app: Flask, job_id: str, **values: Any) -> None:
    with app.app_context():
        job = db.session.get(Job, job_id)
        assert job is not None
        for name, value in values.items():
            setattr(job, name, value)
        db.session.commit()


def test_funds_without_new_prices_are_named_until_that_is_dismissed(
    opened: Callable[..., Page], app: Flask, browser: Api
) -> None:
    app.extensions["feeds"] = lambda name: PartlyGone()
    browser.fund(1, name="Good", symbol="AAA")
    browser.fund(2, name="Bad", symbol="GONE")
    page = opened("/funds")
    page.get_by_role("button", name="Update prices").click()
    under = page.get_by_role("region", name="Under way")
    under.get_by_text("Bad: GONE is unknown.").wait_for()
    page.get_by_role("table", name="Funds").get_by_text("no new prices").wait_for()
    looked_at(page)
    go(page, "/")
    under.get_by_role("button", name="Dismiss").click()
    under.wait_for(state="detached")


def test_an_export_is_restored_where_there_is_nothing(
    opened: Callable[..., Page], browser: Api, tmp_path: Path
) -> None:
    made = filled(browser)
    good, cut = tmp_path / "all.zip", tmp_path / "cut.zip"
    good.write_bytes(browser.send("GET", "/export").data)
    cut.write_bytes(good.read_bytes()[:400])
    page = opened("/files")
    page.get_by_role("heading", name="Export", exact=True).wait_for()
    assert page.get_by_role("heading", name="Restore an export").count() == 0
    browser.call("DELETE", f"/portfolios/{made['portfolio']}", status=204)
    for fund in browser.get("/funds"):
        browser.call("DELETE", f"/funds/{fund['id']}", status=204)
    page.reload()
    archive = page.get_by_label("Choose an archive")
    archive.set_input_files(cut)
    page.get_by_role("alert").filter(has_text="cut off").wait_for()
    looked_at(page)
    archive.set_input_files(good)
    told(page, "1 portfolios with 8 transactions are back.")
    page.get_by_role("heading", name="Restore an export").wait_for(state="detached")
    assert browser.get("/portfolios")[0]["id"] == made["portfolio"]
