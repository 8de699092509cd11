"""What an app may ask about the invocation it is answering."""

import math
from contextvars import ContextVar
from time import monotonic
from typing import Any, NamedTuple

from .messages import new


class Invocation(NamedTuple):
    """One invocation, as the handler knows it."""

    event: dict[str, Any]
    #: The runtime's own context object.
    context: Any
    request_id: str
    door: str
    #: ``time.monotonic()`` at which it began.
    began: float
    #: Seconds it had then.
    allowed: float
    #: ``time.monotonic()`` at which Lambda will end it, infinite where nobody will.
    deadline: float


def begun(event: dict[str, Any], context: Any, door: str) -> Invocation:
    """An invocation that begins now. Without a context, as in a test, it has all the time there is."""
    began = monotonic()
    if context is None:
        return Invocation(event, None, "", door, began, math.inf, math.inf)
    allowed = context.get_remaining_time_in_millis() / 1000
    return new(Invocation, (event, context, context.aws_request_id, door, began, allowed, began + allowed))


active: ContextVar[Invocation | None] = ContextVar("sameroom_invocation", default=None)


class CurrentInvocation:
    """The invocation that the calling code serves; outside Lambda the same names with honest values.

    Kept in a context variable, so threads and forks do not see each other's. A thread that the app
    starts begins without one: hand the values in, or start it in ``contextvars.copy_context()``.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        """Whether there is one: False on a dev server, in a command, at import."""
        return active.get() is not None

    @property
    def request_id(self) -> str | None:
        """AWS request id, as in the log; None outside Lambda."""
        invocation = active.get()
        return invocation.request_id if invocation else None

    @property
    def event(self) -> dict[str, Any] | None:
        """The event as Lambda handed it over; None outside Lambda."""
        invocation = active.get()
        return invocation.event if invocation else None

    @property
    def context(self) -> Any:
        """Lambda's context object, with ``function_name``, ``invoked_function_arn`` ...; None outside."""
        invocation = active.get()
        return invocation.context if invocation else None

    @property
    def door(self) -> str | None:
        """ "http-api", "alb" ...: the door the request came through; None outside Lambda."""
        invocation = active.get()
        return invocation.door if invocation else None

    @property
    def remaining(self) -> float:
        """Seconds until Lambda ends this invocation; infinite outside Lambda, never negative."""
        invocation = active.get()
        return max(0.0, invocation.deadline - monotonic()) if invocation else math.inf

    def __repr__(self) -> str:
        invocation = active.get()
        if invocation is None:
            return "<no invocation>"
        return f"<invocation {invocation.request_id} by {invocation.door}, {self.remaining:.3f} s left>"


current_invocation = CurrentInvocation()
