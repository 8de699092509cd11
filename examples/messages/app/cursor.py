"""Where a list goes on, as text that means nothing to its reader.

A cursor names a place in the order of the table, and nothing else: which items are shown is the server's
decision alone. A forged one can only begin the same list somewhere else. The checksum is for accidents.
"""

from __future__ import annotations

import base64
import binascii
import zlib

#: Bytes; DynamoDB's limit on a partition key.
_LONGEST = 2048


def encode(message_id: str) -> str:
    """The cursor for what comes after ``message_id``: URL-safe text without padding."""
    place = message_id.encode()
    checksum = zlib.crc32(place).to_bytes(4, "big")
    return base64.urlsafe_b64encode(checksum + place).rstrip(b"=").decode()


def decode(cursor: str) -> str:
    """The message id in a cursor.

    :raises ValueError: ``encode`` did not make it.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        raw = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        place = raw[4:]
        message_id = place.decode()
    except (UnicodeError, binascii.Error):
        raise ValueError("not a cursor") from None
    if not 0 < len(place) <= _LONGEST or encode(message_id) != cursor:
        raise ValueError("not a cursor")
    return message_id
