"""What EventBridge Scheduler is told of a schedule, and what it then sends the function. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ..errors import SettingsError
from .cron import expression
from .services import Schedule

#: Scheduler's word for one run, in whose place it puts an id.
#: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
RUN = "<aws.scheduler.execution-id>"


def when(name: str, schedule: Schedule) -> str:
    """Scheduler's expression: ``cron(0 18 ? * MON-FRI *)``, ``rate(1 hour)``.

    :raises TemplateError: AWS cannot run it at that time.
    """
    return expression(name, schedule.cron) if schedule.cron else f"rate({schedule.rate})"


def event(name: str, schedule: Schedule, run: str = RUN) -> dict[str, Any]:
    """The event that runs the command (``runtime.commands``); ``run`` is the id of this run."""
    return {"sameroom": {"command": shlex.split(schedule.command), "schedule": name, "id": run}}


def called(name: str, declared: Mapping[str, Schedule]) -> Schedule:
    """The schedule ``name`` of those that the settings declare.

    :raises SettingsError: there is none; the message names what there is.
    """
    if name in declared:
        return declared[name]
    if not declared:
        raise SettingsError(
            f"There is no schedule {name}: none is declared.",
            next="Declare it: [tool.sameroom.schedules.prices] with a command, and cron or rate.",
        )
    near = get_close_matches(name, declared, n=1)
    raise SettingsError(
        f"There is no schedule {name}.",
        why=f"The settings declare {', '.join(sorted(declared))}.",
        next=f"Did you mean {near[0]}?" if near else "",
    )
