"""Payload format 1.0, which REST APIs and HTTP APIs share: maps of single and of many values.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..http import Entrance, HttpRequest
from . import headers, results

Headers = list[tuple[str, str]]


class Folded(NamedTuple):
    """Headers of an event."""

    one: dict[str, str]
    many: dict[str, list[str]]
    #: Values that the event needs by name, whatever the spelling; the last of each.
    content_type: str
    content_encoding: str
    user_agent: str | None


#: Names that come in AWS's own spelling, whatever the client's. Others keep the client's.
SPELLINGS = {
    "authorization": "Authorization",
    "host": "Host",
    "user-agent": "User-Agent",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
    "x-forwarded-for": "X-Forwarded-For",
    "x-forwarded-port": "X-Forwarded-Port",
    "x-forwarded-proto": "X-Forwarded-Proto",
}


def folded(
    request: HttpRequest,
    entrance: Entrance,
    request_id: str,
    spellings: dict[str, str],
    dropped: frozenset[str],
) -> Folded:
    """The headers as both maps.

    :param spellings: names in lower case to the spelling AWS gives them.
    :param dropped: names in lower case that do not reach the function.
    """
    many: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for name, value in request.headers:
        lower = name.lower()
        if lower in dropped:
            continue
        name = spellings.get(lower, name)
        if not value.isascii():
            value = headers.text(value)
        if name in many:
            many[name].append(value)
        else:
            many[name] = [value]
        seen[lower] = value
    many["X-Forwarded-For"] = [headers.forwarded_for(many.get("X-Forwarded-For", ()), request.client)]
    many["X-Forwarded-Port"] = [str(request.port)]
    many["X-Forwarded-Proto"] = [entrance.scheme]
    sent = seen.get("x-amzn-trace-id", "")
    many["X-Amzn-Trace-Id"] = [headers.traced(sent, request, request_id)]
    return Folded(
        {name: values[-1] for name, values in many.items()},
        many,
        seen.get("content-type", ""),
        seen.get("content-encoding", ""),
        seen.get("user-agent"),
    )


def merged(result: dict[str, Any]) -> Headers:
    """Pairs of both header maps; a pair that is in both comes once.

    Names are the same whatever their case; ``multiValueHeaders`` has the spelling that counts.

    :raises results.Malformed: a map that is none, or a list of values that is none.
    """
    one = results.scalar_headers(result.get("headers"))
    many = results.listed_headers(result.get("multiValueHeaders"))
    if not one or not many:
        return one or many
    spellings = {name.lower(): name for name, _ in many}
    said = {(name.lower(), value) for name, value in many}
    only = [
        (spellings.get(name.lower(), name), value) for name, value in one if (name.lower(), value) not in said
    ]
    return only + many
