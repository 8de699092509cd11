"""A request's body as fields, strictly: what is not understood is said, and nothing is guessed or lost.

Werkzeug takes the first of two equal fields and replaces what is no UTF-8; here both are faults of the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from .enquiry import BY_NAME

#: Filled in by robots alone: people do not see it.
TRAP = "homepage"
#: A random name for one filling-in of the form; the same twice is the same enquiry sent twice.
TOKEN = "form_token"  # noqa: S105
_KNOWN = {*BY_NAME, TRAP, TOKEN}
#: More fields than any form of ours has.
_MOST_FIELDS = 50


class Fields(NamedTuple):
    """What came: values by name, and what is wrong with them by name; "" is the whole form."""

    values: dict[str, str]
    faults: dict[str, str]


#: Of a surrogate pair: JSON can say one, and no encoding can.
_HALVES = re.compile("[\ud800-\udfff]")


def fields_of(request: Request) -> Fields:
    """The fields in the body: of a form, in either encoding of HTML, or of a JSON object.

    :raises werkzeug.exceptions.HTTPException: 400, 413 or 415, with a description for the client: the body
        cannot be read at all.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.content_encoding not in (None, "", "identity") or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the body in UTF-8, and without a Content-Encoding.")
    body = _body(request)
    if request.is_json:
        return _of_json(body)
    if request.mimetype == "application/x-www-form-urlencoded":
        return _of_pairs(_urlencoded(body))
    if request.mimetype == "multipart/form-data":
        return _of_pairs(_multipart(body, request))
    raise UnsupportedMediaType(
        "Send application/x-www-form-urlencoded, multipart/form-data or application/json."
    )


def _body(request: Request) -> bytes:
    body = request.get_data(cache=False)
    limit = request.max_content_length
    # Werkzeug refuses a body by its Content-Length; one sent in chunks it cuts off at the limit.
    if limit is not None and request.content_length is None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body


def _of_json(body: bytes) -> Fields:
    try:
        pairs = json.loads(body.decode(), object_pairs_hook=_Pairs)
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: see byte {error.start}.") from None
    except (ValueError, RecursionError):
        raise BadRequest("The body is empty." if not body else "The body is not JSON.") from None
    if not isinstance(pairs, _Pairs):
        raise BadRequest("The body is JSON, but not an object with the fields.")
    texts: list[tuple[str, str]] = []
    faults: dict[str, str] = {}
    for name, value in pairs:
        if value is None:
            value = ""
        elif not isinstance(value, str):
            faults[name] = f"This is {_called(value)}; it has to be text, in quotes."
            value = ""
        texts.append((name, value))
    fields = _of_pairs(texts)
    return fields._replace(
        faults={**fields.faults, **{name: faults[name] for name in faults if name in _KNOWN}}
    )


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys as often as they came."""


def _called(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    return "an object" if isinstance(value, _Pairs) else "a list"


def _urlencoded(body: bytes) -> Iterable[tuple[str, str | bytes]]:
    pairs = [pair for pair in body.split(b"&") if pair]
    if len(pairs) > _MOST_FIELDS:
        raise BadRequest(f"The form has {len(pairs)} fields.")
    for pair in pairs:
        name, _, value = pair.replace(b"+", b" ").partition(b"=")
        yield unquote_to_bytes(name).decode(errors="replace"), unquote_to_bytes(value)


def _multipart(body: bytes, request: Request) -> list[tuple[str, str | bytes]]:
    parser = FormDataParser(max_form_memory_size=None, max_form_parts=_MOST_FIELDS, silent=False)
    try:
        _, form, files = parser.parse(
            BytesIO(body), "multipart/form-data", len(body), dict(request.mimetype_params)
        )
    except ValueError:
        raise BadRequest("The body is not what multipart/form-data is.") from None
    found: list[tuple[str, str | bytes]] = list(form.items(multi=True))
    for name, file in files.items(multi=True):
        file.close()
        if file.filename:
            raise BadRequest(f"The field {name[:40]} has a file; this form takes none.")
    return found


def _of_pairs(pairs: Iterable[tuple[str, str | bytes]]) -> Fields:
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    times: dict[str, int] = {}
    for name, raw in pairs:
        times[name] = times.get(name, 0) + 1
        # What is no text becomes U+FFFD, which no field takes: bytes that are no UTF-8, halves of a pair.
        text = raw.decode(errors="replace") if isinstance(raw, bytes) else _HALVES.sub("\ufffd", raw)
        values.setdefault(name, text)
        if times[name] > 1:
            faults[name] = f"This came {times[name]} times; send it once."
    strange = [name for name in values if name not in _KNOWN]
    if strange:
        faults = {name: fault for name, fault in faults.items() if name in _KNOWN}
        faults[""] = _not_fields(strange)
    return Fields({name: value for name, value in values.items() if name in _KNOWN}, faults)


def _not_fields(names: list[str]) -> str:
    shown = ", ".join("".join(c if c.isprintable() else "\ufffd" for c in name[:40]) for name in names[:10])
    fields = ", ".join(BY_NAME)
    return f"Not a field of this form: {shown}. The fields are {fields}."
