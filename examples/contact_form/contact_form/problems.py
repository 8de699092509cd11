"""Every error as a page for people, and as JSON for programs. What is inside is told to the log alone."""

from __future__ import annotations

import logging

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from .here import wants_page
from .table import Unavailable

log = logging.getLogger(__name__)

_TITLES = {
    400: "That request could not be read",
    404: "There is nothing here",
    405: "That does not work here",
    413: "That is too much",
    415: "That cannot be read",
    429: "That is too often",
    500: "Something went wrong",
    503: "We are not quite there",
}
_SAYINGS = {
    400: "Please go back, and try it once more.",
    404: "The page may have moved, or the address has a mistake in it.",
    405: "This address does not answer such a request.",
    429: "Please wait a little, and try again.",
    500: "It is our fault, and it is in our log. Please try again later.",
}
_STALE = "The page was open for too long, or cookies are off. Please go back, reload the page, and try again."
_BUSY = "Enquiries cannot be reached at the moment. Please try again."


def register(app: Flask) -> None:
    """Answer every error of ``app``."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(Unavailable, _unavailable)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    said = error.description or ""
    if said == type(error).description:
        said = _SAYINGS.get(status, said)
    if status == 413:
        most = current_app.config["MAX_CONTENT_LENGTH"] // 1024
        said = (
            f"A request may have {most} KB. What you typed is in your browser still: go back and shorten it."
        )
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _problem(status, said, kept)


def _csrf_error(error: CSRFError) -> ResponseReturnValue:
    # 400 and not 403, which CloudFront would turn into the site's 404 page.
    log.warning("A request without the token of a page was refused.")
    return _problem(400, _STALE, {})


def _unavailable(error: Unavailable) -> ResponseReturnValue:
    log.error("%s", error)
    return _problem(503, _BUSY, {"Retry-After": "2"})


def _problem(status: int, said: str, headers: dict[str, str]) -> ResponseReturnValue:
    if not wants_page():
        return {"status": "error", "message": said, "errors": {}}, status, headers
    title = _TITLES.get(status) or HTTP_STATUS_CODES.get(status, "Error")
    return render_template("error.html", status=status, title=title, said=said), status, headers
