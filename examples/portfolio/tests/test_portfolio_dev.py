"""The front end under ``sameroom dev``: one origin, and a saved component is on the page at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

# The processes are sameroom's own tests'; a copy of this example has none.
pytest.importorskip("fakes.dev_process", reason="runs with sameroom's own tests")

from fakes.dev_process import Dev, dev
from owner_browser import EMAIL, PASSWORD
from portfolio_site import WEB, chromium, installed

FOLDER = WEB.parent
pytestmark = pytest.mark.slow


@pytest.fixture
def running(tmp_path: Path, sqlite_original: Path) -> Iterator[Dev]:
    """``sameroom dev`` in a copy of the example, with an owner."""
    installed()
    folder = tmp_path / "portfolio"
    own = shutil.ignore_patterns("node_modules", "dist", "tests", ".*", "__pycache__")
    shutil.copytree(FOLDER, folder, ignore=own)
    # Vite keeps what it makes of the packages among them: not among those of whoever works here.
    shutil.copytree(
        WEB / "node_modules",
        folder / "web" / "node_modules",
        symlinks=True,
        ignore=shutil.ignore_patterns(".vite*"),
        copy_function=_linked,
    )
    data = folder / ".sameroom" / "data"
    data.mkdir(parents=True)
    shutil.copy(sqlite_original, data / "app.db")
    with dev(folder) as started:
        yield started


def _linked(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)
    return target


def test_a_saved_component_is_on_the_page_without_a_reload_and_what_was_typed_stays(running: Dev) -> None:
    running.wait_for("front end ready", 30)
    with chromium() as browser:
        page = browser.new_page()
        page.goto(running.url)
        page.get_by_label("E-mail address").fill(EMAIL)
        page.evaluate("window.stayed = true")
        component = running.folder / "web" / "src" / "pages" / "login.tsx"
        component.write_text(component.read_text().replace("<h1>Portfolio</h1>", "<h1>Mine</h1>"))
        page.get_by_role("heading", name="Mine").wait_for()
        assert page.get_by_label("E-mail address").input_value() == EMAIL
        assert page.evaluate("window.stayed")
        # The same origin: the session's cookie comes back, and what changes something is let in.
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Portfolios").first.click()
        page.get_by_role("heading", name="Portfolios", level=1).wait_for()
        assert page.evaluate("window.stayed")
    running.wait_for("200 POST +/api/session")
