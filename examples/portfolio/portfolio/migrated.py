"""Which version the database has, and which one this app wants."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def current(session: Session) -> str | None:
    """The version that the database has; None when it was never migrated."""
    try:
        with session.begin_nested():
            found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return None
    return found


@lru_cache(maxsize=1)
def newest() -> str | None:
    """The version that this app wants: the migration that no other one follows. Read without loading
    Alembic.
    """
    revisions: dict[str, str | None] = {}
    for file in _VERSIONS.glob("*.py"):
        found = dict(
            re.findall(r"^(revision|down_revision)[^=]*= *[\"']?(\w+)", file.read_text(), re.MULTILINE)
        )
        revisions[found["revision"]] = found["down_revision"]
    followed = set(revisions.values())
    return next((revision for revision in revisions if revision not in followed), None)
