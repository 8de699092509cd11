"""The front end and the API on one origin, as a release has them: files of web/dist, and /api for the app."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from owner_browser import Browser as Api
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

WEB = Path(__file__).parent.parent / "web"
DIST = WEB / "dist"


def with_site(app: Flask, folder: Path = DIST) -> Callable[..., Any]:
    """A WSGI app: the app under /api, files elsewhere, and index.html for what is neither."""

    @Request.application
    def files(request: Request) -> Response:
        file = (folder / request.path.lstrip("/")).resolve()
        if not (file.is_relative_to(folder.resolve()) and file.is_file()):
            file = folder / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Response(file.read_bytes(), mimetype=kind)

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
