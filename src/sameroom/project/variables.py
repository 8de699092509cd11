"""Settings -> the environment variables that the runtime reads, the same wherever the function runs."""

from __future__ import annotations

import glob
import shlex

from .discover import AppTarget
from .settings import Settings


def runtime_variables(app: AppTarget, settings: Settings) -> dict[str, str]:
    """The app, and how the door is configured, which no event says (docs/settings.md)."""
    return {
        "AWS_LAMBDA_LOG_FORMAT": "JSON" if settings.log_format == "json" else "Text",
        "AWS_LAMBDA_LOG_LEVEL": settings.log_level,
        "SAMEROOM_APP": app.spec,
        "SAMEROOM_SCRIPT_NAME": _script_name(settings),
        "SAMEROOM_TRUSTED_HOPS": str(settings.trusted_hops),
        "SAMEROOM_RESPONSE_MODE": settings.response_mode,
        "SAMEROOM_BINARY_MEDIA_TYPES": ",".join(settings.binary_media_types),
    }


def command_patterns(settings: Settings) -> tuple[str, ...]:
    """What SAMEROOM_COMMANDS allows: the setting ``commands``, and, as that holds for every command event,
    what the project runs itself: the release command and the schedules'. () where there is no list."""
    if not settings.commands:
        return ()
    own = {schedule.command for schedule in settings.schedules.values()} | {settings.release} - {""}
    literal = {glob.escape(" ".join(shlex.split(command))) for command in own}
    return tuple(sorted({*settings.commands, *literal}))


def _script_name(settings: Settings) -> str:
    """Payload 2.0 never shows a mapping's base path, so the app must be told
    (apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, ``rawPath``)."""
    return settings.script_name or (settings.base_path if settings.door == "http-api" else "")
