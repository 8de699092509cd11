"""Where a list goes on, as text that means nothing to its reader.

A cursor is a place in a list's order and the name of that order, and nothing else: which rows are shown is
the query's decision. The checksum is for accidents.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from .problems import Fault, Problem


def encode(order: str, *place: str) -> str:
    """The cursor for what comes after a place: URL-safe text."""
    text = json.dumps([order, *place], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.crc32(text).to_bytes(4, "big") + text).rstrip(b"=").decode()


def decode(cursor: str, order: str) -> list[str]:
    """The place in a cursor of this order.

    :raises Problem: ``encode`` did not make it, or for another order
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw[4:])
        if zlib.crc32(raw[4:]).to_bytes(4, "big") != raw[:4] or found[0] != order:
            raise ValueError
    except (ValueError, binascii.Error, TypeError, IndexError, KeyError, RecursionError):
        raise not_of_this_list() from None
    return [str(part) for part in found[1:]]


def not_of_this_list() -> Problem:
    """What is said of a cursor that says no place of a list."""
    fault = Fault("is not a cursor of this list", "#/cursor")
    return Problem(422, "The list cannot go on there.", "cursor", [fault])
