"""Idempotency-Key: a create that is sent again is answered again, and done once.

The answer is remembered in the transaction of what was created: both are there, or neither. Answers are kept
for a day.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from flask import Response, g, request
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from ..models import Remembered, db
from ..models.base import now
from .problems import Fault, Problem

_KEPT = timedelta(days=1)
_LONGEST = 255
_HEADERS = ("Content-Type", "ETag", "Location")


def answered() -> Response | None:
    """The answer that this request's key was given before.

    :raises Problem: the key is no key, or was used for something else
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise Problem(422, "The Idempotency-Key is not 1 to 255 printable ASCII characters.", "invalid")
    kept = db.session.get(Remembered, _hash(request.method, request.path, key))
    if kept is None or kept.at < now() - _KEPT:
        return None
    if kept.fingerprint != _fingerprint():
        fault = Fault("was used before, for another body", "#/Idempotency-Key")
        raise Problem(422, "This Idempotency-Key was used before, for another body.", "key-reused", [fault])
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.body, kept.status, headers)


def remember(response: Response) -> None:
    """Remember this answer, if the request has a key. Of two at once, one is refused, and sent again finds
    it.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or response.status_code >= 300:
        return
    session = db.session()
    key_hash = _hash(request.method, request.path, key)
    # Only those that have expired: one of now is another request's, that was sent at the same time.
    session.execute(delete(Remembered).where(Remembered.at < now() - _KEPT))
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    text = response.get_data(as_text=True)
    session.add(
        Remembered(
            key_hash=key_hash,
            fingerprint=_fingerprint(),
            status=response.status_code,
            headers=headers,
            body=text,
        )
    )
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Problem(
            409, "A request with this Idempotency-Key is being answered; try again.", "repeat"
        ) from None


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps([g.get("owner_id", ""), *parts]).encode()).hexdigest()


def _fingerprint() -> str:
    return hashlib.sha256(request.query_string + b"\0" + request.get_data(cache=True)).hexdigest()
