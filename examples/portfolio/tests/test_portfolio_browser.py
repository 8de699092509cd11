"""The pages in a real browser: from an empty database to a portfolio with everything, two widths, light and
dark, the keyboard, and what axe says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from owner_browser import Browser as Api
from owner_browser import isin
from portfolio_pages import choose, go, log_in, looked_at, save, saved, told
from portfolio_site import filled

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow
HOSTILE = '<img src=x onerror="document.title=1">\'; DROP TABLE fund; --'


def test_an_empty_house_becomes_a_portfolio_with_everything(opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto("/")
    log_in(page)
    page.get_by_role("link", name="Make a portfolio").click()
    choose(page, {"Name": "Pension", "Description": "For later."})
    save(page)
    page.get_by_role("heading", name="Pension", level=1).wait_for()

    go(page, "/funds?new")
    choose(page, {"Name": "World", "ISIN": isin(1), "Dividends": "In cash"})
    save(page)
    page.get_by_role("heading", name="World", level=1).wait_for()
    for day, price in (("02-01-2024", "100,50"), ("27-06-2024", "120")):
        page.get_by_role("button", name="Enter a price").click()
        choose(page, {"Day": day, "Price": price})
        saved(page)
    page.get_by_role("table", name="Closing prices").get_by_text("27-06-2024").wait_for()

    page.get_by_role("link", name="Portfolios", exact=True).click()
    page.get_by_role("link", name="Pension").click()
    page.get_by_role("button", name="Add a fund").click()
    choose(page, {"Fund or stock": f"World ({isin(1)})"})
    saved(page)
    page.get_by_role("button", name="Add a transaction", exact=True).click()
    choose(page, {"Date": "2-1-2024", "Shares": "10"})
    # The price of that day comes by itself, once the date has been left.
    page.get_by_role("dialog").get_by_text("Together").filter(has_text="1.005,00").wait_for()
    saved(page)
    page.get_by_role("table", name="Transactions").get_by_text("1.005,00").wait_for()
    page.get_by_role("button", name="Add a dividend", exact=True).click()
    choose(page, {"Ex-dividend date": "01-03-2024", "Record date": "4/3/24", "Dividend a share": "0,75"})
    saved(page)
    page.get_by_role("table", name="Dividends").get_by_text("7,50").wait_for()
    page.locator("dl.cards").get_by_text("€ 1.200,00").wait_for()
    assert page.locator(".plot canvas").count() == 1

    page.get_by_role("link", name="Files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="transactions.csv").click()
    assert "2024-01-02,buy,10,100.5" in download.value.path().read_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export everything").click()
    assert download.value.suggested_filename == "portfolio-2024-06-28.zip"
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("table", name="Portfolios").get_by_text("+19,40%").first.wait_for()


def test_what_the_server_refuses_stands_beside_the_field(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    page = opened(f"/portfolios/{made['portfolio']}")
    page.get_by_role("button", name="Add a transaction of Fund 1").click()
    choose(page, {"Type": "Sell", "Date": "31-06-2024", "Shares": "12.5"})
    save(page)
    page.get_by_text("Date is not a date.").wait_for()
    page.get_by_text("A day is written dd-mm-yyyy.").wait_for()
    page.get_by_text("Shares is not a number; decimals are written 12,50.").wait_for()
    assert page.locator(":focus").get_attribute("name") == "date"
    choose(page, {"Date": "20-06-2024", "Shares": "1000", "Price of a share": "1"})
    save(page)
    page.get_by_role("alert").filter(has_text=re.compile("held|shares")).first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("alertdialog").get_by_role("button", name="Throw it away").click()
    go(page, "/funds?new")
    choose(page, {"Name": HOSTILE[:100], "ISIN": isin(1)})
    save(page)
    page.get_by_text("ISIN is the ISIN of Fund 1.").wait_for()
    choose(page, {"ISIN": isin(3)})
    save(page)
    page.get_by_role("heading", level=1).filter(has_text="DROP TABLE").wait_for()


def test_a_file_is_looked_at_before_it_is_imported(
    opened: Callable[..., Page], browser: Api, tmp_path: Path
) -> None:
    filled(browser)
    page = opened("/files")
    page.get_by_label("Transactions of").select_option(label="Pension: Fund 1")
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("date;type;shares;cost_per_share\n2024-01-02;buy;ten;100\n2024-02-30;sell;1;100\n")
    good.write_text("date;type;shares;cost_per_share\n2024-01-03;buy;1,5;100,25\n2024-01-16;buy;10;101\n")
    page.locator("input[type=file]").set_input_files(bad)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("things are wrong with the file").wait_for()
    assert page.get_by_role("table", name="What is wrong").get_by_role("row").count() == 3
    assert page.get_by_role("button", name="Import 0").is_disabled()
    looked_at(page)
    page.locator("input[type=file]").set_input_files(good)
    page.get_by_label("Rows that are there already").select_option(label="Skip them")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("there already", exact=True).wait_for()
    page.get_by_role("button", name="Import 1 transactions").click()
    told(page, "1 transactions are imported, 1 skipped.")
    assert len(browser.get("/transactions")["items"]) == 9


def test_formats_and_theme_are_kept(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    page = opened("/settings")
    page.get_by_label("Theme").select_option(label="Dark")
    page.get_by_label("Numbers").select_option(label="American")
    page.get_by_label("Dates").select_option(label="American")
    page.get_by_text("Today is 06/28/2024.").wait_for()
    page.get_by_role("button", name="Save").click()
    told(page, "The settings are kept.")
    page.goto("/")
    page.get_by_text("€5,830.00").first.wait_for()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.get_by_text("1 without a rate").wait_for()
    go(page, f"/portfolios/{made['portfolio']}")
    page.get_by_role("note").filter(has_text="USD/EUR").wait_for()
    # What is typed is in those formats too, and so are filters.
    page.get_by_role("button", name="Edit the sell of Fund 1 on 06/17/2024").click()
    date = page.get_by_role("dialog").get_by_label("Date", exact=True)
    assert date.input_value() == "06/17/2024"
    choose(page, {"Date": "6/18/2024", "Shares": "1,000.5"})
    date.blur()
    assert date.input_value() == "06/18/2024"
    choose(page, {"Shares": "4.5"})
    saved(page)
    page.get_by_role("table", name="Transactions").get_by_text("06/18/2024").first.wait_for()
    page.get_by_label("From", exact=True).fill("06/01/2024")
    page.get_by_role("table", name="Transactions").get_by_text("05/16/2024").first.wait_for(state="detached")
    assert page.get_by_role("table", name="Transactions").get_by_role("row").count() == 3


def test_a_portfolio_is_made_with_the_keyboard_alone(opened: Callable[..., Page]) -> None:
    page = opened("/portfolios", 390)
    page.get_by_role("heading", name="Portfolios").wait_for()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "To the content"
    page.get_by_role("button", name="New portfolio").focus()
    page.keyboard.press("Enter")
    page.locator("input[name=name]:focus").wait_for()
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Mine", level=1).wait_for()


def test_on_a_phone_transactions_are_sorted_and_several_funds_chosen(
    opened: Callable[..., Page], browser: Api
) -> None:
    made = filled(browser)
    page = opened(f"/portfolios/{made['portfolio']}", 390)
    rows = page.get_by_role("table", name="Transactions").get_by_role("rowheader")
    rows.first.filter(has_text="17-06-2024").wait_for()
    page.get_by_role("button", name="Total", exact=True).click()
    rows.first.filter(has_text="16-06-2024, buy 10 at").wait_for()
    page.get_by_role("button", name="Total", exact=True).click()
    rows.first.filter(has_text="17-06-2024, sell 5 at").wait_for()
    page.get_by_label("Order").select_option(label="Oldest first")
    rows.first.filter(has_text="16-01-2024").wait_for()
    page.get_by_role("button", name="Funds: All funds").click()
    page.get_by_role("menuitemcheckbox", name="Example Computers").click()
    page.keyboard.press("Escape")
    rows.first.filter(has_text="01-03-2024").wait_for()
    page.get_by_role("button", name="Funds: Example Computers").click()
    page.get_by_role("menuitemcheckbox", name="Fund 1").click()
    page.keyboard.press("Escape")
    rows.first.filter(has_text="16-01-2024").wait_for()
    page.get_by_role("button", name="Types: All types").click()
    page.get_by_role("menuitemcheckbox", name="Sells").click()
    page.keyboard.press("Escape")
    rows.filter(has_text="buy").first.wait_for(state="detached")
    assert rows.count() == 1
    looked_at(page)


def test_charts_are_toggled_ranged_and_zoomed(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    browser.post(f"/portfolios/{made['portfolio']}/archive")
    # A portfolio that is in no overview has its own chart all the same.
    page = opened(f"/portfolios/{made['portfolio']}")
    value = page.get_by_role("button", name=re.compile("^Value"))
    value.wait_for()
    value.click()
    assert value.get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="3M").click()
    whole = page.get_by_role("button", name="Whole range")
    assert whole.is_disabled()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("!document.querySelector('.chart-tools .button').disabled")
    value.click()
    assert whole.is_enabled()  # another look at the same days
    whole.click()
    page.wait_for_function("document.querySelector('.chart-tools .button').disabled")
    box = page.locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 50, steps=5)
    page.mouse.up()
    page.wait_for_function("!document.querySelector('.chart-tools .button').disabled")
    page.get_by_text("The same as a table").click()
    page.get_by_role("region", name="History, as a table").wait_for()


def test_every_page_fits_its_window_and_everybody(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    browser.call("DELETE", f"/funds/{made['fund']}/prices/2024-01-15")
    page = opened()
    page.goto("/login")
    page.get_by_label("Password").wait_for()
    _in_both_looks(page)
    page = opened("/")
    _in_both_looks(page)
    places = ["/portfolios", f"/portfolios/{made['portfolio']}", "/portfolios?new", "/funds"]
    places += [f"/funds/{made['fund']}", "/funds?new", "/files", "/settings", "/settings/rates"]
    places += ["/settings/security", "/settings/deleted", "/logs", "/nowhere", f"/funds/{made['portfolio']}"]
    for path in places:
        go(page, path)
        page.locator("#content h1").first.wait_for(state="attached")
        _in_both_looks(page)


def _in_both_looks(page: Page) -> None:
    for width, scheme in ((390, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        looked_at(page)
