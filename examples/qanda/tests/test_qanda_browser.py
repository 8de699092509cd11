"""The pages in a real browser: two widths, light and dark, no complaint of axe, forms by keyboard."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from qanda_room import PASSWORD
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from flask import Flask

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium-headless-shell and no chromium here"),
]
LONG = "Supercalifragilistic" * 8 + " https://example.com/" + "a" * 200


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The app over a socket, with a few questions in it."""
    from qanda import asking
    from qanda.room import database

    with app.app_context():
        asking.ask_on_the_web(database(), LONG)
        question = asking.ask_on_the_web(database(), "Where is the stapler?\n\nThe red one, I mean.")
        for body in ("On the shelf.", LONG, "أين الدباسة؟ على الرف."):
            asking.answer_on_the_web(database(), question.id, body)
        asking.write_letter(database(), "Thank you for this!", "Ada", "ada@example.com")
        for number in range(25):
            asking.ask_on_the_web(database(), f"What is the answer to question number {number}?")
        asking.ask_on_the_web(database(), "Who waters the plants?")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def opened(browser: Browser, width: int, scheme: str) -> tuple[Page, list[str]]:
    """A page in a window of its own, and what it complains of."""
    dark = scheme == "dark"
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def looked_at(page: Page, width: int) -> None:
    """Nothing is wider than the window, and axe finds nothing."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_every_page_fits_its_window_and_everybody(
    browser: Browser, site: str, width: int, scheme: str
) -> None:
    page, complaints = opened(browser, width, scheme)
    for path in ("/", "/?source=slack", "/yours", "/contact", "/slack", "/api", "/moderation/login"):
        page.goto(site + path)
        looked_at(page, width)
    page.goto(site)
    page.get_by_role("link", name="Older questions").click()
    page.get_by_role("link", name="Where is the stapler?").click()
    looked_at(page, width)
    page.goto(site + "/moderation")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    looked_at(page, width)
    for name in ("Letters", "To the bot", "Hidden"):
        page.get_by_role("link", name=name).click()
        looked_at(page, width)
    page.goto(site)
    page.get_by_role("link", name="Older questions").click()
    page.get_by_role("link", name="Where is the stapler?").click()
    page.get_by_role("button", name="Hide the answer On the shelf.").click()
    looked_at(page, width)
    page.get_by_role("button", name="Show the answer On the shelf.").click()
    page.get_by_role("button", name="Hide this question").click()
    looked_at(page, width)
    assert complaints == []
    page.goto(site + "/nowhere")
    looked_at(page, width)
    page.context.close()


def test_a_question_is_asked_and_answered_with_the_keyboard_alone(browser: Browser, site: str) -> None:
    page, complaints = opened(browser, 390, "light")
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "To the content"
    page.get_by_label("Your question").focus()
    page.keyboard.type("ab?")
    page.keyboard.press("Backspace")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[aria-invalid]")
    looked_at(page, 390)
    assert page.locator(":focus").input_value() == "ab"
    page.keyboard.press("End")
    page.keyboard.type("sent friends?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your question is asked")
    looked_at(page, 390)
    page.get_by_label("Your answer").fill("They write letters.")
    page.get_by_role("button", name="Answer").press("Enter")
    page.wait_for_selector("text=Your answer is below")
    assert page.locator(".answers li").inner_text().startswith("They write letters.")
    page.get_by_role("link", name="Yours").first.click()
    page.get_by_role("link", name="absent friends?").wait_for()
    assert [words for words in complaints if "422" not in words] == []
    page.context.close()
