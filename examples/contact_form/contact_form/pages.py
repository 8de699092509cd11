"""The public pages, and where the form goes."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from uuid import uuid4

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from . import notify, store
from .body import TOKEN, TRAP, Fields, fields_of
from .enquiry import BY_NAME, FIELDS, Enquiry, NotAnEnquiry, checked
from .here import settings, table, wants_page
from .limits import TooMany, counter
from .table import Unavailable

log = logging.getLogger(__name__)
pages = Blueprint("pages", __name__)

THANKS = "Form submitted successfully!"
NOT_TAKEN = "Your enquiry is not sent yet. Please look at the fields below."
LATER = "We could not store your enquiry just now. Please send it again in a moment."
#: Seconds. A throttled table has recovered by then, most of the time.
_RETRY_AFTER = 2
_LONGEST_TOKEN = 100


@pages.get("/")
def home() -> ResponseReturnValue:
    """Home."""
    return render_template("home.html")


@pages.get("/contact")
def contact() -> ResponseReturnValue:
    """The form, empty."""
    return _form({}, {})


@pages.get("/contact/thanks")
def thanks() -> ResponseReturnValue:
    """Where a browser is sent after its enquiry, so that a reload sends nothing again."""
    return render_template("thanks.html")


@pages.post("/submit_contact")
def submit_contact() -> ResponseReturnValue:
    """Take an enquiry, from a form or as JSON.

    200 for a program, 303 to the thanks for a browser; 400 with what is wrong with each field; 429 and 503
    with Retry-After. A page always shows again what was typed.
    """
    fields = fields_of(request)
    try:
        enquiry = _enquiry(fields)
    except NotAnEnquiry as refused:
        return _refused(400, fields.values, refused.faults)
    state = store.SPAM if fields.values.get(TRAP) else store.NEW
    address = request.remote_addr or ""
    key = str(current_app.config["SECRET_KEY"])
    sent = counter("enquiry", address, key, settings().enquiries, time.time())
    try:
        saved = store.save(table(), enquiry, state, sent, _token(fields))
    except TooMany as many:
        log.warning("An address has sent more enquiries than it may; nothing of this one is stored.")
        minutes = -(-many.seconds // 60)
        said = f"You have sent many enquiries. Please send this one again in {minutes} minutes."
        return _refused(429, fields.values, {"": said}, many.seconds)
    except Unavailable as error:
        log.error("%s", error)
        return _refused(503, fields.values, {"": LATER}, _RETRY_AFTER)
    if saved.is_new:
        log.info("Enquiry %s is stored as %s.", saved.id, state)
        if state == store.NEW:
            notify.about(saved.id)
    if wants_page():
        return redirect(url_for(".thanks"), 303)
    return {"status": "success", "message": THANKS, "id": saved.id}


def _enquiry(fields: Fields) -> Enquiry:
    """:raises NotAnEnquiry: with what the fields' names and their contents are wrong about, together."""
    try:
        enquiry = checked(fields.values)
    except NotAnEnquiry as refused:
        raise NotAnEnquiry({**refused.faults, **fields.faults}) from None
    if fields.faults:
        raise NotAnEnquiry(fields.faults)
    return enquiry


def _token(fields: Fields) -> str:
    return (request.headers.get("Idempotency-Key") or fields.values.get(TOKEN, ""))[:_LONGEST_TOKEN]


def _refused(
    status: int, values: Mapping[str, str], faults: Mapping[str, str], retry_after: int = 0
) -> ResponseReturnValue:
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    if wants_page():
        return _form(values, faults), status, headers
    by_field = {name: faults[name] for name in [*BY_NAME, *faults] if name in faults and name}
    said = faults.get("") or f"These fields cannot be taken: {', '.join(by_field)}."
    if by_field and "" in faults:
        said = f"{said} These cannot be taken: {', '.join(by_field)}."
    body = {"status": "error", "message": said, "errors": by_field}
    return body, status, headers


def _form(values: Mapping[str, str], faults: Mapping[str, str]) -> str:
    known = {name: fault for name, fault in faults.items() if name in BY_NAME}
    summary = faults.get("") or (NOT_TAKEN if faults else "")
    # A page on S3 is the same for everybody: there the script makes the token.
    token = "" if "FROZEN" in current_app.config else values.get(TOKEN) or str(uuid4())
    return render_template(
        "contact.html", fields=FIELDS, values=values, faults=known, summary=summary, token=token, trap=TRAP
    )
