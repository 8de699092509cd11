"""The pages in a real browser: a rug made by hand, on a wide and a narrow screen; axe finds nothing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

if TYPE_CHECKING:
    from flask import Flask

Make = Callable[..., "Flask"]
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium-headless-shell and no chromium here")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def address(make: Make) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, make(KNMI_REST="0", KNMI_SECONDS="5"), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["wide and light", "narrow and dark"])
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield context.new_page()
    context.close()


def check(page: Any) -> None:
    """Nobody is shut out, and nothing is wider than the screen."""
    page.wait_for_load_state()
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_rug_is_made_by_the_form(page: Any, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    check(page)
    page.get_by_label("From").fill("2023-03-01")
    page.get_by_label("To", exact=True).fill("2023-04-30")
    page.get_by_label("Station").select_option("De Bilt (260)")
    page.get_by_text("Colours", exact=True).click()
    page.get_by_label("Name of colour 1").fill("donkerblauw")
    page.get_by_label("Bound of colour 1").fill("-2.5")
    check(page)
    page.get_by_role("button").click()
    rug = f"{address}/rug?from=2023-03-01&to=2023-04-30&station=260&bands=-2.5:donkerblauw:"
    page.wait_for_url(lambda url: url.startswith(rug))
    check(page)
    drawn = page.get_by_role("img")
    assert drawn.count() == 1, "of the two drawings, the one that suits the screen"
    assert drawn.locator("use" if page.viewport_size["width"] < 640 else "g").count() == 61
    assert (drawn.bounding_box()["height"] > 355) == (page.viewport_size["width"] < 640)
    assert page.locator(".days tbody tr").count() == 61
    assert page.get_by_text("5 days are not whole").is_visible()
    page.get_by_role("link", name="Change it").click()
    assert page.get_by_label("Station").input_value() == "260"
    assert page.get_by_label("Name of colour 1").input_value() == "donkerblauw"
    assert said == []


@pytest.mark.parametrize(
    "query", ["from=2023-03-21&to=2023-03-01", "from=2023-01-01&to=2023-01-02&station=209"]
)
def test_what_went_wrong_is_said_above_the_form(page: Any, address: str, query: str) -> None:
    page.goto(f"{address}/rug?{query}")
    assert page.get_by_role("alert").is_visible()
    assert page.get_by_label("From").input_value()
    check(page)


def test_the_colours_are_printed(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 794, "height": 1123}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/rug?from=2023-01-01&to=2023-03-31")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.get_by_role("link", name="CSV").is_visible()
    # Browsers print no backgrounds; what is drawn they print.
    assert page.locator(".days .swatch rect").first.get_attribute("fill") == "#3f7cc4"
    context.close()
