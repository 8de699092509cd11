"""What ``@background`` makes of a function: calling it puts one call of it into the queue."""

from __future__ import annotations

import inspect
import time
import uuid
from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, overload

from ..context import current_invocation
from ..errors import UnfitArguments
from . import arguments, message
from .message import Message
from .registry import register

P = ParamSpec("P")
R = TypeVar("R")


class Job(Generic[P, R]):
    """A function that runs later: calling it puts one call of it into the queue."""

    __name__: str

    def __init__(self, function: Callable[P, R], name: str) -> None:
        self.function = function
        self.name = name
        self._signature = inspect.signature(function)
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Put a call into the queue; its id, which is the job's idempotency key.

        :raises TypeError: the function does not take these arguments.
        :raises UnfitArguments: one of them is nothing that JSON carries, or they are too large.
        :raises JobNotQueued: the queue does not take it, or there is none.
        """
        return self._call(0, args, kwargs)

    def after(self, seconds: float, /, *args: P.args, **kwargs: P.kwargs) -> str:
        """As calling it, to run no sooner than ``seconds`` from now; 900 are SQS's most.

        :raises ValueError: not from 0 to 900. Others as for calling.
        """
        if not 0 <= seconds <= 900:
            raise ValueError(f"{self.name}.after({seconds!r}): SQS delays a message by 0 to 900 seconds")
        return self._call(seconds, args, kwargs)

    def now(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function itself, here."""
        return self.function(*args, **kwargs)

    def _call(self, delay: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        from .queueing import put

        self._signature.bind(*args, **kwargs)
        arguments.check(self.name, args, kwargs)
        called = Message(
            str(uuid.uuid4()), self.name, args, kwargs, current_invocation.request_id or "", time.time()
        )
        body = message.write(called)
        size = message.size(called, body)
        if size > message.LIMIT:
            raise UnfitArguments(
                f"{self.name}: these arguments make a message of {size:,} bytes, and SQS takes "
                f"{message.LIMIT:,}. Put what is large into a bucket, and pass its key."
            )
        put(self.function, called, body, delay)
        return called.id

    def __repr__(self) -> str:
        return f"<job {self.name}>"


@overload
def background(function: Callable[P, R]) -> Job[P, R]: ...


@overload
def background(*, name: str = "", formerly: Iterable[str] = ()) -> Callable[[Callable[P, R]], Job[P, R]]: ...


def background(
    function: Callable[..., Any] | None = None, *, name: str = "", formerly: Iterable[str] = ()
) -> Any:
    """Make a function a job: calling it then runs it after the response, at least once.

    :param name: under which it travels; else its module's and its own.
    :param formerly: names it had before, under which messages may still come.
    :raises ValueError: a name is another job's, or longer than 256 characters.
    :raises TypeError: it is no plain function.
    """
    if function is None:
        return lambda wrapped: _made(wrapped, name, tuple(formerly))
    return _made(function, name, tuple(formerly))


def _made(function: Callable[P, R], name: str, formerly: tuple[str, ...]) -> Job[P, R]:
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        raise TypeError(f"@background wants a plain function, and {function!r} is none")
    if inspect.isgeneratorfunction(function):
        raise TypeError(f"@background: {function.__qualname__} is a generator, whose code would never run")
    own = f"{function.__module__}.{function.__qualname__}".replace("<locals>.", "")
    register(function, name or own, formerly)
    return Job(function, name or own)
