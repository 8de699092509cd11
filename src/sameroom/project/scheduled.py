"""What EventBridge Scheduler is told of a schedule, and what it then sends the function. Pure."""

from __future__ import annotations

import shlex
from typing import Any

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
