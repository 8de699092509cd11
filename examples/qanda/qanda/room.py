"""What the routes and the jobs share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import current_app, request

from . import limits as counting
from .store import moments
from .store.database import Database
from .store.moments import Limit

SLACK = "https://slack.com/api/"


class Room(NamedTuple):
    """Tables, limits, where Slack's Web API is, and the "team|channel" that gets letters, if one does."""

    database: Database
    limits: Mapping[str, Limit]
    slack_api: str
    letters_to: str


def furnish(environ: Mapping[str, str]) -> Room:
    """The room that the environment describes. Nothing is asked for over the network.

    :raises ValueError: QANDA_LIMITS cannot be read
    """
    return Room(
        Database(environ),
        counting.limits(environ.get("QANDA_LIMITS", "")),
        environ.get("SLACK_API_URL") or SLACK,
        environ.get("QANDA_CONTACT_CHANNEL", ""),
    )


def room() -> Room:
    """That of the app at hand."""
    found = current_app.extensions["qanda"]
    assert isinstance(found, Room)
    return found


def database() -> Database:
    """That of the app at hand."""
    return room().database


def limit(what: str) -> None:
    """Count one more of it for whoever sent the request at hand.

    :raises TooOften:
    """
    here = room()
    moments.count(here.database, what, counting.caller(request.remote_addr), here.limits[what])
