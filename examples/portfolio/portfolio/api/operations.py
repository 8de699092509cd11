"""One operation of the API: a function with typed parameters, and what is told about it.

>>> @operation("POST", "/funds", status=201)
... def create_fund(work: Work, body: FundIn) -> Reply[FundOut]: ...

``body`` is the request's JSON and ``query`` its query string, both checked by their schema; ``work`` is what
an operation needs of the app; all others are parts of the path. An operation runs in one transaction, which
is committed when it returns and rolled back when it raises.
"""

from __future__ import annotations

import inspect
import typing
import zlib
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Generic, Literal, TypeVar

from flask import Blueprint, Response, current_app, request
from pydantic import TypeAdapter
from sqlalchemy.orm import Session
from typing_extensions import NamedTuple  # a generic one, on Python 3.10 too
from werkzeug.routing import BaseConverter

from ..clock import today
from ..ledger.prices import PriceStore
from ..models import db
from ..models.base import only_read
from . import access, payload, problems, repeats

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
Who = Literal["anybody", "owner", "script"]


class DayConverter(BaseConverter):
    """A day in a path; what is none is another path."""

    regex = r"\d{4}-\d{2}-\d{2}"


api = Blueprint("api", __name__, url_prefix="/api")
api.record_once(lambda state: state.app.url_map.converters.update(day=DayConverter))
OPERATIONS: list[Operation] = []


class Work(NamedTuple):
    """What an operation works with."""

    session: Session
    prices: PriceStore
    today: date


class Reply(NamedTuple, Generic[T]):
    """An answer with more than a body; ``version`` makes an ETag, from which the next edit starts;
    ``restore`` is where a deletion is undone.
    """

    body: T
    version: int | None = None
    location: str | None = None
    restore: str | None = None


class Operation(NamedTuple):
    """What there is to know about an operation. ``who``: "owner" is a browser that is logged in, "script"
    that or a token."""

    method: str
    path: str
    function: Callable[..., Any]
    status: int
    who: Who
    edits: bool
    tag: str
    hints: dict[str, Any]

    @property
    def answer(self) -> Any:
        """The type of its body."""
        found = self.hints["return"]
        return typing.get_args(found)[0] if typing.get_origin(found) is Reply else found

    @property
    def undoable(self) -> bool:
        """Whether it deletes something that can be brought back."""
        return self.method == "DELETE" and typing.get_origin(self.hints["return"]) is Reply

    @property
    def repeatable(self) -> bool:
        """Whether it takes an Idempotency-Key."""
        return self.method == "POST" and self.status == 201


def operation(
    method: str, path: str, *, status: int = 200, who: Who = "script", edits: bool = False
) -> Callable[[F], F]:
    """Make a function an operation at ``/api`` and ``path``.

    :param edits: it changes something that has a version, and wants to be told by If-Match which one was seen
    """

    def made(function: F) -> F:
        tag = function.__module__.rpartition(".")[2]
        hints = typing.get_type_hints(function, include_extras=True)
        found = Operation(method, path, function, status, who, edits, tag, hints)
        OPERATIONS.append(found)
        api.add_url_rule(path, function.__name__, lambda **parts: _answer(found, parts), methods=[method])
        return function

    return made


def _answer(found: Operation, parts: dict[str, Any]) -> Response:
    if found.method == "GET" and (found.who != "anybody" or found.tag != "system"):
        only_read(db.session())
    if found.who != "anybody":
        access.check(found.who, found.method)
    arguments: dict[str, Any] = {name: str(value) for name, value in parts.items()}
    if "query" in found.hints:
        arguments["query"] = found.hints["query"].model_validate(_query())
    if found.edits and "If-Match" not in request.headers:
        raise problems.Problem(428, "Say in If-Match which ETag your edit starts from.", "if-match-required")
    if found.repeatable and (again := repeats.answered()):
        return again
    if "body" in found.hints:
        arguments["body"] = found.hints["body"].model_validate(payload.body())
    if "upload" in found.hints:
        arguments["upload"] = payload.upload(found.hints["upload"])
    if "work" in found.hints:
        arguments["work"] = at_work()
    response = _response(found, found.function(**arguments))
    if found.repeatable:
        repeats.remember(response)
    db.session.commit()
    return response


def at_work() -> Work:
    """What there is to work with in this app's context."""
    session = db.session()
    return Work(session, current_app.extensions["prices"](session), today(session))


def _query() -> dict[str, Any]:
    """Names that are given once are text, those given several times lists."""
    return {name: values[0] if len(values) == 1 else values for name, values in request.args.lists() if name}


def _response(found: Operation, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    reply = result if isinstance(result, Reply) else Reply(result)
    if found.answer is type(None):
        done = Response(status=204)
        if reply.restore:
            done.headers["Link"] = f'<{reply.restore}>; rel="restore"'
        return done
    text = _adapter(found.function).dump_json(reply.body, by_alias=True)
    response = Response(text + b"\n", found.status, mimetype="application/json")
    if reply.location:
        response.headers["Location"] = reply.location
    if reply.version is not None:
        response.set_etag(f"{reply.version}.{zlib.crc32(text):08x}")
    elif found.method == "GET":
        response.set_etag(f"{zlib.crc32(text):08x}", weak=True)
    if found.method == "GET":
        response.make_conditional(request)
    return response


@cache
def _adapter(function: Callable[..., Any]) -> TypeAdapter[Any]:
    found = next(found for found in OPERATIONS if found.function is function)
    return TypeAdapter(found.answer)


def check_version(version: int) -> None:
    """That the edit starts from this version; without If-Match from any.

    :raises Problem: 412, it starts from another one
    """
    if "If-Match" not in request.headers:
        return
    wanted = request.if_match
    if wanted.star_tag:
        return
    if not any(tag.partition(".")[0] == str(version) for tag in wanted.as_set()):
        raise problems.changed()


def parameters_of(found: Operation) -> list[str]:
    """The parts of its path."""
    known = {"body", "query", "work", "upload"}
    return [name for name in inspect.signature(found.function).parameters if name not in known]
