"""What a request brings: JSON from programs, forms from people; strictly read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from .errors import Fault, Refused
from .texts import Field, cleaned, fault


def json_object(known: Sequence[str]) -> dict[str, Any]:
    """The JSON object in the body, which has no keys but those that are ``known``.

    :raises HTTPException: 400, 413 or 415: there is none
    :raises Refused: it has other keys
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if not request.is_json or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the body as application/json, in UTF-8.")
    try:
        value = json.loads(_body().decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: see byte {error.start}.") from None
    except RecursionError:
        raise BadRequest("The body is nested far too deeply.") from None
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise BadRequest("The body is JSON, but not an object.")
    strange = [name for name in value if name not in known]
    if strange:
        raise Refused([Fault(name[:80], f"unknown; known are {', '.join(known)}") for name in strange[:10]])
    return value


def json_texts(fields: Sequence[Field]) -> dict[str, str]:
    """These fields of the JSON object in the body, cleaned; one that may be left out is "".

    :raises Refused: some cannot be taken; all of them are named
    """
    value = json_object([field.name for field in fields])
    faults = [
        Fault(field.name, "This has to be a text.")
        for field in fields
        if not isinstance(value.get(field.name, ""), str)
    ]
    if faults:
        raise Refused(faults)
    return _checked(fields, {field.name: value.get(field.name, "") for field in fields})


def form_texts(fields: Sequence[Field]) -> dict[str, str]:
    """These fields of the form in the body, cleaned. A field that comes twice is refused.

    :raises Refused: some cannot be taken; all of them are named
    """
    faults, unreadable = [], _unreadable()
    for field in fields:
        said = request.form.getlist(field.name)
        if len(said) > 1:
            faults.append(Fault(field.name, "This came twice. Send it once."))
        elif field.name in unreadable or "\ufffd" in "".join(said):
            faults.append(Fault(field.name, "Some of these characters are not UTF-8. Write them again."))
    if faults:
        raise Refused(faults)
    return _checked(fields, {field.name: request.form.get(field.name, "") for field in fields})


def _checked(fields: Sequence[Field], said: dict[str, str]) -> dict[str, str]:
    texts = {field.name: cleaned(said[field.name], field.lines) for field in fields}
    faults = [found for field in fields if (found := fault(field, texts[field.name]))]
    if faults:
        raise Refused(faults)
    return texts


def _unreadable() -> set[str]:
    """Fields of an URL-encoded form that are not UTF-8. Werkzeug leaves their bytes as %FC and the like."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return set()
    pairs = parse_qsl(request.get_data().decode("latin-1"), encoding="latin-1")
    return {name for name, value in pairs if not _is_utf8(value.encode("latin-1"))}


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _body() -> bytes:
    body = request.get_data(cache=False)
    limit = request.max_content_length
    # Werkzeug refuses a body by its Content-Length; one sent in chunks it cuts off at the limit.
    if limit is not None and request.content_length is None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key appears twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
