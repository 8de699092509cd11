"""What can go wrong with a message. Each becomes one kind of answer in ``app.problems``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong with a message: where (a JSON Pointer as a URI fragment) and why."""

    pointer: str
    detail: str


class MessageError(Exception):
    """Base of what follows."""


class NotFound(MessageError):
    """There is no message with this id."""


class Changed(MessageError):
    """The message is not the one the caller has seen."""


class KeyReused(MessageError):
    """The idempotency key was used before, for another message."""


class Refused(MessageError):
    """DynamoDB cannot hold such a message, or the names in it are not the caller's to set."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults)


class TooLarge(MessageError):
    """The message would take more than ``limit`` bytes, as DynamoDB counts them."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Unavailable(MessageError):
    """The table did not answer. The text is for the log: what happened and what to do."""
