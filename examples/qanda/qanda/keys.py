"""The secrets, asked for when they are needed; the app loads, and answers on the web, without any."""

from __future__ import annotations

from typing import NamedTuple

from sameroom import secret
from sameroom.runtime.errors import SecretMissing

from .errors import SwitchedOff


class SlackKeys(NamedTuple):
    """What Slack shows for an app below Basic Information. Never shown in a log: see ``__repr__``."""

    signing_secret: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return "SlackKeys(...)"


class Moderation(NamedTuple):
    """What the moderators' login needs."""

    secret_key: str
    password: str

    def __repr__(self) -> str:
        return "Moderation(...)"


def slack_keys() -> SlackKeys:
    """
    :raises SwitchedOff: one of them has no value, or is "off"
    """
    return SlackKeys(*_values("Slack", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"))


def moderation_keys() -> Moderation:
    """
    :raises SwitchedOff: one of them has no value, or is "off"
    """
    return Moderation(*_values("Moderation", "SECRET_KEY", "MODERATOR_PASSWORD"))


def _values(what: str, *names: str) -> tuple[str, ...]:
    try:
        values = tuple(secret(name) for name in names)
    except SecretMissing:
        values = ("",)
    if any(value.strip() in ("", "off") for value in values):
        raise SwitchedOff(f"{what} is switched off here: {', '.join(names)} need values.")
    return values
