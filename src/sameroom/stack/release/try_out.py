"""The new version started once, before anybody is sent to it: the app is imported and says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import Refused, ReleaseFailed
from ...releases.clock import Clock
from .invoking import call, why

if TYPE_CHECKING:
    from ...aws.cloud import Cloud

_PING = {"sameroom": {"ping": True}}


def try_out(cloud: Cloud, function: str, version: str, folder: Path, clock: Clock) -> float | None:
    """Milliseconds that loading the app took, None where the version does not know.

    :raises ReleaseFailed: it does not start; with the app's traceback, its files named as in ``folder``.
    """
    try:
        called = call(cloud, function, version, _PING, clock)
    except Refused as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise ReleaseFailed(
            f"Version {version} of {function} is not there.",
            why=error.reason,
            next="Somebody deleted it by hand. Change anything of the code or the settings, so that a new "
            "version is made, and deploy again.",
        ) from error
    if called.failed:
        raise ReleaseFailed(
            f"Version {version} does not start.",
            why=why(called, folder),
            next="`sameroom invoke` runs the app here as Lambda would. Mend it and deploy again.",
        )
    if not isinstance(called.payload, dict) or called.payload.get("ok") is not True:
        raise ReleaseFailed(
            f"Version {version} is not an app of sameroom's: it does not answer the ping.",
            why=f"It answered {str(called.payload)[:200]}",
            next="Was the function's handler or its code changed by hand? Deploy any change of the code.",
        )
    took = called.payload.get("init_ms")
    return float(took) if isinstance(took, int | float) else None
