"""The event that a door makes of a request typed on the command line."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING

import click

from ..errors import SameroomError

if TYPE_CHECKING:
    from ..project import Settings


def door_event(typed: str, data: str, settings: Settings) -> str:
    """``typed`` is "/path", or "POST /path"; ``data`` the body, whose type is JSON when it is JSON.

    :raises SameroomError: the door itself would answer, and never ask the function.
    """
    from ..local.configure import entrance, mount
    from ..local.gateways import gateway
    from ..local.http import HttpAnswer, HttpRequest

    method, _, path = typed.strip().rpartition(" ")
    if not path.startswith("/"):
        raise click.UsageError(f"--request {typed!r} is no request; write '/path' or 'POST /path'.")
    headers = [("Host", "sameroom.invoke"), ("User-Agent", "sameroom"), ("Accept", "*/*")]
    if data:
        headers += [("Content-Type", _type(data)), ("Content-Length", str(len(data.encode())))]
    door = entrance(settings)
    request = HttpRequest(
        (method.strip() or ("POST" if data else "GET")).upper(),
        mount(settings) + path,
        tuple(headers),
        data.encode(),
        "127.0.0.1",
        443,
        time.time(),
    )
    event = gateway(settings.door).admit(request, door, str(uuid.uuid4()))
    if isinstance(event, HttpAnswer):
        raise SameroomError(
            f"The door {settings.door} answers {event.status} by itself, and asks no function.",
            why=event.body.decode("utf-8", "replace"),
            next="Try another path.",
        )
    return json.dumps(event, ensure_ascii=False)


def _type(data: str) -> str:
    try:
        json.loads(data)
    except ValueError:
        return "application/x-www-form-urlencoded" if "=" in data else "text/plain; charset=utf-8"
    return "application/json"
