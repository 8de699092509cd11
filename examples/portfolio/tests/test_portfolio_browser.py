"""The pages in a real browser: from an empty database to a portfolio with everything, two widths, light and
dark, the keyboard, and what axe says.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from owner_browser import EMAIL, PASSWORD, isin, trade
from owner_browser import Browser as Api
from portfolio_site import DIST, WEB, filled, served

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, Page

pytest.importorskip("playwright", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium-headless-shell and no chromium here"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="no npm here to build the front end with"),
]
HOSTILE = '<img src=x onerror="document.title=1">\'; DROP TABLE fund; --'


def _npm(*arguments: str) -> None:
    done = subprocess.run(
        ["npm", *arguments], cwd=WEB, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def built() -> None:
    """web/dist, built of the sources as they are."""
    if not (WEB / "node_modules").is_dir():
        try:
            _npm("ci", "--prefer-offline", "--no-audit", "--no-fund")
        except (AssertionError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"npm cannot install the front end's packages here: {str(error)[:300]}")
    sources = [WEB / name for name in ("index.html", "package-lock.json", "vite.config.ts")]
    sources += [path for folder in ("src", "public") for path in (WEB / folder).rglob("*") if path.is_file()]
    page = DIST / "index.html"
    if not page.exists() or page.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        _npm("run", "build")


@pytest.fixture(scope="module")
def chromium(built: None) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture
def opened(chromium: Browser, site: str, clock: list[datetime]) -> Iterator[Callable[..., Page]]:
    """A page in a window of its own, whose clock is the app's; its complaints fail the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def make(width: int = 1280, scheme: Any = "light") -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            timezone_id="Europe/Amsterdam",
            locale="nl-NL",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.clock.set_fixed_time(clock[0])
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # What the API refuses, the browser says by itself.
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "status of 4" not in said.text else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def log_in(page: Page, path: str = "/") -> None:
    page.goto(path)
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="Pages").wait_for()


def told(page: Page, text: str) -> None:
    """A message of this text is shown."""
    page.locator(".toast").filter(has_text=text).first.wait_for()


def save(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Save").click()


def choose(page: Page, fields: dict[str, str]) -> None:
    """Fill a dialog's fields by their labels."""
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        field = dialog.get_by_label(label, exact=True)
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)


