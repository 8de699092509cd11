"""Schedules in words: when they run next, how a run went, what was missed. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .paint import Paint, harmless
from .records import records

if TYPE_CHECKING:
    from ..local.sandboxes.invocation import Invocation
    from ..local.schedules import Missed, Plan, Run

_FAILED = "ScheduledCommandFailed"


def rows(plans: Sequence[Plan], paint: Paint, now: datetime) -> Iterator[str]:
    """Two lines a schedule: what it runs, and when. ``now`` has this machine's time zone."""
    width = max((len(plan.name) for plan in plans), default=0)
    for plan in plans:
        yield f"{paint('bold', plan.name.ljust(width))}  flask {harmless(plan.schedule.command)}"
        told = _when(plan, now)
        yield " " * (width + 2) + paint("yellow" if plan.problem else "dim", told)


def _when(plan: Plan, now: datetime) -> str:
    said = plan.schedule
    if plan.problem is not None:
        return f"{plan.problem.what} {plan.problem.why}"
    often = f"every {said.rate.removeprefix('1 ')}, " if said.rate else ""
    if not said.enabled:
        return f"{often}switched off (enabled = false)"
    if plan.next is None:
        return f"never again: cron = {said.cron!r}"
    here = datetime.fromtimestamp(plan.next, now.tzinfo)
    there = here.astimezone(ZoneInfo(said.timezone))
    if said.rate or there.replace(tzinfo=None) == here.replace(tzinfo=None):
        return f"{often}next {_moment(here, now)}"
    same_day = there.date() == here.date()
    return f"next {_moment(there, now)} {said.timezone}, {here:%H:%M}" + (
        " here" if same_day else f" on {here:%a} here"
    )


def _moment(moment: datetime, now: datetime) -> str:
    """``18:00`` of today, ``Mon 18:00`` within six days, else with the date."""
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    if days == 0:
        return f"{moment:%H:%M}"
    if days < 7:
        return f"{moment:%a %H:%M}"
    year = f" {moment.year}" if moment.year != now.year else ""
    return f"{moment:%a} {moment.day} {moment:%b}{year} {moment:%H:%M}"


def hints(plans: Sequence[Plan], scheduled: bool) -> list[str]:
    """How one is run: by itself, or by hand."""
    if not plans:
        return []
    by_hand = f"Type a schedule's name ({plans[0].name}) and Enter to run it now."
    return [by_hand] if scheduled else [by_hand, "By themselves they run with --schedules only."]


def title(run: Run) -> str:
    """``schedule prices: flask prices update``."""
    return f"schedule {run.name}: flask {harmless(run.schedule.command)}"


def notes(run: Run, here: tzinfo | None = None) -> str:
    """What is unusual of it, for the end of its line."""
    found = []
    if run.due is not None and run.began - run.due >= 1.5:
        found.append(f"due at {datetime.fromtimestamp(run.due, here):%H:%M:%S}")
    if run.beside:
        found.append(f"beside {run.beside} more that {'goes' if run.beside == 1 else 'go'} on")
    return "".join(f" · {text}" for text in found)


def failure(invocation: Invocation) -> str:
    """Why a run failed, "" when it did not."""
    if invocation.outcome.kind == "result":
        return ""
    try:
        said = json.loads(invocation.outcome.payload)
        message, kind = str(said["errorMessage"]), str(said.get("errorType", ""))
    except (ValueError, LookupError, TypeError, AttributeError):
        return invocation.outcome.payload.decode("utf-8", "replace")
    # The line names the schedule and the command already.
    return message.rpartition("' ended with the ")[2] if kind == _FAILED else f"{kind}: {message}"


def spoken(lines: Iterable[str]) -> Iterator[str]:
    """What the command printed, of its lines in the log: without the title, which the screen has, and the
    failure, which is the last line's."""
    for line in lines:
        record = next(records([line]))
        if record.traces and _FAILED in record.traces[-1].error:
            continue
        if record.level != "INFO" or record.traces:
            yield line
        elif not record.message.startswith("running: flask "):
            yield record.message


def missed_text(missed: Missed, limit: int, here: tzinfo | None = None) -> str:
    """That times have passed, and that they are not made up for."""
    first, last = (datetime.fromtimestamp(at, here) for at in (missed.first, missed.last))
    if missed.times == 1:
        told = f"{first:%a %H:%M} has"
    else:
        count = f"more than {limit - 1}" if missed.times >= limit else str(missed.times)
        told = f"{count} times from {first:%a %H:%M} to {last:%a %H:%M} have"
    return f"schedule {missed.name}: {told} passed while this machine slept. What was missed is not run now."
