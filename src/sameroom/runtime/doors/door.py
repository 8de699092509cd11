"""What a door is, for type checkers: no program loads this."""

from __future__ import annotations

from typing import Protocol

from ..messages import Event, Request, Response, Result
from ..settings import Settings


class Door(Protocol):
    """What every module in this folder that bears a door's name hands out."""

    #: Bytes of JSON the door takes as a result.
    LIMIT: int
    #: Types of the event's keys, dotted, for saying what is wrong with an event that cannot be read.
    SHAPE: dict[str, type]

    def read(self, event: Event, settings: Settings) -> Request: ...

    def render(self, response: Response, event: Event, settings: Settings) -> Result: ...
