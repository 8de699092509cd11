"""How often somebody may do something: per address on the web, per user in Slack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

from .store.moments import Limit

DEFAULTS = {
    "ask": Limit(10, 600),
    "reply": Limit(30, 600),
    "contact": Limit(5, 3600),
    "login": Limit(10, 900),
    "message": Limit(60, 600),
    "install": Limit(20, 600),
}


def limits(said: str) -> Mapping[str, Limit]:
    """The limits, with those in ``said`` ("ask=10/600, reply=30/600": times and seconds) put in.

    :raises ValueError: it cannot be read so.
    """
    found = dict(DEFAULTS)
    for part in filter(None, (part.strip() for part in said.split(","))):
        match = re.fullmatch(r"(\w+)=([1-9]\d{0,8})/([1-9]\d{0,6})", part)
        if match is None or match[1] not in DEFAULTS:
            raise ValueError(
                f"QANDA_LIMITS: {part!r} is none. Write such as ask=10/600 (times/seconds) for "
                f"{', '.join(DEFAULTS)}."
            )
        found[match[1]] = Limit(int(match[2]), int(match[3]))
    return found


def caller(address: str | None) -> str:
    """Who is behind an address. Whoever has one IPv6 address has the other 2^64 of its network too."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)
