"""A job as it travels: one message, whose body is JSON in ASCII."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ..errors import InvalidJob

#: The message attribute that makes a message one of ours; its value is the job's name.
ATTRIBUTE = "sameroom"
#: Bytes that SQS takes, attributes included.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
LIMIT = 1_048_576
#: Name, type and value of our attribute count, too; the name of a job is at most 256 characters.
_ATTRIBUTE_BYTES = len(ATTRIBUTE) + len("String")
LONGEST_NAME = 256


class Message(NamedTuple):
    """One call of a job. ``id`` is the idempotency key: equal however often it is sent and delivered."""

    id: str
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    #: Request id of the invocation that called; "" outside Lambda.
    caused_by: str
    #: Seconds since the epoch at which it was called.
    called: float


def size(message: Message, body: str) -> int:
    """Bytes, as SQS counts them."""
    return len(body) + _ATTRIBUTE_BYTES + len(message.name.encode())


def write(message: Message) -> str:
    """The body."""
    said = message._asdict()
    return json.dumps(said, separators=(",", ":"), allow_nan=False)


def read(body: str) -> Message:
    """
    :raises InvalidJob: it is no message of ours; the text says what is wrong with it.
    """
    try:
        said = json.loads(body)
    except ValueError as error:
        raise InvalidJob(f"its body is not JSON: {error}") from None
    except RecursionError:
        raise InvalidJob("its body is JSON nested too deep to be read") from None
    if not isinstance(said, dict):
        raise InvalidJob(f"its body is {type(said).__name__}, not an object")
    for key, kind in _KINDS.items():
        if not isinstance(said.get(key), kind):
            found = type(said[key]).__name__ if key in said else "missing"
            raise InvalidJob(f"its {key} is {found}")
    known = {key: said[key] for key in _KINDS}
    return Message(**{**known, "args": tuple(known["args"])})


_KINDS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "name": str,
    "args": list,
    "kwargs": dict,
    "caused_by": str,
    "called": (int, float),
}
