"""What AWS's services send, to the functions that the app registered for it."""

from __future__ import annotations

from typing import Any

from .context import active, begun
from .deadline import watch
from .errors import NothingRegistered
from .messages import Event, Result
from .wsgi import App


def answer(app: App, event: Event, context: Any) -> Result:
    """What the service wants back.

    :raises NothingRegistered: no function of the app wants this event; the message says what sent it.
    """
    records = event.get("Records")
    if records and records[0].get("eventSource") == "aws:sqs":
        from .background import answering

        jobs = [record for record in records if answering.is_job(record)]
        if len(jobs) == len(records):
            invocation = begun(event, context, "background")
            entered = active.set(invocation)
            thread = watch.enter(invocation)
            try:
                failed = answering.answer(app, jobs)
            finally:
                watch.leave(thread, invocation)
                active.reset(entered)
            return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
    raise NothingRegistered(f"nothing is registered for this event of {_sender(event)}")


def _sender(event: Event) -> str:
    records = event.get("Records")
    if not records:
        return f"{event.get('source')} ({event.get('detail-type')})"
    first = records[0]
    return str(first.get("eventSourceARN") or first.get("eventSource") or first.get("EventSource"))
