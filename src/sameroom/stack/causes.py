"""A failed deploy's events -> the root cause first: which resource, AWS's reason, what to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import StackFailed
from .following import Event
from .reasons import advice

#: What AWS writes of resources that failed because another did.
_ECHO = re.compile(
    r"^(Resource (creation|update|deletion) cancelled|The following resource\(s\) failed|"
    r"The following resource\(s\) cancelled)",
    re.IGNORECASE,
)
#: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
_HANDLER = re.compile(r'^Resource handler returned message: "(?P<said>.*)" \(RequestToken: .*\)$', re.DOTALL)
_REQUEST = re.compile(r"\s*\((Service|RequestToken|Request ID)[:=].*\)", re.IGNORECASE | re.DOTALL)
_MORE = 3


def failure(stack: str, events: Sequence[Event]) -> StackFailed:
    """Why the operation of ``events`` (oldest first, the stack's own end last) failed."""
    failed = roots(events)
    state = events[-1].status if events else ""
    if not failed:
        own = next((e.reason for e in events if e.of_stack and e.reason and "FAILED" in e.status), "")
        return StackFailed(
            f"The stack {stack} could not be changed: it is {state or 'in an unknown state'}.",
            why=said(own) or "AWS gives no reason.",
            next=f"sameroom deploy tries again; CloudFormation's console has all events. {_after(state)}",
        )
    first = failed[0]
    reason = said(first.reason) or "AWS gives no reason."
    also = [f"Then also {e.resource} ({e.type}): {said(e.reason)}" for e in failed[1 : _MORE + 1]]
    return StackFailed(
        f"AWS could not {_verb(first.status)} {first.resource} ({first.type}){_named(first)}.",
        why="\n".join([reason, *also]),
        next=f"{advice(first.type, reason)} {_after(state)}",
    )


def roots(events: Sequence[Event]) -> tuple[Event, ...]:
    """Failures that are no echo of another, first come first; those of taking back come last."""
    failed = [
        event
        for event in events
        if event.status.endswith("_FAILED") and not event.of_stack and not _ECHO.match(event.reason)
    ]
    back = next((e.at for e in events if e.of_stack and "ROLLBACK_IN_PROGRESS" in e.status), float("inf"))
    return tuple(sorted(failed, key=lambda event: event.at > back))


def said(reason: str) -> str:
    """AWS's reason without its envelope."""
    found = _HANDLER.match(reason.strip())
    text = found["said"] if found else reason.strip()
    text = " ".join(_REQUEST.sub("", text).split())
    return text if not text or text.endswith((".", "!", "?")) else text + "."


def _verb(status: str) -> str:
    return {"CREATE": "make", "UPDATE": "change", "DELETE": "delete"}.get(status.partition("_")[0], "change")


def _named(event: Event) -> str:
    name = event.physical
    return "" if not name or name == event.resource or name.startswith("arn:") else f", {name}"


def _after(state: str) -> str:
    if state == "ROLLBACK_COMPLETE":
        return "Nothing was deployed: AWS has removed what it had made, and the next deploy begins anew."
    if state in ("UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"):
        return "What served before serves on: AWS has taken the change back."
    if state.endswith("ROLLBACK_FAILED"):
        return "AWS could not take all of it back; the next deploy tries that first."
    if state in ("CREATE_FAILED", "UPDATE_FAILED"):
        return "It was left as it is, as you asked; the next deploy takes it back first."
    return ""
