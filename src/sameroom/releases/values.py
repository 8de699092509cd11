"""A release, as the history keeps it."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["pending", "live", "superseded", "failed", "rolled back"]


class Release(NamedTuple):
    """One deploy: code, settings and static files together."""

    #: 1, 2, 3 ... in the stack's life; 0 until the history has given it one.
    number: int
    state: State
    #: When it began, UTC, ISO 8601 with seconds: "2026-11-21T06:18:38Z".
    at: str
    #: Who deployed: the caller's ARN, or a user's name.
    by: str
    #: SHA-256 of the zip, in hex.
    artifact: str
    #: The function's version, "7".
    version: str
    #: SHA-256 of the template's text, in hex.
    template: str
    #: S3 key of the site's manifest, "" without a site.
    site: str = ""
    #: Git's commit, "" where there is none; with "+" where files differ from it.
    commit: str = ""
    #: Bytes of the zip.
    size: int = 0
    #: Why it failed or was taken back.
    note: str = ""
    #: The version that served before it, "" on a first deploy.
    before: str = ""
    #: Steps that an interrupted release need not repeat.
    done: tuple[str, ...] = ()
