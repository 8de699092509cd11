"""How far back to look, as people type it. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from ..errors import SettingsError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def seconds_back(text: str, now: float) -> float:
    """Seconds from ``text`` until ``now`` (epoch): "90s", "10m", "1h30m", "2d", or a moment, ISO 8601 in UTC
    unless it says otherwise.

    :raises SettingsError: it is neither, or not in the past.
    """
    said = text.strip().lower()
    if said and _SPAN.sub("", said) == "":
        seconds = sum(float(number) * _UNITS[unit] for number, unit in _SPAN.findall(said))
    else:
        seconds = now - _moment(text)
    if not 0 < seconds <= now:
        raise SettingsError(
            f"--since {text} is no time in the past.", next="Say for instance --since 10m, 2h or 3d."
        )
    return seconds


def _moment(text: str) -> float:
    try:
        at = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise SettingsError(
            f"--since {text} is not understood.",
            why="It is a span (s, m, h, d or w after a number), or a moment as 2026-11-21T06:18:38Z.",
            next="Say for instance --since 10m, 2h or 1h30m.",
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()
