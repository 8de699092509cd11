"""JSON in and out: strict about what comes in, and numbers survive exactly in both directions."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import simplejson
from flask import current_app, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import (
    BadRequest,
    RequestEntityTooLarge,
    UnprocessableEntity,
    UnsupportedMediaType,
)
from werkzeug.sansio.response import Response


class DecimalJSON(JSONProvider):
    """JSON whose numbers are ``Decimal``.

    Keys are sorted: DynamoDB keeps no order, and a strong ETag promises the same bytes every time.
    """

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        kwargs = {"ensure_ascii": False, "separators": (",", ":"), "sort_keys": True, **kwargs}
        return simplejson.dumps(obj, use_decimal=True, **kwargs)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse a whole JSON text.

        :raises ValueError: it is not JSON (NaN and Infinity are not), or an object names a key twice.
        """
        return simplejson.loads(
            s, parse_float=_number, parse_int=_number, object_pairs_hook=_object, **kwargs
        )

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """A JSON answer, with a line end for people with a terminal, as Flask's own has."""
        value = self._prepare_response_obj(args, kwargs)
        return self._app.response_class(self.dumps(value) + "\n", mimetype="application/json")


def json_object() -> dict[str, Any]:
    """The JSON object in the request's body; its numbers are ``Decimal``, infinite when beyond all bounds.

    :raises HTTPException: 400, 413, 415 or 422, with a description meant for the client.
    """
    _check_media_type()
    try:
        text = _body().decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: see byte {error.start}.") from None
    try:
        value = current_app.json.loads(text)
    except RecursionError:
        raise UnprocessableEntity("The body is nested far too deeply.") from None
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}." if text else "The body is empty.") from None
    if not isinstance(value, dict):
        raise BadRequest("The body is JSON, but not an object.")
    return value


def _check_media_type() -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    if not request.is_json or charset.lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the body as application/json, in UTF-8.")
    if request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType("Send the body without a Content-Encoding.")


def _body() -> bytes:
    body = request.get_data(cache=False)
    limit = request.max_content_length
    # Werkzeug refuses a body by its Content-Length; one sent in chunks it cuts off at the limit.
    if limit is not None and request.content_length is None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # the exponent itself has too many digits
        return Decimal("Infinity")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {ascii(key)[:80]} appears twice in one object")
        found[key] = value
    return found
