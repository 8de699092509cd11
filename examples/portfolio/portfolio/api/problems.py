"""Every error as JSON: ``application/problem+json``, RFC 9457.

``errors`` lists what is wrong with what was sent; each ``pointer`` is a JSON Pointer in its URI fragment
form.
``code`` names the error for programs. Nothing of the inside is told: that is what the log is for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, jsonify
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from ..domain.refusals import Refused
from ..ledger.prices import PricesAway

log = logging.getLogger("portfolio.system")

_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not answer this method; the Allow header names those it does.",
    500: "Something went wrong here. It is in the log, under this request's id.",
}
#: PostgreSQL's SQLSTATE for it, and what SQLite says where the disk is full, and where a quota ends.
_DISK_FULL = "53100"
_NO_ROOM = ("database or disk is full", "disk I/O error")


class Fault(NamedTuple):
    """One thing that is wrong with what was sent."""

    detail: str
    pointer: str = ""


class Problem(Exception):
    """An error that is the client's to know."""

    def __init__(
        self, status: int, detail: str, code: str = "", faults: Iterable[Fault] = (), **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code
        self.faults = tuple(faults)
        self.headers: dict[str, str] = more.pop("headers", {})
        self.more = more


class NotFound(Problem):
    """There is none with this id."""

    def __init__(self, what: str) -> None:
        super().__init__(404, f"There is no such {what}.", "not-found")


def register(app: Flask) -> None:
    """Answer every error of this app, and of Flask itself, as a problem."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(PricesAway, _prices_away)
    app.register_error_handler(Exception, _unexpected)


def answer(problem: Problem) -> Response:
    """A problem as a response."""
    status = problem.status
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": problem.detail,
        "code": problem.code or HTTP_STATUS_CODES[status].lower().replace(" ", "-"),
        "requestId": g.get("request_id", ""),
    }
    body |= problem.more
    if problem.faults:
        body["errors"] = [fault._asdict() for fault in problem.faults]
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    response.headers.update(problem.headers)
    return response


def faults_of(error: ValidationError) -> list[Fault]:
    """What a schema found wrong, in plain words, by place."""
    return [Fault(_said(found), _pointer(found["loc"])) for found in error.errors(include_url=False)]


def _said(found: Any) -> str:
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    text = str(found["msg"])
    return text[0].lower() + text[1:]


def _pointer(place: Iterable[int | str]) -> str:
    return "#" + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    detail = error.description or ""
    if detail == type(error).description:
        detail = _DETAILS.get(status, detail)
    if status == 413:
        detail = f"A body may have {current_app.config['MAX_CONTENT_LENGTH']:,} bytes."
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    return answer(Problem(status, detail, headers=headers))


def _invalid(error: ValidationError) -> Response:
    detail = "What was sent cannot be taken as it is; errors says why."
    return answer(Problem(422, detail, "invalid", faults_of(error)))


def _refused(error: Refused) -> Response:
    return answer(Problem(422, error.why, "refused", entry=error.entry.rstrip("+"), date=str(error.on)))


def _stale(error: StaleDataError) -> Response:
    return answer(changed())


def changed() -> Problem:
    """What an edit of an old version is answered."""
    return Problem(
        412, "It has been changed since, elsewhere. Load it again and repeat your edit.", "changed"
    )


def _conflict(error: IntegrityError) -> Response:
    log.warning("Refused by the database: %s", error.orig)
    return answer(
        Problem(
            409, "This collides with what is there, or with what it belongs to; load it again.", "conflict"
        )
    )


def _database(error: SQLAlchemyError) -> Response:
    log.error("The database: %s", error, exc_info=error)
    if not isinstance(error, OperationalError):
        return answer(Problem(500, _DETAILS[500]))
    said = str(error.orig)
    if getattr(error.orig, "sqlstate", "") == _DISK_FULL or any(words in said for words in _NO_ROOM):
        detail = "The disk of the database takes no more: it is full, or at its quota. Nothing was changed."
        return answer(Problem(507, detail, "disk-full"))
    if "locked" in said:
        detail = "Something large is being written at the moment. Nothing was changed; try again."
        return answer(Problem(503, detail, "busy", headers={"Retry-After": "5"}))
    detail = "The database cannot be reached at the moment. Nothing was changed; try again."
    return answer(Problem(503, detail, "database-away", headers={"Retry-After": "2"}))


def _prices_away(error: PricesAway) -> Response:
    log.error("%s", error, exc_info=error)
    detail = "Prices cannot be reached at the moment. Nothing was changed; try again."
    return answer(Problem(503, detail, "prices-away", headers={"Retry-After": "2"}))


def _unexpected(error: Exception) -> Response:
    log.critical("%s: %s", type(error).__name__, error, exc_info=error)
    return answer(Problem(500, _DETAILS[500]))
