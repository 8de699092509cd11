"""Where a list goes on, as text that means nothing to its reader.

A cursor names a place in a list and nothing else: what is shown is the server's decision alone. A forged one
can only begin the same list somewhere else. The checksum is for accidents.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from uuid import UUID


def encode(place: str) -> str:
    """The cursor for what comes after the id ``place``: 27 URL-safe characters."""
    raw = UUID(place).bytes
    return base64.urlsafe_b64encode(zlib.crc32(raw).to_bytes(4, "big") + raw).rstrip(b"=").decode()


def decode(cursor: str) -> str:
    """The id in a cursor.

    :raises ValueError: ``encode`` did not make it.
    """
    try:
        raw = base64.b64decode((cursor + "=").encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeError, binascii.Error):
        raise ValueError("not a cursor") from None
    if len(raw) != 20 or encode(place := str(UUID(bytes=raw[4:]))) != cursor:
        raise ValueError("not a cursor")
    return place
