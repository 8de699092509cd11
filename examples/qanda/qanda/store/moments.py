"""What is over soon. DynamoDB removes it within days of its ``expires``; until then nobody believes it."""

from __future__ import annotations

import hashlib
import time
from typing import NamedTuple

from ..errors import TooOften
from .database import Database


class Limit(NamedTuple):
    """So many times in so many seconds."""

    times: int
    seconds: int


def count(database: Database, what: str, who: str, limit: Limit) -> None:
    """Count one more ``what`` of ``who``, of which a hash is kept.

    Windows begin at whole multiples of their length; one process or a thousand, the count is one.

    :raises TooOften: it was one too many
    """
    now = time.time()
    window, into = divmod(now, limit.seconds)
    name = hashlib.sha256(f"{what}|{who}|{window:.0f}".encode()).hexdigest()
    counted = database.update(
        "moments",
        {"name": f"count/{name}"},
        {
            "UpdateExpression": "ADD #times :one SET #expires = :expires",
            "ExpressionAttributeNames": {"#times": "times", "#expires": "expires"},
            "ExpressionAttributeValues": {":one": 1, ":expires": int(now) + limit.seconds},
        },
    )
    if int(counted["times"]) > limit.times:
        raise TooOften(max(1, int(limit.seconds - into)))


def claim(database: Database, name: str, seconds: int) -> bool:
    """Whether nobody has claimed this name before; it is kept for at least ``seconds``."""
    return database.put("moments", {"name": name, "expires": int(time.time()) + seconds}, unless="name")


def release(database: Database, name: str) -> bool:
    """Take a claim back; whether there was one that had not expired."""
    gone = database.delete("moments", {"name": name})
    return gone is not None and int(gone["expires"]) >= time.time()
