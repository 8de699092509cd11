"""What REST APIs, HTTP APIs with payload 1.0 and ALBs share: maps of single and of many values.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..messages import Event, Response, Result
from . import bodies, paths

SHAPE = {
    "httpMethod": str,
    "path": str,
    "headers": dict,
    "multiValueHeaders": dict,
    "queryStringParameters": dict,
    "multiValueQueryStringParameters": dict,
    "requestContext": dict,
}


def headers(event: Event) -> Mapping[str, str]:
    """Every value of every header. Either map may be null; the single one keeps only last values."""
    many = event.get("multiValueHeaders")
    return joined(many) if many else event.get("headers") or {}


def joined(many: Mapping[str, list[str]]) -> dict[str, str]:
    """Headers with their values in one, as RFC 9110 (5.3) and RFC 9113 (8.2.3) have it."""
    return {
        name: values[0] if len(values) == 1 else ("; " if name.lower() == "cookie" else ",").join(values)
        for name, values in many.items()
    }


def query(event: Event) -> str:
    """The query string of a door that decodes it, encoded again in the order of the map."""
    many = event.get("multiValueQueryStringParameters")
    one = event.get("queryStringParameters")
    return paths.query_of(paths.pairs_of(many, one)) if many or one else ""


def forwarded_for(event: Event) -> str:
    """X-Forwarded-For in whichever map has it."""
    value: Any = paths.lookup(event.get("multiValueHeaders") or event.get("headers"), "x-forwarded-for")
    return ",".join(value) if isinstance(value, list) else value or ""


_NONE = [""]


def render_many(response: Response) -> Result:
    """A result with ``multiValueHeaders`` alone: a name in both maps would be merged by AWS."""
    status, _, pairs, body, _ = response
    many: dict[str, list[str]] = {}
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        if not value.isascii():
            value = paths.wire(value)
        lower = name.lower()
        if lower in lists:
            lists[lower].append(value)
        else:
            many[name] = lists[lower] = [value]
    get = lists.get
    text, is_base64 = bodies.sent(body, get("content-type", _NONE)[0], get("content-encoding", _NONE)[0])
    return {
        "statusCode": status,
        "multiValueHeaders": many,
        "body": text,
        "isBase64Encoded": is_base64,
    }
