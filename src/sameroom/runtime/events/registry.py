"""Functions by the service that calls them, and what they want of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[[Any], object])

#: What a declared queue, bucket, topic or table is called in the environment, by the service.
_VARIABLES = {"sqs": "_QUEUE_URL", "s3": "_BUCKET", "sns": "_TOPIC_ARN", "dynamodb": "_TABLE"}


class Registered(NamedTuple):
    """A function, and which records it wants: patterns by the name of a value's field."""

    service: str
    #: A name of the settings, an environment variable, a resource's own name or ARN; "" is any.
    name: str
    wants: Mapping[str, str]
    function: Callable[[Any], object]

    def takes(self, service: str, resource: str, arn: str, value: Any) -> bool:
        """Whether ``value``, of the resource so called, is for it."""
        if service != self.service or not (not self.name or {resource, arn} & called(service, self.name)):
            return False
        return all(fnmatchcase(str(getattr(value, field)), said) for field, said in self.wants.items())

    def __str__(self) -> str:
        said = [f'"{self.name}"'] if self.name else []
        said += [f'{field}="{pattern}"' for field, pattern in self.wants.items()]
        return f"on.{self.service}({', '.join(said)}) {self.function.__module__}.{self.function.__qualname__}"


def called(service: str, name: str, environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """All that ``name`` may stand for: itself, and what the environment says of it."""
    variables = (name, name.replace("-", "_").upper() + _VARIABLES.get(service, ""))
    said = [environ[one] for one in variables if environ.get(one)]
    # The last of a queue's URL is its name.
    return frozenset((name, *said, *(one.rpartition("/")[2] for one in said if "://" in one)))


registered: list[Registered] = []


class On:
    """Decorators that register a function for what a service sends. The function itself stays as it is.

    A function registered twice is called for both; several for one record are called one after another.
    Patterns have ``*`` and ``?``, and take capitals for what they are.
    """

    def sqs(self, queue: str) -> Callable[[F], F]:
        """Messages of a queue, each as a QueueMessage; one that raises comes again, alone."""
        return _registering("sqs", queue, {})

    def s3(self, bucket: str, *, prefix: str = "", suffix: str = "", event: str = "*") -> Callable[[F], F]:
        """Objects of a bucket, each as a BucketObject; ``event`` is "ObjectCreated:*" and the like."""
        return _registering(
            "s3", bucket, {"key": f"{_literally(prefix)}*{_literally(suffix)}", "event": event}
        )

    def sns(self, topic: str) -> Callable[[F], F]:
        """Messages of a topic, each as a Notification."""
        return _registering("sns", topic, {})

    def eventbridge(self, *, source: str = "*", detail_type: str = "*") -> Callable[[F], F]:
        """Events of EventBridge's, each as a ServiceEvent."""
        return _registering("eventbridge", "", {"source": source, "detail_type": detail_type})

    def dynamodb(self, table: str, *, event: str = "*") -> Callable[[F], F]:
        """Changes of a table's items, each as a Change; ``event`` is "INSERT", "MODIFY" or "REMOVE". At one
        that raises the stream stops, and goes on from it."""
        return _registering("dynamodb", table, {"event": event})


def _literally(text: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in text)


def _registering(service: str, name: str, wants: Mapping[str, str]) -> Callable[[F], F]:
    if not isinstance(name, str):
        raise TypeError(f'on.{service} wants the name of what calls: @on.{service}("name")')
    asked = {field: pattern for field, pattern in wants.items() if pattern != "*"}

    def register(function: F) -> F:
        new = Registered(service, name, asked, function)
        # An app factory that is called twice registers its functions twice.
        registered[:] = [one for one in registered if _place(one) != _place(new)]
        registered.append(new)
        return function

    return register


def _place(one: Registered) -> tuple[Any, ...]:
    code = getattr(one.function, "__code__", one.function)
    where = (getattr(code, "co_filename", id(code)), getattr(code, "co_firstlineno", 0))
    return one.service, one.name, tuple(one.wants.items()), where


on = On()