def looked_at(page: Page, width: int) -> None:
    """Nothing is wider than the window, and axe finds nothing."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state()
    page.wait_for_function("!document.querySelector('.loading')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def test_the_types_are_those_of_the_api(built: None) -> None:
    command = ["npm", "run", "types", "--", "--check"]
    environment = {"PYTHON": sys.executable, "PATH": os.environ["PATH"], "HOME": str(Path.home())}
    done = subprocess.run(
        command, cwd=WEB, env=environment, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_empty_house_becomes_a_portfolio_with_everything(opened: Callable[..., Page]) -> None:
    page = opened()
    log_in(page)
    page.get_by_role("link", name="Make a portfolio").click()
    choose(page, {"Name": "Pension", "Description": "For later."})
    save(page)
    page.get_by_role("heading", name="Pension", level=1).wait_for()

    page.goto("/funds?new")
    choose(page, {"Name": "World", "ISIN": isin(1), "Dividends": "In cash"})
    save(page)
    page.get_by_role("heading", name="World", level=1).wait_for()
    for day, price in (("2024-01-02", "100,50"), ("2024-06-27", "120")):
        page.get_by_role("button", name="Enter a price").click()
        choose(page, {"Day": day, "Price": price})
        save(page)
        told(page, "The price is entered.")
        page.get_by_role("dialog").wait_for(state="detached")

    page.get_by_role("link", name="Portfolios", exact=True).click()
    page.get_by_role("link", name="Pension").click()
    page.get_by_role("button", name="Add a fund").click()
    choose(page, {"Fund or stock": f"World ({isin(1)})"})
    save(page)
    page.get_by_role("button", name="Add a transaction").click()
    choose(page, {"Date": "2024-01-02", "Shares": "10"})
    page.get_by_role("dialog").get_by_label("Shares").focus()
    # The price of that day comes by itself, once the date has been left.
    page.get_by_role("dialog").get_by_text("Together").filter(has_text="1.005,00").wait_for()
    save(page)
    page.get_by_role("table", name="Transactions").get_by_text("1.005,00").wait_for()
    page.get_by_role("button", name="Add a dividend").click()
    choose(page, {"Ex-dividend date": "2024-03-01", "Record date": "2024-03-04", "Dividend a share": "0,75"})
    save(page)
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


def test_a_deleted_trade_comes_back_when_that_is_wanted(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    page = opened()
    log_in(page, f"/portfolios/{made['portfolio']}")
    page.get_by_role("button", name="Delete the buy of Fund 1 on 16-05-2024").click()
    told(page, "is deleted")
    assert len(browser.get("/transactions")["items"]) == 7
    page.get_by_role("button", name="Undo").click()
    told(page, "It is back.")
    assert len(browser.get("/transactions")["items"]) == 8


def test_what_the_server_refuses_stands_beside_the_field(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    page = opened()
    log_in(page, f"/portfolios/{made['portfolio']}")
    page.get_by_role("button", name="Add a transaction").click()
    choose(page, {"Fund": "Fund 1", "Type": "Sell", "Date": "2024-06-20", "Shares": "12.5"})
    save(page)
    page.get_by_text("Shares is not a number; decimals are written 12,50.").wait_for()
    assert page.locator(":focus").get_attribute("name") == "shares"
    choose(page, {"Shares": "1000", "Price of a share": "1"})
    save(page)
    page.get_by_role("alert").filter(has_text=re.compile("held|shares")).first.wait_for()
    page.keyboard.press("Escape")
    page.goto("/funds?new")
    choose(page, {"Name": HOSTILE[:100], "ISIN": isin(1)})
    save(page)
    page.get_by_text("ISIN is the ISIN of Fund 1.").wait_for()
    choose(page, {"ISIN": isin(3)})
    save(page)
    page.get_by_role("heading", level=1).filter(has_text="DROP TABLE").wait_for()


def test_two_browsers_that_edit_one_trade_see_both_versions(
    opened: Callable[..., Page], browser: Api
) -> None:
    made = filled(browser)
    newest = browser.get("/transactions")["items"][0]
    page = opened()
    log_in(page, f"/portfolios/{made['portfolio']}")
    edit = page.get_by_role("button", name="Edit the sell of Fund 1 on 17-06-2024")
    edit.click()
    browser.edit(f"/transactions/{newest['id']}", trade(made["position"], "sell", "2024-06-17", "4", "110"))
    choose(page, {"Shares": "3"})
    save(page)
    page.get_by_text("Somebody else changed this").wait_for()
    row = page.get_by_role("table", name="Both versions").get_by_role("row").filter(has_text="Shares").first
    assert row.inner_text().split() == ["Shares", "4", "3"]
    looked_at(page, 1280)
    page.get_by_role("button", name="Save mine over it").click()
    told(page, "Saved")
    assert browser.get("/transactions")["items"][0]["shares"] == "3"


def test_a_file_is_looked_at_before_it_is_imported(
    opened: Callable[..., Page], browser: Api, tmp_path: Path
) -> None:
    filled(browser)
    page = opened()
    log_in(page, "/files")
    page.get_by_label("Transactions of").select_option(label="Pension: Fund 1")
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("date;type;shares;cost_per_share\n2024-01-02;buy;ten;100\n2024-02-30;sell;1;100\n")
    good.write_text("date;type;shares;cost_per_share\n2024-01-03;buy;1,5;100,25\n2024-01-16;buy;10;101\n")
    page.locator("input[type=file]").set_input_files(bad)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("things are wrong with the file").wait_for()
    assert page.get_by_role("table", name="What is wrong").get_by_role("row").count() == 3
    assert page.get_by_role("button", name="Import 0").is_disabled()
    looked_at(page, 1280)
    page.locator("input[type=file]").set_input_files(good)
    page.get_by_label("Rows that are there already").select_option(label="Skip them")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("there already", exact=True).wait_for()
    page.get_by_role("button", name="Import 1 transactions").click()
    told(page, "1 transactions are imported, 1 skipped.")
    assert len(browser.get("/transactions")["items"]) == 9


def test_formats_and_theme_are_kept(opened: Callable[..., Page], browser: Api) -> None:
    made = filled(browser)
    page = opened()
    log_in(page, "/settings")
    page.get_by_label("Theme").select_option(label="Dark")
    page.get_by_label("Numbers").select_option(label="American")
    page.get_by_label("Dates").select_option(label="ISO 8601")
    page.get_by_text("Today is 2024-06-28.").wait_for()
    page.get_by_role("button", name="Save").click()
    told(page, "The settings are kept.")
    page.goto("/")
    page.get_by_text("€5,830.00").first.wait_for()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.get_by_text("1 without a rate").wait_for()
    page.goto(f"/portfolios/{made['portfolio']}")
    page.get_by_role("note").filter(has_text="USD/EUR").wait_for()


def test_a_session_that_ended_elsewhere_leads_to_the_login_and_back(
    opened: Callable[..., Page], browser: Api
) -> None:
    made = filled(browser)
    page = opened()
    log_in(page, f"/portfolios/{made['portfolio']}")
    delete = page.get_by_role("button", name="Delete the buy of Fund 1 on 16-05-2024")
    delete.wait_for()
    browser.call("DELETE", "/sessions")
    delete.click()
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text="The address or the password is wrong.").wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Pension", level=1).wait_for()
    assert page.url.endswith(made["portfolio"])


def test_a_portfolio_is_made_with_the_keyboard_alone(opened: Callable[..., Page]) -> None:
    page = opened(390)
    log_in(page, "/portfolios")
    page.goto("/portfolios")
    page.get_by_role("heading", name="Portfolios").wait_for()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "To the content"
    page.get_by_role("button", name="New portfolio").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").wait_for()
    page.keyboard.press("Tab")
    page.get_by_label("Name").focus()
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Mine", level=1).wait_for()


def test_charts_are_toggled_ranged_and_zoomed(opened: Callable[..., Page], browser: Api) -> None:
    filled(browser)
    page = opened()
    log_in(page)
    value = page.get_by_role("button", name=re.compile("^Value"))
    value.wait_for()
    value.click()
    assert value.get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="3M").click()
    whole = page.get_by_role("button", name="Whole range")
    assert whole.is_disabled()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("!document.querySelector('.chart-tools .button').disabled")
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
    page.get_by_role("region", name="History of the portfolios, as a table").wait_for()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_every_page_fits_its_window_and_everybody(
    opened: Callable[..., Page], browser: Api, width: int, scheme: str
) -> None:
    made = filled(browser)
    page = opened(width, scheme)
    page.goto("/login")
    page.get_by_label("Password").wait_for()
    looked_at(page, width)
    log_in(page)
    places = [
        "/",
        "/portfolios",
        f"/portfolios/{made['portfolio']}",
        "/portfolios?new",
        "/funds",
        "/funds?new",
    ]
    places += [f"/funds/{made['fund']}", "/files", "/settings", "/settings/rates", "/settings/security"]
    for path in (*places, "/logs", "/nowhere", f"/funds/{made['portfolio']}"):
        page.goto(path)
        page.locator("#content :is(h1, h3)").first.wait_for(state="attached")
        looked_at(page, width)
