"""AWS's doors seen from AWS's side: each makes the event that AWS makes of a request, and of the function's
result the answer that AWS gives.

A gateway is a module named as its door in ``sameroom.runtime.doors``, with two pure functions; it is loaded
when first asked for.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Any, Protocol, cast

from ...errors import UnknownDoor
from ..http import Entrance, HttpAnswer, HttpRequest, Outcome

DOORS = ("http-api", "http-api-v1", "rest-api", "function-url", "alb", "lattice", "lattice-v1")
#: The doors whose gateways can stream, with ``stream_head``.
STREAMING_DOORS = ("rest-api", "function-url")


class Gateway(Protocol):
    """What the module of every door hands out. Neither function raises, whatever it is given."""

    def admit(self, request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
        """The event AWS would build, or AWS's own answer where the function is not asked at all."""

    def answer(
        self, outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str = ""
    ) -> HttpAnswer:
        """What the client gets. Without ``request_id`` AWS's request-id headers are left out."""


class StreamingGateway(Gateway, Protocol):
    """A gateway that can pass a response on before it is complete."""

    def stream_head(
        self, prelude: bytes, request: HttpRequest, entrance: Entrance, request_id: str = ""
    ) -> HttpAnswer:
        """Status and headers for a stream's JSON prelude, with an empty body. A prelude that is none
        gives the door's error, with its body: then nothing is to be streamed."""


def gateway(door: str) -> Gateway:
    """The gateway of a door.

    :raises UnknownDoor: no door is called that; the message has the nearest name.
    """
    return cast("Gateway", _module(door))


def streaming_gateway(door: str) -> StreamingGateway:
    """The gateway of a door that can stream.

    :raises UnknownDoor: no such door, or it cannot.
    """
    if door in DOORS and door not in STREAMING_DOORS:
        raise UnknownDoor(
            f"The door {door} does not stream.",
            why="Of AWS's doors only Function URLs and REST APIs pass a response on as it is made.",
            next=f"Use one of {', '.join(STREAMING_DOORS)}, or buffered responses.",
        )
    return cast("StreamingGateway", _module(door))


def _module(door: str) -> object:
    if door not in DOORS:
        near = get_close_matches(door.replace("_", "-"), DOORS, n=1, cutoff=0.5)
        raise UnknownDoor(
            f"There is no door called {door!r}.",
            why=f"The doors are {', '.join(DOORS)}.",
            next=f"Did you mean {near[0]}?" if near else "",
        )
    return import_module(f"{__name__}.{door.replace('-', '_')}")
