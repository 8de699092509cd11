"""Message operation routes."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from werkzeug.http import quote_etag

from .. import cursor
from ..models import message as messages
from ..models.table import Table
from ..payload import json_object

message = Blueprint("message", __name__)

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
#: DynamoDB compares with up to 100 values in one condition.
MAX_ETAGS = 100
MAX_IDEMPOTENCY_KEY = 255


@message.post("/message")
def create_message() -> ResponseReturnValue:
    """Create message."""
    created = messages.create_message(_table(), json_object(), _idempotency_key())
    body = {"success": True, "message": {"message_id": created.message_id}}
    location = url_for(".retrieve_message", message_id=created.message_id)
    return body, 201, {"Location": location, **_etag(created.etag)}


@message.get("/message")
def list_messages() -> ResponseReturnValue:
    """List messages, a page at a time."""
    page = messages.list_messages(_table(), _limit(), _after())
    return {"messages": page.messages, "next": cursor.encode(page.last) if page.last else None}


@message.get("/message/<uuid:message_id>")
def retrieve_message(message_id: UUID) -> ResponseReturnValue:
    """Retrieve message."""
    found = messages.retrieve_message(_table(), str(message_id))
    if found.etag and request.if_none_match.contains_weak(found.etag):
        return "", 304, _etag(found.etag)
    return found.content, 200, _etag(found.etag)


@message.put("/message/<uuid:message_id>")
def update_message(message_id: UUID) -> ResponseReturnValue:
    """Update message: the named keys, and no other."""
    etag = messages.update_message(_table(), str(message_id), json_object(), _expected())
    return {"success": True}, 200, _etag(etag)


@message.delete("/message/<uuid:message_id>")
def delete_message(message_id: UUID) -> ResponseReturnValue:
    """Delete message."""
    messages.delete_message(_table(), str(message_id), _expected())
    return {"success": True}


def _table() -> Table:
    table = current_app.extensions["messages"]
    assert isinstance(table, Table)
    return table


def _etag(etag: str) -> dict[str, str]:
    return {"ETag": quote_etag(etag)} if etag else {}


def _expected() -> frozenset[str] | None:
    """The strong ETags of If-Match; a weak one never matches (RFC 9110 section 13.1.1)."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    etags = frozenset(request.if_match.as_set())
    if len(etags) > MAX_ETAGS:
        raise BadRequest(f"If-Match may have {MAX_ETAGS} ETags.")
    return etags


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= MAX_IDEMPOTENCY_KEY:
        raise BadRequest(f"An Idempotency-Key has 1 to {MAX_IDEMPOTENCY_KEY} characters.")
    return key or ""


def _limit() -> int:
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise BadRequest(f"limit is a whole number from 1 to {MAX_LIMIT}.")
    return int(text)


def _after() -> str | None:
    text = request.args.get("next")
    if text is None:
        return None
    try:
        return cursor.decode(text)
    except ValueError:
        raise BadRequest("next is none of the cursors this API has given out.") from None
