"""What day it is where the owner lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from .settings import read


def utc_now() -> datetime:
    """This moment; tests have another clock, in ``app.config["CLOCK"]``."""
    clock: Callable[[], datetime] | None = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(timezone.utc)


def today(session: Session) -> date:
    """Today's date in the time zone of the settings."""
    return utc_now().astimezone(ZoneInfo(read(session).time_zone)).date()
