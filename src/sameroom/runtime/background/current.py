"""The job that the calling code is."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple

from .message import Message


class Delivery(NamedTuple):
    """A message, and the how-many-eth time it is delivered, from 1."""

    message: Message
    attempt: int


active: ContextVar[Delivery | None] = ContextVar("sameroom_job", default=None)


class CurrentJob:
    """What a job may ask; outside of one everything is None."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return active.get() is not None

    @property
    def id(self) -> str | None:
        """The idempotency key: equal in every delivery of one call, and what the call returned."""
        found = active.get()
        return found.message.id if found else None

    @property
    def name(self) -> str | None:
        """The name it was called by."""
        found = active.get()
        return found.message.name if found else None

    @property
    def attempt(self) -> int | None:
        """1 for the first delivery."""
        found = active.get()
        return found.attempt if found else None

    @property
    def caused_by(self) -> str | None:
        """Request id of the invocation that called it; "" where the call was made outside Lambda."""
        found = active.get()
        return found.message.caused_by if found else None

    def __repr__(self) -> str:
        found = active.get()
        return (
            f"<job {found.message.name} {found.message.id}, attempt {found.attempt}>" if found else "<no job>"
        )


current_job = CurrentJob()
