"""The pages in a real browser: with and without scripts, by keyboard, at two widths, at another origin."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

PASSWORD = "open sesame"
SIZES = [(390, "dark"), (390, "light"), (1280, "light"), (1280, "dark")]
Serve = Callable[[Any], AbstractContextManager[str]]


@contextmanager
def opened(browser: Browser, width: int = 1280, scheme: Any = "light", **how: Any) -> Iterator[Page]:
    """A page; what goes wrong in it fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **how)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Security Policy" in said.text else None)
    try:
        yield page
    finally:
        context.close()
    assert not troubles


def filled(page: Page, **fields: str) -> None:
    known = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@engines.org", "message": "Hello"}
    for name, value in {**known, **fields}.items():
        page.fill(f"#{name}", value)


def sound(page: Page) -> None:
    """Nothing that axe knows of keeps anybody out, and nothing is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.fixture
def served(make_app: Callable[..., Flask], serve: Serve) -> Iterator[str]:
    app = make_app()
    app.config["SESSION_COOKIE_SECURE"] = False  # loopback has no TLS
    with serve(app) as url:
        yield url


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_every_page_is_sound(browser: Browser, served: str, width: int, scheme: str) -> None:
    with opened(browser, width, scheme) as page:
        for path in ("/", "/contact", "/contact/thanks", "/dashboard/login", "/nowhere"):
            page.goto(served + path)
            sound(page)
        page.goto(f"{served}/contact")
        filled(page, email="ada")
        page.click("button[type=submit]")
        page.wait_for_selector("#summary:not([hidden])")
        sound(page)
        filled(page)
        page.click("button[type=submit]")
        page.wait_for_selector("#thanks:not([hidden])")
        sound(page)
        page.goto(f"{served}/dashboard/login")
        page.fill("input[type=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/dashboard")
        assert "Ada Lovelace" in page.inner_text("main")
        sound(page)
        page.click("text=Ada Lovelace")
        sound(page)


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(browser: Browser, served: str) -> None:
    with opened(browser) as page:
        page.goto(f"{served}/contact")
        filled(page, email="ada@", first_name="")
        page.click("button[type=submit]")
        page.wait_for_selector("#summary:not([hidden])")
        assert page.evaluate("document.activeElement.id") == "summary"
        assert page.inner_text("#first_name-fault") == "Please fill this in."
        assert "not an email address" in page.inner_text("#email-fault")
        assert page.input_value("#message") == "Hello"
        page.click("#summary a >> nth=0")
        assert page.evaluate("document.activeElement.id") == "first_name"


def test_the_keyboard_is_enough(browser: Browser, served: str) -> None:
    with opened(browser) as page:
        page.goto(f"{served}/contact")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.focus("#first_name")
        for text in ("Ada", "Lovelace", "ada@engines.org"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.focus("#message")
        page.keyboard.type("Hello")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#thanks:not([hidden])")
        assert page.evaluate("document.activeElement.id") == "thanks"


def test_without_scripts_it_is_a_form_as_forms_are(browser: Browser, served: str) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{served}/contact")
        filled(page)
        page.click("button[type=submit]")
        page.wait_for_url(f"{served}/contact/thanks")
        page.goto(f"{served}/contact")
        filled(page, email="ada@engines")
        page.click("button[type=submit]")
        page.wait_for_url(f"{served}/submit_contact")
        assert "Not sent yet" in page.title()
        assert page.input_value("#email") == "ada@engines"


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """A server of files at another origin, as S3 would be."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("allowed", [True, False])
def test_the_site_at_another_origin_sends_its_form_where_it_may(
    browser: Browser, make_app: Callable[..., Flask], serve: Serve, tmp_path: Path, allowed: bool
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    with files(folder) as origin:
        app = make_app(ALLOWED_ORIGINS=origin if allowed else "https://www.example.com")
        from contact_form.freeze import freeze

        with serve(app) as api:
            freeze(folder, api)
            with opened(browser) as page:
                page.goto(f"{origin}/contact/")
                filled(page)
                page.click("button[type=submit]")
                if allowed:
                    page.wait_for_selector("#thanks:not([hidden])")
                else:
                    page.wait_for_selector("#summary:not([hidden])")
                    assert "could not be reached" in page.inner_text("#summary")
                    assert page.input_value("#message") == "Hello"
