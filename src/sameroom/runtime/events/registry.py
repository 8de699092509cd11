"""Functions by the service that calls them, and what they want of it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeVar

from .values import BucketObject, Change, Notification, QueueMessage, ServiceEvent

F = TypeVar("F", bound=Callable[[Any], object])
# A function may say what it takes, and a type checker sees that it is what it gets.
OfQueue = TypeVar("OfQueue", bound=Callable[[QueueMessage], object])
OfBucket = TypeVar("OfBucket", bound=Callable[[BucketObject], object])
OfTopic = TypeVar("OfTopic", bound=Callable[[Notification], object])
OfService = TypeVar("OfService", bound=Callable[[ServiceEvent], object])
OfTable = TypeVar("OfTable", bound=Callable[[Change], object])

#: What a declared queue, bucket, topic or table is called in the environment, by the service.
_VARIABLES = {"sqs": "_QUEUE_URL", "s3": "_BUCKET", "sns": "_TOPIC_ARN", "dynamodb": "_TABLE"}


class Registered(NamedTuple):
    """A function, and which records it wants: patterns by the name of a value's field."""

    service: str
    #: A name of the settings, an environment variable, a resource's own name or ARN; "" is any.
    name: str
    wants: Mapping[str, str]
    function: Callable[[Any], object]
    #: Where in the app it was registered.
    place: tuple[object, ...] = ()

    def listens(self, service: str, resource: str, arn: str) -> bool:
        """Whether it is there for the resource so called, be it not for all that comes from it."""
        if service != self.service:
            return False
        return not self.name or not called(service, self.name).isdisjoint((resource, arn))

    def takes(self, service: str, resource: str, arn: str, value: Any) -> bool:
        """Whether ``value``, of the resource so called, is for it."""
        if not self.listens(service, resource, arn):
            return False
        return all(fnmatchcase(str(getattr(value, field)), said) for field, said in self.wants.items())

    def __str__(self) -> str:
        said = [f'"{self.name}"'] if self.name else []
        said += [f'{field}="{pattern}"' for field, pattern in self.wants.items()]
        return f"on.{self.service}({', '.join(said)}) {self.function.__module__}.{name_of(self.function)}"


def name_of(function: Callable[..., object]) -> str:
    """Its own; of what has none, as functools.partial, how Python writes it."""
    return getattr(function, "__qualname__", "") or repr(function)


def called(service: str, name: str, environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """All that ``name`` may stand for: itself, and what the environment says of it."""
    variables = (name, re.sub(r"\W", "_", name).upper() + _VARIABLES.get(service, ""))
    said = [name, *(environ[one] for one in variables if environ.get(one))]
    return frozenset(word for one in said for word in (one, _own_name(service, one)))


def _own_name(service: str, said: str) -> str:
    """As records have it: a queue's URL and a bucket's ARN by their ends, a stream's ARN by its table's."""
    if "://" in said:
        return said.rpartition("/")[2]
    if said.startswith("arn:"):
        return said.rpartition(":")[2] if service == "s3" else said.partition("/stream/")[0]
    return said


registered: list[Registered] = []


class On:
    """Decorators that register a function for what a service sends. The function itself stays as it is.

    A function registered twice is called for both; several for one record are called one after another.
    Patterns have ``*`` and ``?``, and take capitals for what they are.
    """

    def sqs(self, queue: str) -> Callable[[OfQueue], OfQueue]:
        """Messages of a queue, each as a QueueMessage; one that raises comes again, alone."""
        return _registering("sqs", queue, {})

    def s3(
        self, bucket: str, *, prefix: str = "", suffix: str = "", event: str = "*"
    ) -> Callable[[OfBucket], OfBucket]:
        """Objects of a bucket, each as a BucketObject; ``event`` is "ObjectCreated:*" and the like."""
        key = f"{_literally(prefix)}*{_literally(suffix)}"
        return _registering("s3", bucket, {"key": key, "event": event.removeprefix("s3:")})

    def sns(self, topic: str) -> Callable[[OfTopic], OfTopic]:
        """Messages of a topic, each as a Notification."""
        return _registering("sns", topic, {})

    def eventbridge(self, *, source: str = "*", detail_type: str = "*") -> Callable[[OfService], OfService]:
        """Events of EventBridge's, each as a ServiceEvent."""
        return _registering("eventbridge", "", {"source": source, "detail_type": detail_type})

    def dynamodb(self, table: str, *, event: str = "*") -> Callable[[OfTable], OfTable]:
        """Changes of a table's items, each as a Change; ``event`` is "INSERT", "MODIFY" or "REMOVE". At one
        that raises the stream stops, and goes on from it."""
        return _registering("dynamodb", table, {"event": event})


def _literally(text: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in text)


#: Flags of code that a call does not run: a generator's, a coroutine's, both at once.
#: https://docs.python.org/3/library/inspect.html#code-objects-bit-flags
_NEVER_RUNS = 0x20 | 0x80 | 0x200


def _registering(service: str, name: str, wants: Mapping[str, str]) -> Callable[[F], F]:
    if not isinstance(name, str):
        raise TypeError(f'on.{service} wants the name of what calls: @on.{service}("name")')
    asked = {field: pattern for field, pattern in wants.items() if pattern != "*"}

    def register(function: F) -> F:
        code = getattr(function, "__code__", None)
        if not callable(function) or getattr(code, "co_flags", 0) & _NEVER_RUNS:
            raise TypeError(
                f"@on.{service} wants a plain function, and {getattr(function, '__qualname__', function)!r} "
                "is none: a call of it would run none of its code"
            )
        caller = sys._getframe(1)
        place = (caller.f_code.co_filename, caller.f_lineno, code or function)
        new = Registered(service, name, asked, function, place)
        # An app factory that is called twice registers its functions twice, at one place.
        registered[:] = [one for one in registered if one[:3] + one[4:] != new[:3] + new[4:]]
        registered.append(new)
        return function

    return register


on = On()
