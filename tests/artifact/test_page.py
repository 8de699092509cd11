"""The report as one page, looked at in a browser where there is one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fakes.artifacts import MB, UNPROVEN, artifact, module, part, proof, shop
from playwright.sync_api import Browser, Page, sync_playwright

from sameroom.artifact.members import Removed
from sameroom.artifact.record import Content
from sameroom.artifact.report import explain
from sameroom.artifact.report.page import page

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium-headless-shell and no chromium here"
)


def html() -> str:
    made, contents = shop()
    return page(explain(made, contents), contents)


class Tags(HTMLParser):
    """Every start tag with its attributes, and whether all were closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_for_nothing_from_elsewhere() -> None:
    tags = Tags(html())
    assert tags.open == []
    for _, attributes in tags.found:
        assert not {"src", "href", "srcset", "action", "onclick"} & attributes.keys()
    assert "url(" not in html()
    assert "@import" not in html()
    policy = next(a["content"] for _, a in tags.found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_every_text_is_escaped() -> None:
    odd = '<b>"&'
    made, contents = shop()
    big = Content(f"templates/{odd}.html", "", 5 * MB, 5 * MB)
    imports = (*made.proof.imports, module(f"shop.{odd}", "", 40.0))
    made = made._replace(
        app=f"wsgi:create_app('{odd}')",
        notes=(f"note {odd}",),
        lock=odd,
        removed=(Removed(f"left/{odd}", "", 1, f"reason {odd}"),),
        proof=proof(*imports),
    )
    text = page(explain(made, (*contents, big)), (*contents, big))
    assert odd not in text
    for before in ("templates/", "shop.", "note ", "left/", "reason ", "create_app(&#x27;"):
        assert f"{before}&lt;b&gt;&quot;&amp;" in text
    assert Tags(text).open == []


def test_the_page_says_what_the_report_says() -> None:
    text = html()
    for said in ("shop.zip", "wsgi:app", "python3.13 on arm64", "uv.lock", "4220d340", "tests", "3 files"):
        assert said in text
    assert "numpy is 16.0 MB of the zip" in text


def test_a_page_of_what_was_not_measured_says_so() -> None:
    made = artifact([part("flask", MB)], UNPROVEN)
    text = page(explain(made), ())
    assert "Not measured. There is no Python 3.13 on this machine." in text
    assert Tags(text).open == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Visit:
    """The page in a browser, and everything it complained of or asked for."""

    def __init__(self, browser: Browser, file: Path, width: int, scheme: str) -> None:
        file.write_text(html(), "utf-8")
        self.complaints: list[str] = []
        self.requests: list[str] = []
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())


@NEEDS_CHROMIUM
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 800, 1600])
def test_the_page_fits_every_width_with_its_boxes_labelled(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    visit = Visit(browser, tmp_path / "page.html", width, scheme)
    view = visit.page
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    for number, names in enumerate((["numpy"], ["numpy", "flask"])):
        figure = view.locator("figure").nth(number)
        boxes = figure.locator(".map > .n")
        labels = [boxes.nth(at).get_attribute("aria-label") or "" for at in range(boxes.count())]
        for name in names:
            assert any(re.fullmatch(rf"{name} [\d.]+ (MB|ms)", label) for label in labels)
            assert figure.locator(".map > .n > .t > b", has_text=name).first.is_visible()
    ink, paper = view.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (brightness(ink) > brightness(paper)) is (scheme == "dark")
    box = view.locator(".map > .n").first
    ink, paper = box.evaluate("box => [getComputedStyle(box).color, getComputedStyle(box).backgroundColor]")
    assert contrast(ink, paper) >= 4.5  # WCAG 2.2, 1.4.3
    assert visit.complaints == []
    assert visit.requests == [(tmp_path / "page.html").as_uri()]


@NEEDS_CHROMIUM
def test_boxes_are_zoomed_by_clicks_and_by_keys(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, tmp_path / "page.html", 1200, "light")
    figure = visit.page.locator("figure").nth(1)
    whole = figure.locator(".map")
    flask = figure.locator('.map > .n[aria-label^="flask"]')
    flask.click()
    assert flask.bounding_box() == whole.bounding_box()
    assert figure.locator(".trail").inner_text().split("\n") == ["the start", "flask"]
    assert figure.locator('.map > .n[aria-label^="numpy"]').is_hidden()
    figure.get_by_role("button", name="the start").click()
    assert figure.locator('.map > .n[aria-label^="numpy"]').is_visible()
    numpy = figure.locator('.map > .n[aria-label^="numpy"]')
    numpy.focus()
    assert "numpy" in figure.locator(".said").inner_text()
    visit.page.keyboard.press("Enter")
    assert numpy.bounding_box() == whole.bounding_box()
    visit.page.keyboard.press("Escape")
    assert flask.is_visible()
    assert visit.page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("numpy")
    assert visit.complaints == []


@NEEDS_CHROMIUM
def test_pointing_at_a_box_tells_its_path_and_sizes(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, tmp_path / "page.html", 1200, "light")
    figure = visit.page.locator("figure").first
    figure.locator('[data-d^="numpy.libs/openblas.so"]').hover()
    assert figure.locator(".said").inner_text() == (
        "numpy.libs/openblas.so · 7.0 MB zipped, 24.0 MB unzipped"
    )


def channels(colour: str) -> list[float]:
    return [float(figure) for figure in re.findall(r"[\d.]+", colour)[:3]]


def brightness(colour: str) -> float:
    """Relative luminance (w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)
