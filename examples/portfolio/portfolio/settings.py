"""The owner's settings: few, with defaults, kept in the database."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import g, has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from .ledger.prices import upsert
from .models import Setting


class Settings(NamedTuple):
    """What can be chosen. ``number_format`` and ``date_format`` are BCP 47 locales; the front end keeps
    them.
    """

    currency: str = "EUR"  #: of the overview's totals
    time_zone: str = "Europe/Amsterdam"  #: whose day is today, and in which prices are fetched
    number_format: str = "nl-NL"
    date_format: str = "nl-NL"
    theme: str = "system"
    price_provider: str = "yahoo"
    logging_enabled: bool = True
    logging_level: str = "info"


def read(session: Session) -> Settings:
    """The settings as they are; asked for once in a request."""
    if has_app_context() and (kept := g.get("settings")) is not None:
        return kept  # type: ignore[no-any-return]
    rows = session.execute(select(Setting.name, Setting.value)).all()
    found = Settings()._replace(**{name: value for name, value in rows if name in Settings._fields})
    if has_app_context():
        g.settings = found
    return found


def write(session: Session, changed: dict[str, Any]) -> Settings:
    """Change some settings, whose values have been checked."""
    upsert(session, Setting, [{"name": name, "value": value} for name, value in changed.items()])
    if has_app_context():
        g.pop("settings", None)
    return read(session)
