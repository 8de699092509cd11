"""Bodies on their way into an event: text, or base64; and whether the event still fits into Lambda."""

from __future__ import annotations

import json
from binascii import b2a_base64
from typing import Any

#: Bytes of JSON that Lambda takes as a synchronous invocation's event.
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LAMBDA_LIMIT = 6_291_456

#: What ALB and VPC Lattice call text, besides text/*.
TARGET_GROUP_TEXT = ("application/json", "application/javascript", "application/xml")


def media_type(content_type: str) -> str:
    """ "application/json" of "Application/JSON; charset=utf-8"."""
    return content_type.partition(";")[0].strip().lower()


def text_for_http_api(body: bytes, content_type: str, content_encoding: str) -> tuple[str, bool]:
    """``(text, is base64)`` for payload 2.0 and HTTP APIs: text if its type says so, else base64.

    Forms and multipart come as base64; so does text that is no UTF-8, which JSON could not carry.
    """
    kind = media_type(content_type)
    if content_encoding or not (_plain(kind) or kind.endswith(("+json", "+xml"))):
        return base64_of(body), True
    return _text_or_base64(body)


def text_for_target_group(body: bytes, content_type: str) -> tuple[str, bool]:
    """``(text, is base64)`` for ALB and VPC Lattice: their documented four types are text."""
    return _text_or_base64(body) if _plain(media_type(content_type)) else (base64_of(body), True)


def base64_of(body: bytes) -> str:
    return b2a_base64(body, newline=False).decode("ascii")


def too_large(event: dict[str, Any], body: bytes) -> bool:
    """Whether Lambda refuses the event for its size as JSON. Counted only where it might."""
    if len(body) < 512 * 1024:
        return False
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass")) > LAMBDA_LIMIT


def _plain(kind: str) -> bool:
    return kind.startswith("text/") or kind in TARGET_GROUP_TEXT


def _text_or_base64(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64_of(body), True
