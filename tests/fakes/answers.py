"""What the client of each door gets for a function's result, read as strictly as AWS reads it.

What AWS answers with 502, or silently turns into something else, is an AssertionError here.
"""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

from .doors import door_of

Result = dict[str, Any]

_COMMON = {"statusCode", "body", "isBase64Encoded"}
_KEYS = {
    "http-api": {*_COMMON, "headers", "cookies"},
    "function-url": {*_COMMON, "headers", "cookies"},
    "http-api-v1": {*_COMMON, "multiValueHeaders"},
    "rest-api": {*_COMMON, "multiValueHeaders"},
    "alb": {*_COMMON, "headers", "statusDescription"},
    "alb-multi-value": {*_COMMON, "multiValueHeaders", "statusDescription"},
    "lattice": {*_COMMON, "headers", "statusDescription"},
    "lattice-v1": {*_COMMON, "headers", "statusDescription"},
}
#: The ways on which each header has one value, so that of several cookies all but one are lost.
SINGLE_VALUE = ("alb", "lattice", "lattice-v1")


class Answer(NamedTuple):
    """An HTTP response, header names in lower case as most doors send them."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header; ``name`` is in lower case."""
        return [value for key, value in self.headers if key == name]

    def one(self, name: str) -> str:
        """The value of a header that must be there exactly once."""
        (value,) = self.all(name)
        return value


def answer(way: str, result: Result) -> Answer:
    """The response that the client of this door gets.

    :raises AssertionError: this door answers an error instead, or something that was not meant.
    """
    result = json.loads(json.dumps(result))
    assert set(result) <= _KEYS[way], f"{way} does not take {set(result) - _KEYS[way]}"
    status = result["statusCode"]
    assert type(status) is int
    assert 100 <= status <= 999
    assert type(result["body"]) is str, "a null body is ALB's 502"
    assert type(result["isBase64Encoded"]) is bool
    if door_of(way) == "alb":
        assert result["statusDescription"].split(" ")[0] == str(status)
    body = result["body"]
    return Answer(
        status,
        _headers(way, result),
        base64.b64decode(body, validate=True) if result["isBase64Encoded"] else body.encode(),
    )


def _headers(way: str, result: Result) -> list[tuple[str, str]]:
    if "multiValueHeaders" in _KEYS[way]:
        many = result["multiValueHeaders"]
        assert len({name.lower() for name in many}) == len(many), "one spelling a name"
        assert all(type(values) is list for values in many.values())
        pairs = [(name.lower(), value) for name, values in many.items() for value in values]
    else:
        assert all(name == name.lower() for name in result["headers"])
        pairs = list(result["headers"].items())
        assert "cookies" not in _KEYS[way] or "set-cookie" not in result["headers"]
        pairs += [("set-cookie", cookie) for cookie in result.get("cookies", [])]
    assert all(type(value) is str for _, value in pairs), "numbers and booleans are ALB's 502"
    return pairs
