"""The pages as their tests use them: windows of a real browser, and what is done in them again and again."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from owner_browser import COOKIE, EMAIL, PASSWORD
from portfolio.api import access

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

#: A page of the front end by its path, without loading the window anew.
_GO = """path => {
  document.title = '…'
  history.pushState({}, '', path)
  dispatchEvent(new PopStateEvent('popstate', { state: {} }))
}"""
#: What the API refuses, and that it is away, the browser says by itself.
_SAID_BY_ITSELF = ("status of 4", "ERR_INTERNET_DISCONNECTED", "Failed to fetch dynamically imported module")
_FAULTS = """axe.run({ resultTypes: ['violations'] }).then(found => found.violations.map(one =>
  [one.id, ...one.nodes.map(node => node.html + ' ' + node.failureSummary)].join('\\n')))"""


class Windows:
    """Windows of one browser, each with cookies of its own."""

    def __init__(self, chrome: Browser, site: str, clock: list[datetime]) -> None:
        self._chrome, self._site, self._clock = chrome, site, clock
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, path: str = "", width: int = 1280, scheme: Any = "light") -> Page:
        """A window; with a path the owner is logged in already, and looks at that page."""
        context = self._chrome.new_context(
            base_url=self._site,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            timezone_id="Europe/Amsterdam",
            locale="en-US",  # not that of the owner's settings
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        page.clock.set_fixed_time(self._clock[0])
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._heard(said.text))
        if path:
            context.add_cookies([{"name": access.COOKIE, "value": COOKIE, "url": self._site}])
            page.goto(path)
            page.get_by_role("navigation", name="Pages").wait_for()
        return page

    def _heard(self, said: str) -> None:
        if not any(known in said for known in _SAID_BY_ITSELF):
            self.complaints.append(said)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def log_in(page: Page, password: str = PASSWORD) -> None:
    """Fill the login that is shown."""
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def go(page: Page, path: str) -> None:
    """To another page, as a link leads there."""
    page.evaluate(_GO, path)
    page.wait_for_function("document.title !== '…'")


def told(page: Page, text: str) -> None:
    """A message of this text is shown."""
    page.locator(".toast").filter(has_text=text).first.wait_for()


def undo(page: Page, text: str) -> None:
    """Undo what a message of this text says."""
    page.locator(".toast").filter(has_text=text).get_by_role("button", name="Undo").click()
    told(page, "It is back.")
    for button in page.locator(".toast").get_by_role("button", name="Dismiss").all():
        button.click()


def save(page: Page) -> None:
    """Save the form that is open; it is gone when that is done."""
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()


def saved(page: Page) -> None:
    """Save the form that is open, which is taken."""
    save(page)
    page.get_by_role("dialog").wait_for(state="detached")


def choose(page: Page, fields: dict[str, str]) -> None:
    """Fill a dialog's fields by their labels."""
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        field = dialog.get_by_label(label, exact=True)
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)


def looked_at(page: Page) -> None:
    """Nothing is wider than the window, and axe finds nothing."""
    page.wait_for_function("!document.querySelector('.loading')")
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], f"{page.url} is {width[0]} wide in {width[1]}"
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate(_FAULTS)
    assert found == [], "\n".join([page.url, *found])


@cache
def _axe() -> str:
    import axe_playwright_python

    assert axe_playwright_python.__file__ is not None
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
