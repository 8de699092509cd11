"""Errors: for programs as ``application/problem+json`` (RFC 9457), for people as a page.

Nothing of the inside is ever told: that is what the log is for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from sameroom.runtime.errors import SecretsUnavailable

from . import errors

log = logging.getLogger(__name__)

_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not answer this method; the Allow header names those it does.",
    500: "Something went wrong here. It is in the log.",
}


class Problem(NamedTuple):
    """What is told about an error."""

    status: int
    detail: str
    headers: tuple[tuple[str, str], ...] = ()
    faults: tuple[errors.Fault, ...] = ()


def register(app: Flask) -> None:
    """Answer every error of this app, and of Flask itself, as a problem."""
    app.register_error_handler(HTTPException, lambda error: told(_http(error)))
    app.register_error_handler(errors.QandaError, lambda error: told(problem(error)))
    app.register_error_handler(SecretsUnavailable, lambda error: told(_out_of_reach(error)))


def for_programs() -> bool:
    """Whether a program asked."""
    return request.path.startswith(("/api/", "/slack/"))


def told(problem: Problem) -> Response:
    """The answer about a problem, in the form that its reader reads."""
    if for_programs():
        response = jsonify(_document(problem))
        response.mimetype = "application/problem+json"
    else:
        response = make_response(
            render_template("error.html", problem=problem, title=HTTP_STATUS_CODES[problem.status])
        )
    response.status_code = problem.status
    response.headers.extend(problem.headers)
    return response


def _document(problem: Problem) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[problem.status],
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.faults:
        document["errors"] = listed(problem.faults)
    return document


def listed(faults: Iterable[errors.Fault]) -> list[dict[str, str]]:
    """Faults as RFC 9457 lists them: each with a JSON Pointer as a URI fragment."""
    return [{"detail": fault.detail, "pointer": f"#/{fault.field}"} for fault in faults]


def problem(error: errors.QandaError) -> Problem:
    """What is told about an error of ours."""
    if isinstance(error, errors.NotFound):
        return Problem(404, "There is no such question or answer, or it is hidden.")
    if isinstance(error, errors.Refused):
        return Problem(422, "This cannot be taken as it is; errors says why.", (), error.faults)
    if isinstance(error, errors.TooOften):
        detail = f"That was too often. Try again in {_long(error.seconds)}."
        return Problem(429, detail, (("Retry-After", str(error.seconds)),))
    if isinstance(error, errors.SwitchedOff):
        return Problem(503, str(error))
    return _out_of_reach(error)


def _out_of_reach(error: Exception) -> Problem:
    log.error("%s", error)
    return Problem(503, "The questions cannot be reached at the moment. Try again.", (("Retry-After", "1"),))


def _http(error: HTTPException) -> Problem:
    status = error.code or 500
    detail = error.description or ""
    if detail == type(error).description:
        detail = _DETAILS.get(status, detail)
    if status == 413:
        detail = f"A body may have {current_app.config['MAX_CONTENT_LENGTH']:,} bytes."
    headers = tuple((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return Problem(status, detail, headers)


def _long(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
