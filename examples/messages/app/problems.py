"""Every error as JSON: ``application/problem+json``, RFC 9457.

``errors`` lists what is wrong with the body; each ``pointer`` is a JSON Pointer in its URI fragment form
(RFC 6901 section 6). Nothing of the inside is ever told: that is what the log is for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, current_app, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from .models import errors

log = logging.getLogger(__name__)

#: What we say where the exception carries only Werkzeug's text, which speaks to people with a browser.
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not answer this method; the Allow header names those it does.",
    500: "Something went wrong here. It is in the log.",
}
#: Seconds. A throttled table has recovered by then, most of the time.
_RETRY_AFTER = "1"


def problem(status: int, detail: str, faults: Iterable[errors.Fault] = ()) -> Response:
    """A problem details answer; ``faults`` become its ``errors``."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": detail,
    }
    if listed := [fault._asdict() for fault in faults]:
        body["errors"] = listed
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def register(app: Flask) -> None:
    """Answer every error of this app, and of Flask itself, as a problem."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(errors.NotFound, _not_found)
    app.register_error_handler(errors.Changed, _changed)
    app.register_error_handler(errors.Refused, _refused)
    app.register_error_handler(errors.TooLarge, _too_large)
    app.register_error_handler(errors.KeyReused, _key_reused)
    app.register_error_handler(errors.Unavailable, _unavailable)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    detail = error.description or ""
    if detail == type(error).description:
        detail = _DETAILS.get(status, detail)
    if status == 413:
        detail = f"A body may have {current_app.config['MAX_CONTENT_LENGTH']:,} bytes."
    response = problem(status, detail)
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _not_found(error: errors.NotFound) -> Response:
    return problem(404, _DETAILS[404])


def _changed(error: errors.Changed) -> Response:
    return problem(412, "The message has changed since: its ETag is none of those in If-Match.")


def _refused(error: errors.Refused) -> Response:
    return problem(422, "The message cannot be stored as it is; errors says why.", error.faults)


def _too_large(error: errors.TooLarge) -> Response:
    return problem(413, f"A message may have {error.limit:,} bytes, as DynamoDB counts them.")


def _key_reused(error: errors.KeyReused) -> Response:
    return problem(422, "This Idempotency-Key was used before, for another body.")


def _unavailable(error: errors.Unavailable) -> Response:
    log.error("%s", error)
    response = problem(503, "Messages cannot be reached at the moment. Try again.")
    response.headers["Retry-After"] = _RETRY_AFTER
    return response
