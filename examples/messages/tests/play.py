"""Plays a scenario through one way in, checks every answer, and tells what is the same through all ways."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import simplejson
from doors import Answer, Call

#: Headers that are the app's to say, and so are the same through every way in.
RELEVANT = ("allow", "cache-control", "content-type", "etag", "location", "retry-after")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ETAG = re.compile(r'"[0-9a-f]{16}"')
_TIME = re.compile(r'("timestamp":)\d{10}\b')


class _Recent:
    """Equal to every epoch second of the last ten minutes."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decimal) and 0 <= time.time() - int(other) < 600 and other % 1 == 0

    __hash__ = None  # type: ignore[assignment]


RECENT = _Recent()


class Step(NamedTuple):
    """One request and what must come back.

    ``<name>`` in ``path``, ``headers``, ``has`` and ``answers`` stands for what an earlier step kept.
    """

    what: str
    method: str
    path: str
    status: int
    #: The body: as it is (bytes), or to be sent as JSON.
    sends: Any = b""
    headers: Mapping[str, str] = {}
    #: The JSON that must come back; None is not compared, b"" is an empty body.
    answers: Any = None
    #: The detail of a problem, and the pointers of its errors.
    says: str = ""
    points: tuple[str, ...] = ()
    #: Headers that must come back, lower-case names.
    has: Mapping[str, str] = {}
    #: Names for later: from a header ("etag") or the JSON ("/message/message_id").
    keeps: Mapping[str, str] = {}


class Seen(NamedTuple):
    """An answer without what differs from run to run: ids and ETags are numbered, times left out."""

    what: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


def play(steps: Iterable[Step], call: Call) -> list[Seen]:
    """The answers to all steps, each checked against what its step says."""
    kept: dict[str, str] = {}
    labels: dict[str, str] = {}
    seen = []
    for step in steps:
        headers = {name: _filled(value, kept) for name, value in step.headers.items()}
        body = step.sends
        if not isinstance(body, bytes):
            body = simplejson.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        answer = call(step.method, _filled(step.path, kept), headers, body)
        _check(step, answer, kept)
        for name, where in step.keeps.items():
            kept[name] = _at(where, answer)
        seen.append(_seen(step, answer, labels))
    return seen


def header(answer: Answer, name: str) -> str:
    """A header's value, "" if it is not there; repeated ones joined."""
    return ", ".join(value for key, value in answer.headers if key.lower() == name.lower())


def read(body: bytes) -> Any:
    """JSON with exact numbers."""
    return simplejson.loads(body.decode(), parse_int=Decimal, parse_float=Decimal)


def _check(step: Step, answer: Answer, kept: Mapping[str, str]) -> None:
    about = f"{step.what} ({step.method} {step.path}): {answer}"
    assert answer.status == step.status, about
    for name, value in step.has.items():
        assert _said(answer, name) == _filled(value, kept), about
    if step.answers == b"":
        assert answer.body == b"", about
    elif step.answers is not None:
        assert header(answer, "Content-Type") == "application/json", about
        assert read(answer.body) == _filled(step.answers, kept), about
    if step.says:
        _check_problem(step, answer, about)


def _check_problem(step: Step, answer: Answer, about: str) -> None:
    assert header(answer, "Content-Type") == "application/problem+json", about
    problem = read(answer.body)
    assert problem["detail"] == step.says, about
    assert problem["status"] == step.status, about
    assert problem["type"] == "about:blank", about
    assert tuple(fault["pointer"] for fault in problem.get("errors", ())) == step.points, about


def _filled(value: Any, kept: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, known in kept.items():
            value = value.replace(f"<{name}>", known)
        return value
    if isinstance(value, dict):
        return {key: _filled(inner, kept) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, kept) for inner in value]
    return value


def _at(where: str, answer: Answer) -> str:
    if not where.startswith("/"):
        return header(answer, where)
    value = read(answer.body)
    for name in where[1:].split("/"):
        value = value[int(name) if isinstance(value, list) else name]
    return str(value)


def _seen(step: Step, answer: Answer, labels: dict[str, str]) -> Seen:
    said = {name: _labelled(_said(answer, name), labels) for name in RELEVANT}
    body = _labelled(_TIME.sub(r'\1"<time>"', answer.body.decode()), labels)
    return Seen(step.what, answer.status, tuple(said.items()), body)


def _said(answer: Answer, name: str) -> str:
    value = header(answer, name)
    # Allow is a set: each process has its own order.
    return ", ".join(sorted(value.split(", "))) if name == "allow" else value


def _labelled(text: str, labels: dict[str, str]) -> str:
    text = _UUID.sub(lambda found: labels.setdefault(found[0].lower(), f"<id {len(labels)}>"), text)
    return _ETAG.sub(lambda found: labels.setdefault(found[0], f"<etag {len(labels)}>"), text)
