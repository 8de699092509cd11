"""A scenario as data: requests in order, what must come back, and what is the same through all ways in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from .ways import Answer, Call

#: Headers that are the app's to say, and so are the same through every way in.
RELEVANT = (
    *("allow", "cache-control", "content-disposition", "content-language", "content-security-policy"),
    *("content-type", "etag", "link", "location", "retry-after", "set-cookie", "vary"),
    *("access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"),
    *("access-control-allow-credentials", "access-control-max-age", "x-content-type-options"),
)
#: Headers that are sets, or have no order that anybody promised.
_SETS = ("allow", "vary", "access-control-allow-methods", "access-control-allow-headers")
_ORIGIN = re.compile(r"https?://(?:localhost|127\.0\.0\.1|[a-z0-9]+\.execute-api[a-z0-9.-]*)(?::\d+)?")
#: Flask's ETag of a static file, by its time of writing and its path.
_FILE = re.compile(r'"\d+\.\d+-\d+-\d+"')
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Form(dict[str, Any]):
    """Sent as a browser sends a form; a list is a field of that name for each value."""


class Step(NamedTuple):
    """One request and what must come back.

    ``<name>`` in ``path``, ``headers``, ``sends``, ``answers``, ``says`` and ``has`` stands for what an
    earlier step kept. Cookies are kept and sent as a browser does; ``fresh`` forgets them first.
    """

    what: str
    method: str
    path: str
    status: int = 200
    #: The body: as it is (bytes), a Form, or anything to be sent as JSON.
    sends: Any = b""
    headers: Mapping[str, str] = {}
    #: The JSON that must come back; None is not compared, b"" is an empty body.
    answers: Any = None
    #: What the body must hold, and must not.
    says: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    #: Headers that must come back, lower-case names; "..." at the end stands for any rest.
    has: Mapping[str, str] = {}
    #: Names for later: from a header ("etag"), the JSON ("/message/id"), or a pattern's first group.
    keeps: Mapping[str, str | re.Pattern[str]] = {}
    fresh: bool = False


class Seen(NamedTuple):
    """An answer without what differs from run to run."""

    what: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


def play(
    steps: Iterable[Step],
    call: Call,
    differs: Sequence[re.Pattern[str]] = (),
    passes: Sequence[re.Pattern[str]] = (),
) -> list[Seen]:
    """The answers to all steps, each checked against what its step says.

    Ids, origins, cookies' values and what a pattern of ``differs`` finds are numbered, so that two plays
    can be compared: equal ones have equal numbers. What a pattern of ``passes`` finds is left out: times, and
    what is signed with them, change from one second to the next, and so within a play.
    """
    kept: dict[str, str] = {}
    jar: dict[str, str] = {}
    labels: dict[str, str] = {}
    seen = []
    for step in steps:
        if step.fresh:
            jar.clear()
        headers, body = _request(step, kept, jar)
        answer = call(step.method, _filled(step.path, kept), headers, body)
        _check(step, answer, kept)
        _remember(answer, jar)
        for name, where in step.keeps.items():
            kept[name] = _found(where, answer, step)
        told = _seen(step, answer, labels, (*differs, _ORIGIN, _FILE, _UUID))
        for pattern in passes:
            told = told._replace(body=pattern.sub("<...>", told.body))
        seen.append(told)
    return seen


def assert_equal(seen: Sequence[Seen], expected: Sequence[Seen]) -> None:
    """That two plays of one scenario gave the same; the first difference is told."""
    for one, other in zip(seen, expected, strict=True):
        assert one == other, _difference(one, other)


def _difference(one: Seen, other: Seen) -> str:
    """The step, and both texts around the first place where they part."""
    texts = (str(tuple(one)), str(tuple(other)))
    at = next((n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    around = (text[max(0, at - 200) : at + 200] for text in texts)
    return f"{one.what}\n" + "\n".join(around)


def _request(step: Step, kept: Mapping[str, str], jar: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    headers = {name: _filled(value, kept) for name, value in step.headers.items()}
    if jar and "Cookie" not in headers:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
    body: Any = step.sends if isinstance(step.sends, bytes) else _filled(step.sends, kept)
    if isinstance(step.sends, Form):
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        body = urlencode(body, doseq=True).encode()
    elif not isinstance(body, bytes):
        headers.setdefault("Content-Type", "application/json")
        body = json.dumps(body).encode()
    return headers, body


def _remember(answer: Answer, jar: dict[str, str]) -> None:
    for name, value in answer.headers:
        if name.lower() == "set-cookie":
            for cookie in SimpleCookie(value).values():
                if cookie["max-age"] == "0" or "1970" in cookie["expires"]:
                    jar.pop(cookie.key, None)
                else:
                    jar[cookie.key] = cookie.coded_value


def _check(step: Step, answer: Answer, kept: Mapping[str, str]) -> None:
    about = f"{step.what} ({step.method} {step.path}): {answer}"
    assert answer.status == step.status, about
    for name, value in step.has.items():
        said, wanted = _said(answer, name), _filled(value, kept)
        assert said.startswith(wanted[:-3]) if wanted.endswith("...") else said == wanted, about
    if step.answers == b"":
        assert answer.body == b"", about
    elif step.answers is not None:
        assert answer.json == _filled(step.answers, kept), about
    for text in step.says:
        assert _filled(text, kept) in answer.text, f"{text!r} is missing. {about}"
    for text in step.hides:
        assert _filled(text, kept) not in answer.text, f"{text!r} is there. {about}"


def _filled(value: Any, kept: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, known in kept.items():
            value = value.replace(f"<{name}>", known)
        return value
    if isinstance(value, dict):
        return {key: _filled(inner, kept) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(inner, kept) for inner in value]
    return value


def _found(where: str | re.Pattern[str], answer: Answer, step: Step) -> str:
    if isinstance(where, re.Pattern):
        found = where.search(answer.text)
        assert found, f"{where.pattern!r} is not in the answer to {step.what}: {answer}"
        return found[1]
    if not where.startswith("/"):
        return answer.header(where)
    value = answer.json
    for name in where[1:].split("/"):
        value = value[int(name) if isinstance(value, list) else name]
    return str(value)


def _seen(step: Step, answer: Answer, labels: dict[str, str], differs: Sequence[re.Pattern[str]]) -> Seen:
    headers = ((name, _labelled(_said(answer, name), labels, differs)) for name in RELEVANT)
    body = answer.body.decode("utf-8", "backslashreplace")
    return Seen(step.what, answer.status, tuple(headers), _labelled(body, labels, differs))


def _said(answer: Answer, name: str) -> str:
    value = answer.header(name)
    if name == "set-cookie":
        return re.sub(
            r"(^|, )([\w-]+)=[^;]*(?=;|$)", r"\1\2=...", re.sub(r"[Ee]xpires=[^;]*", "Expires=...", value)
        )
    return ", ".join(sorted(value.split(", "))) if name in _SETS else value


def _labelled(text: str, labels: dict[str, str], differs: Sequence[re.Pattern[str]]) -> str:
    for pattern in differs:
        text = pattern.sub(lambda found: labels.setdefault(found[0], f"<{len(labels)}>"), text)
    return text
