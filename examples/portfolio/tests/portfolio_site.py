"""The front end: installed and built once, and with the API on one origin as a release has them: files of
web/dist, and /api for the app.
"""

from __future__ import annotations

import fcntl
import mimetypes
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from owner_browser import Browser as Api
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WEB = Path(__file__).parent.parent / "web"
DIST = WEB / "dist"


def installed() -> None:
    """The front end's packages, where npm can install them; else the test is skipped."""
    if shutil.which("npm") is None:
        pytest.skip("no npm here to install the front end with")
    with _alone():
        _install()


def built() -> None:
    """web/dist, built of the sources as they are."""
    installed()
    sources = [WEB / name for name in ("index.html", "package-lock.json", "vite.config.ts")]
    sources += [path for folder in ("src", "public") for path in (WEB / folder).rglob("*") if path.is_file()]
    with _alone():
        page = DIST / "index.html"
        if not page.exists() or page.stat().st_mtime < max(path.stat().st_mtime for path in sources):
            _npm("exec", "--", "vite", "build")  # types are `npm run check`'s to look at


def _install() -> None:
    there = WEB / "node_modules" / ".package-lock.json"
    if there.exists() and there.stat().st_mtime >= (WEB / "package-lock.json").stat().st_mtime:
        return
    try:
        _npm("ci", "--prefer-offline", "--no-audit", "--no-fund")
    except (AssertionError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot install the front end's packages here: {str(error)[:300]}")


def _npm(*arguments: str) -> None:
    done = subprocess.run(
        ["npm", *arguments], cwd=WEB, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, where there is one; else the test is skipped."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        pytest.skip("no chromium-headless-shell and no chromium here")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: tests run in several, and npm empties the folder first."""
    folder = WEB.parent / ".sameroom"
    folder.mkdir(exist_ok=True)
    with (folder / "npm.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def with_site(app: Flask, folder: Path = DIST) -> Callable[..., Any]:
    """A WSGI app: the app under /api, files elsewhere, and index.html for what is neither."""
    settings = (WEB.parent / "pyproject.toml").read_text()
    [policy] = re.findall(r'content_security_policy = "(.*)"', settings)
    # Playwright evaluates what a test waits for; the pages themselves may not.
    policy = policy.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")

    @Request.application
    def files(request: Request) -> Response:
        file = (folder / request.path.lstrip("/")).resolve()
        if not (file.is_relative_to(folder.resolve()) and file.is_file()):
            file = folder / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Response(file.read_bytes(), mimetype=kind, headers={"Content-Security-Policy": policy})

    def both(environ: dict[str, Any], start_response: Any) -> Any:
        chosen: Any = app if environ["PATH_INFO"].startswith("/api/") else files
        return chosen(environ, start_response)

    return both


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """Over a socket; the URL."""
    server = make_server("127.0.0.1", port, with_site(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def filled(api: Api) -> dict[str, str]:
    """A portfolio with two funds, trades, prices and dividends; their ids."""
    portfolio = api.portfolio("Pension", description="For later.")
    fund = api.fund(1, symbol="WORLD", dividendType="cash")
    other = api.fund(2, name="Example Computers", investmentType="stock", currency="USD")
    position, dollars = api.position(portfolio, fund), api.position(portfolio, other)
    for month in range(1, 7):
        api.price(fund, f"2024-{month:02d}-15", str(100 + month))
        api.trade(position, "buy", f"2024-{month:02d}-16", "10", str(100 + month))
    api.trade(position, "sell", "2024-06-17", "5", "110")
    api.trade(dollars, "buy", "2024-03-01", "3", "200")
    api.post(
        "/dividends",
        {
            "portfolioFundId": position,
            "recordDate": "2024-04-02",
            "exDividendDate": "2024-04-01",
            "dividendPerShare": "0.5",
        },
    )
    return {"portfolio": portfolio, "fund": fund, "position": position}
