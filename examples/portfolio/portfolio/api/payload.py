"""Bodies in: strict JSON, whose numbers are decimals."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn, TypeVar

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType


class Upload(NamedTuple):
    """A CSV file that was sent, and its name, if it has one."""

    name: str
    data: bytes


class Archive(NamedTuple):
    """A zip archive that was sent, and its name, if it has one."""

    name: str
    data: bytes


F = TypeVar("F", Upload, Archive)
#: What a file of each kind is called.
KINDS: dict[type, tuple[str, str]] = {Upload: ("text/csv", ".csv"), Archive: ("application/zip", ".zip")}


def upload(kind: type[F]) -> F:
    """The file of this request: the field ``file`` of a form, or a body of its kind's type.

    :raises HTTPException: 400, 413 or 415
    """
    mimetype, ending = KINDS[kind]
    if request.mimetype == mimetype:
        return kind("", request.get_data(cache=False))
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(f"Send the file as {mimetype}, or as the field `file` of a form.")
    sent = request.files.get("file")
    if sent is None:
        raise BadRequest("The form has no field `file`.")
    name = sent.filename or ""
    if not name.lower().endswith(ending):
        hint = " Save the sheet as CSV." if kind is Upload else ""
        raise UnsupportedMediaType(f"{name[:100]!r} is no {ending} file.{hint}")
    return kind(name, sent.read())


def body() -> Any:
    """The JSON of this request.

    :raises HTTPException: 400, 413 or 415, with a description meant for the client
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if not request.is_json or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the body as application/json, in UTF-8.")
    text = request.get_data(cache=True)
    if not text:
        raise BadRequest("The body is empty.")
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise BadRequest("The body is nested far too deeply.") from None
    except (ValueError, ArithmeticError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) < 20 else Decimal(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {ascii(key)[:80]} appears twice in one object")
        found[key] = value
    return found
