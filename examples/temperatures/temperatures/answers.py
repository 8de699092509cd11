"""How it is said: the formats, how long an answer may be kept, and every error in the format asked for."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from math import ceil
from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from . import asked, bands
from .asked import BadAsk, Fault
from .knmi import KnmiFailed
from .stations import STATIONS

log = logging.getLogger(__name__)

_TYPES = {"text/plain": "text", "text/html": "html", "text/csv": "csv", "application/json": "json"}
#: What we say where the exception carries only Werkzeug's text, which speaks of URLs and servers.
_DETAILS = {
    404: "There is nothing at this address. The form is at /, a rug at /rug.",
    405: "This address does not answer this method; the Allow header names those it does.",
    500: "Something went wrong here. It is in the log.",
}


def kind() -> str:
    """The format asked for: by ``format``, else by what the client accepts; curl takes all, and gets text.

    :raises BadAsk: there is no such format.
    """
    said = request.args.get("format")
    if said is None:
        return _accepted()
    try:
        return asked.one_of(said, asked.FORMATS)
    except ValueError as error:
        raise BadAsk([Fault("format", str(error))]) from None


def _accepted() -> str:
    return _TYPES[request.accept_mimetypes.best_match(_TYPES, "text/plain")]


def page(template: str, said: Mapping[str, str], **more: Any) -> Response:
    """A page. ``said`` is what was asked for, and is in the form again."""
    source = current_app.extensions["temperatures"]
    values: dict[str, Any] = {**current_app.config["USUAL"], "from": "", "to": "", **said}
    rows = [[*text.split(":"), "", ""][:3] for text in values["bands"].split(",")][: bands.MOST]
    values["rows"] = [[below, name, bands.shown(colour)] for below, name, colour in rows]
    return make_response(
        render_template(
            template,
            values=values,
            stations=STATIONS,
            first=asked.FIRST,
            today=source.today(),
            said=said,
            **more,
        )
    )


def kept(response: Response, seconds: int) -> Response:
    """An answer that anybody may keep so long; who has it already gets 304."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.vary.add("Accept")
    response.add_etag()
    response.make_conditional(request)
    return response


def register(app: Flask) -> None:
    """Answer every error of this app, and of Flask itself, in the format asked for."""
    app.register_error_handler(BadAsk, _bad_ask)
    app.register_error_handler(KnmiFailed, _knmi_failed)
    app.register_error_handler(HTTPException, _http_error)


def _bad_ask(error: BadAsk) -> Response:
    return _refused(400, "The rug cannot be made as asked for.", error.faults)


def _knmi_failed(error: KnmiFailed) -> Response:
    source = current_app.extensions["temperatures"]
    wait = max(1, ceil(source.rest if error.rest is None else error.rest))
    response = _refused(
        error.status, f"{error}. Try again in {'a second' if wait == 1 else f'{wait} seconds'}."
    )
    response.headers["Retry-After"] = str(wait)
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = _refused(status, _DETAILS.get(status, error.description or ""))
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _refused(status: int, detail: str, faults: list[Fault] | None = None) -> Response:
    """An error: nothing of the inside is told, and nobody keeps it."""
    said = request.args.get("format", "")
    kind = said if said in asked.FORMATS else _accepted()
    faults = faults or []
    if kind == "html":
        response = page("error.html", request.args.to_dict(), status=status, detail=detail, faults=faults)
    elif kind == "json":
        body = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status, "detail": detail}
        listed = [fault._asdict() for fault in faults]
        response = jsonify({**body, "errors": listed} if listed else body)
        response.mimetype = "application/problem+json"
    else:
        lines = [detail, *(f"  {fault.field}: {fault.detail}" for fault in faults), ""]
        response = Response("\n".join(lines), mimetype="text/plain")
    response.status_code = status
    response.cache_control.no_store = True
    response.vary.add("Accept")
    return response
