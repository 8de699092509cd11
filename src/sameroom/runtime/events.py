"""What AWS's services send, to the functions that the app registered for it."""

from __future__ import annotations

from typing import Any

from .errors import NothingRegistered
from .messages import Event, Result
from .wsgi import App


def answer(app: App, event: Event, context: Any) -> Result:
    """What the service wants back.

    :raises NothingRegistered: no function of the app wants this event; the message says what sent it.
    """
    raise NothingRegistered(f"nothing is registered for this event of {_sender(event)}")


def _sender(event: Event) -> str:
    records = event.get("Records")
    if not records:
        return f"{event.get('source')} ({event.get('detail-type')})"
    first = records[0]
    return str(first.get("eventSourceARN") or first.get("eventSource") or first.get("EventSource"))
