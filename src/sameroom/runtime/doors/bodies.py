"""Bodies in and out of an event: text as it is, or base64."""

from __future__ import annotations

import json
import os
import sys
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import cache
from typing import Any

from ..errors import InvalidEvent
from ..messages import Response, Result

#: Bytes of JSON that Lambda takes as a function's buffered response; more is Function.ResponseSizeTooLarge.
LAMBDA_LIMIT = 6_291_556
#: What ALB takes: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
ALB_LIMIT = 1_048_576


@cache
def _codec() -> tuple[Callable[[str], bytes], Callable[[bytes], str]]:
    try:
        import pybase64
    except ImportError:
        pass
    else:
        return (
            lambda text: pybase64.b64decode(text, validate=True),
            pybase64.b64encode_as_string,  # to encode and then decode costs forty times as much at 1 MB
        )
    if sys.version_info >= (3, 11):

        def decode(text: str) -> bytes:
            return a2b_base64(text, strict_mode=True)
    else:
        import base64

        def decode(text: str) -> bytes:
            return base64.b64decode(text, validate=True)

    return decode, lambda data: b2a_base64(data, newline=False).decode("ascii")


def received(body: Any, is_base64: Any) -> bytes:
    """The request's body as bytes. AWS decoded text as UTF-8, so that is how it goes back.

    :raises InvalidEvent: base64 that is none, or a body that is no string.
    """
    if not body:
        return b""
    if not isinstance(body, str):
        raise InvalidEvent(f"body is {type(body).__name__}, not a string")
    if not is_base64:
        return body.encode("utf-8", "surrogatepass")
    try:
        decode, _ = _codec()
        return decode(body)
    except ValueError as error:
        raise InvalidEvent(f"body is said to be base64, and it is not: {error}") from error


def sent(body: bytes, content_type: str, content_encoding: str) -> tuple[str, bool]:
    """``(text, is base64)`` such that the client gets the app's very bytes.

    Every door writes a text body as UTF-8. So a body travels as text when it is UTF-8 and says nothing
    else of itself; in another charset the door would re-code what the header still calls latin-1.
    """
    if not body:
        return "", False
    if not content_encoding:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            pass
        else:
            if text.isascii() or not _other_charset(content_type):
                return text, False
    _, encode = _codec()
    return encode(body), True


def _other_charset(content_type: str) -> bool:
    _, found, charset = content_type.lower().partition("charset=")
    return bool(found) and charset.strip(" \"'").partition(";")[0].strip(" \"'") not in (
        "utf-8",
        "utf8",
        "us-ascii",
    )


# Bytes that take more than themselves in JSON text: six at the most ("\u0000"; of non-ASCII three a byte).
_WIDE = bytes(range(0x20)) + b'"\\\x7f' + bytes(range(0x80, 0x100))


def oversize(result: Result, response: Response, limit: int) -> int | None:
    """The size in bytes of ``result`` as JSON where that breaks ``limit``, or None where it fits.

    Exact where it matters: a cheap upper bound clears nearly every response, and only what might not
    fit is serialised as the runtime will serialise it.
    """
    body = response.body
    bound = 512 + len(body) + len(response.reason)
    for name, value in response.headers:
        bound += len(name) + len(value) + 8
    if bound * 6 <= limit:
        return None
    if result["isBase64Encoded"]:
        bound = (bound - len(body)) * 6 + (len(body) + 2) // 3 * 4
    else:
        bound *= 6
        if bound > limit:
            # A byte that is plain needs one, not six: a short stretch shows it of most text.
            for share in (4, 2):
                stretch = body[: (bound - limit) // share]
                if bound - 5 * len(stretch.translate(None, _WIDE)) <= limit:
                    return None
    if bound <= limit:
        return None
    size = len(json.dumps(result, ensure_ascii=escapes_non_ascii()).encode("utf-8", "surrogatepass"))
    return size if size > limit else None


def escapes_non_ascii() -> bool:
    """Whether the runtime will write "é" as six bytes: managed Pythons before 3.12 do, others do not."""
    managed = os.environ.get("AWS_EXECUTION_ENV", "")
    return managed in ("AWS_Lambda_python3.9", "AWS_Lambda_python3.10", "AWS_Lambda_python3.11")
