"""What this app is told by its environment, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
_LIMIT = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


class Limit(NamedTuple):
    """So many, in so many seconds."""

    most: int
    seconds: int


class Settings(NamedTuple):
    """The environment, understood."""

    #: Origins whose scripts may submit enquiries and read the answers.
    allowed_origins: frozenset[str]
    #: Enquiries from one address.
    enquiries: Limit
    #: Wrong passwords from one address.
    sign_ins: Limit
    #: Who gets a mail about a new enquiry, and from whom; "" sends none.
    notify_to: str
    notify_from: str
    #: Where the dashboard is, for the links in those mails; "" leaves them out.
    site_url: str


def settings_of(environ: Mapping[str, str]) -> Settings:
    """:raises ValueError: a variable makes no sense; the text names it, and says what would."""
    to, sender = environ.get("NOTIFY_TO", ""), environ.get("NOTIFY_FROM", "")
    if bool(to) != bool(sender):
        raise ValueError("NOTIFY_TO and NOTIFY_FROM go together: set both, or neither.")
    return Settings(
        allowed_origins=_origins(environ.get("ALLOWED_ORIGINS", "")),
        enquiries=_limit("ENQUIRIES_LIMIT", environ.get("ENQUIRIES_LIMIT", "10/3600")),
        sign_ins=_limit("SIGN_IN_LIMIT", environ.get("SIGN_IN_LIMIT", "10/900")),
        notify_to=to,
        notify_from=sender,
        site_url=environ.get("SITE_URL", "").rstrip("/"),
    )


def _origins(text: str) -> frozenset[str]:
    origins = frozenset(filter(None, (origin.strip() for origin in text.split(","))))
    for origin in sorted(origins):
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(
                f"ALLOWED_ORIGINS has {origin!r}. Origins are written as browsers send them, divided by "
                "commas: https://www.example.com, with no slash at the end, no path and no *."
            )
    return origins


def _limit(name: str, text: str) -> Limit:
    found = _LIMIT.fullmatch(text)
    if not found:
        raise ValueError(f"{name} is {text!r}. It is a number and seconds: 10/3600 is ten an hour.")
    return Limit(int(found[1]), int(found[2]))
