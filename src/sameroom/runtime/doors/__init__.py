"""The doors: each turns one shape of event into a Request, and a Response into the result it wants.

A door is a module; only the one an event calls for is loaded. ``DOORS`` is also the list of gateways:
what a door reads, the gateway of the same name writes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import InvalidEvent, UnknownEvent
from ..messages import Event

if TYPE_CHECKING:
    from .door import Door

DOORS = ("http-api", "http-api-v1", "rest-api", "function-url", "alb", "lattice", "lattice-v1")
#: What ``name_of`` calls events that come through no door and are for ``runtime.commands``.
COMMANDS = "commands"
#: And those that AWS's services send: queues, topics, buckets, streams, EventBridge. For ``runtime.events``.
EVENTS = "events"
#: What S3 sends when it is told to notify, to see whether it may.
_S3_ASKS = "s3:TestEvent"


#: Those that an event has called for so far.
loaded: dict[str, Door] = {}


def door(name: str) -> Door:
    """The door of that name, loaded now if it was not."""
    found = loaded.get(name)
    if found is None:
        module: Any = import_module(f"{__name__}.{name.replace('-', '_')}")
        found = loaded[name] = module
    return found


def name_of(event: Any) -> str:
    """Which door this event came through, by the facts that tell the shapes apart; or ``COMMANDS``,
    or ``EVENTS``.

    :raises UnknownEvent: none of ours; the message names the event's keys.
    """
    if isinstance(event, dict) and isinstance(context := event.get("requestContext") or {}, dict):
        version = event.get("version")
        if version == "2.0":
            if "http" in context:
                domain = context.get("domainName")
                ours = isinstance(domain, str) and ".lambda-url." in domain
                return "function-url" if ours else "http-api"
            if "serviceNetworkArn" in context:
                return "lattice"
        elif "httpMethod" in event:
            if "elb" in context:
                return "alb"
            return "http-api-v1" if version == "1.0" else "rest-api"
        elif "raw_path" in event:
            return "lattice-v1"
        if "sameroom" in event:
            return COMMANDS
        if "detail-type" in event or _of_a_service(event.get("Records")) or event.get("Event") == _S3_ASKS:
            return EVENTS
    raise UnknownEvent(_unknown(event))


def _of_a_service(records: Any) -> bool:
    """Every service but SNS writes eventSource; Lambda@Edge, which is no event of ours, writes neither."""
    first = records[0] if isinstance(records, list) and records else None
    return isinstance(first, dict) and ("eventSource" in first or "EventSource" in first)


def _unknown(event: Any) -> str:
    if not isinstance(event, dict):
        return f"the event is {type(event).__name__}, not an object: no door takes that"
    keys = ", ".join(sorted(map(repr, event))) or "none"
    context = event.get("requestContext")
    inner = (
        f"; requestContext has {', '.join(sorted(map(repr, context)))}" if isinstance(context, dict) else ""
    )
    return (
        f"no door knows this event. It has the keys {keys}{inner}. "
        f"HTTP events come from one of: {', '.join(DOORS)}."
    )


def malformed(name: str, event: Event, error: Exception) -> InvalidEvent:
    """The error for an event that ``door(name)`` could not read, naming the key that is at fault."""
    if isinstance(error, InvalidEvent):
        return InvalidEvent(f"this {name} event cannot be read: {error}")
    for dotted, wanted in door(name).SHAPE.items():
        value: Any = event
        for key in dotted.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        optional = wanted in (dict, list)
        if not isinstance(value, wanted) and not (optional and value is None):
            found = "missing" if value is None else f"{type(value).__name__}, not {wanted.__name__}"
            return InvalidEvent(f"this {name} event cannot be read: {dotted} is {found}")
    return InvalidEvent(f"this {name} event cannot be read: {error or type(error).__name__}")
