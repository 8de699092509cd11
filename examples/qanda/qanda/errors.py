"""What can go wrong. Each becomes one kind of answer in ``qanda.problems``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong with what was sent: which field and why."""

    field: str
    detail: str


class QandaError(Exception):
    """Base of what follows."""


class NotFound(QandaError):
    """There is no such question or answer, or it is hidden."""


class Refused(QandaError):
    """What was sent cannot be taken as it is."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults)


class TooOften(QandaError):
    """Somebody did something too often; ``seconds`` from now it may be done again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Unavailable(QandaError):
    """DynamoDB did not answer. The text is for the log: what happened and what to do."""


class SwitchedOff(QandaError):
    """A part of the app that needs secrets which have no value. The text says which."""
