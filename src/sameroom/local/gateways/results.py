"""What a function's result says, checked as strictly as AWS checks it.

Every function raises :class:`Malformed` for what AWS does not take; the door makes its own error of that.
"""

from __future__ import annotations

import json
import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from typing import Any

Headers = list[tuple[str, str]]

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
# A line break in a value would start a header of its own, or a response.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}").fullmatch


class Malformed(Exception):
    """The result is not what the door takes."""


def parsed(payload: bytes) -> Any:
    """The result as JSON."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed("the result is not JSON") from error


def mapping(result: Any) -> dict[str, Any]:
    """The result, if it is an object."""
    if not isinstance(result, dict):
        raise Malformed("the result is not an object")
    return result


def status(value: Any, *, text: bool = True) -> int:
    """A status code. API Gateway and Function URLs take digits in a string, too."""
    if text and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:
        value = int(value)
    if type(value) is not int or not 200 <= value <= 599:
        raise Malformed("statusCode is no final HTTP status")
    return value


def scalar_headers(value: Any, *, coerce: bool = True) -> Headers:
    """Pairs of a ``headers`` map; an entry that is null is as good as absent.

    :param coerce: take numbers and booleans as their JSON text, as API Gateway does and ALB does not.
    """
    if not value:
        return []
    if not isinstance(value, dict):
        raise Malformed("headers is not an object")
    return [
        (name, _value(name, entry, coerce))
        for name, entry in value.items()
        if entry is not None or not coerce
    ]


def listed_headers(value: Any, *, coerce: bool = True) -> Headers:
    """Pairs of a ``multiValueHeaders`` map."""
    if not value:
        return []
    if not isinstance(value, dict):
        raise Malformed("multiValueHeaders is not an object")
    found = []
    for name, entries in value.items():
        if not isinstance(entries, list):
            raise Malformed(f"multiValueHeaders.{name} is not a list")
        found.extend([(name, _value(name, entry, coerce)) for entry in entries])
    return found


def cookies(value: Any) -> Headers:
    """``Set-Cookie`` headers of payload 2.0's ``cookies``."""
    if not value:
        return []
    if not isinstance(value, list):
        raise Malformed("cookies is not a list")
    return [("set-cookie", _value("set-cookie", cookie, False)) for cookie in value]


def body(result: dict[str, Any], *, decode: bool = True) -> bytes:
    """The body's bytes. Null and absent are empty.

    :param decode: whether the door undoes base64 at all; if not, the client gets its text.
    """
    value = result.get("body")
    if value is None:
        return b""
    if not isinstance(value, str):
        raise Malformed("body is not a string")
    encoded = result.get("isBase64Encoded")
    if encoded is not None and not isinstance(encoded, bool):
        raise Malformed("isBase64Encoded is not a boolean")
    if encoded and decode:
        return _unbase64(value)
    return value.encode("utf-8", "replace")


def _unbase64(value: str) -> bytes:
    if len(value) % 4 or not _BASE64(value):
        raise Malformed("body is not base64")
    try:
        return a2b_base64(value)
    except Base64Error as error:
        raise Malformed("body is not base64") from error


def _value(name: str, value: Any, coerce: bool) -> str:
    if isinstance(value, str):
        text = value
    elif coerce and isinstance(value, (bool, int, float)):
        text = json.dumps(value)
    else:
        raise Malformed(f"the header {name} is not a string")
    if not text.isprintable() and _CONTROL(text):
        raise Malformed(f"the header {name} has a control character in it")
    if not _TOKEN(name):
        raise Malformed(f"{name!r} is no name of a header")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")
