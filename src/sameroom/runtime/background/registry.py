"""The app's jobs, by every name that a message may bear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import UnknownJob
from .message import LONGEST_NAME

Function = Callable[..., Any]


class Registered(NamedTuple):
    """A job's function, and the name it has today."""

    function: Function
    name: str


jobs: dict[str, Registered] = {}


def register(function: Function, name: str, formerly: tuple[str, ...]) -> None:
    """
    :raises ValueError: a name is another job's, or none that SQS takes.
    """
    for one in (name, *formerly):
        known = jobs.get(one)
        if known is not None and _place(known.function) != _place(function):
            raise ValueError(
                f"two jobs are called {one}: {_told(known.function)} and {_told(function)}. "
                "Give one another name: @background(name=...)"
            )
        if not 0 < len(one) <= LONGEST_NAME:
            raise ValueError(f"a job's name has 1 to {LONGEST_NAME} characters: {one!r}")
    for one in (name, *formerly):
        jobs[one] = Registered(function, name)


def function_of(name: str) -> Function:
    """
    :raises UnknownJob: no job is called so; the message says which there are.
    """
    found = jobs.get(name)
    if found is None:
        there = ", ".join(sorted({job.name for job in jobs.values()})) or "none"
        raise UnknownJob(
            f"no job is called {name}. Was it renamed? @background(formerly=[{name!r}]) at its new place "
            f"takes the messages that wait. There are: {there}"
        )
    return found.function


def _place(function: Function) -> tuple[str, int]:
    """A factory that is called twice makes its functions twice, at one place."""
    code = function.__code__
    return code.co_filename, code.co_firstlineno


def _told(function: Function) -> str:
    return "{}:{}".format(*_place(function))
