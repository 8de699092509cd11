"""Payload format 2.0, which HTTP APIs and Function URLs share: the event, and what a result says.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
- https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..http import Entrance, HttpRequest
from . import bodies, headers, results, stamps, targets

Headers = list[tuple[str, str]]


class Front(NamedTuple):
    """What the door says of itself and of the request's place."""

    raw_path: str
    #: ``requestContext.http.path``, decoded.
    path: str
    query: str
    stage: str
    domain: str
    api_id: str
    account_id: str
    #: ``requestContext.requestId``: each door has its own kind.
    request_id: str


class Result(NamedTuple):
    """A result that carries a status of its own."""

    status: int
    headers: Headers
    body: bytes


def folded(request: HttpRequest, entrance: Entrance, request_id: str) -> tuple[dict[str, str], list[str]]:
    """``(headers, cookies)``: names in lower case, repeats joined by commas, cookies one by one.

    The ``cookie`` header is still among the headers; what belongs to the connection is not.
    """
    found = headers.lowered(request)
    if not headers.HOP_BY_HOP.isdisjoint(found):
        for name in headers.HOP_BY_HOP.intersection(found):
            del found[name]
    if request.body and "content-length" not in found:
        found["content-length"] = [str(len(request.body))]
    headers.forward(found, request, entrance, request_id)
    crumbs = found.get("cookie")
    folded = {name: values[0] if len(values) == 1 else ",".join(values) for name, values in found.items()}
    if not crumbs:
        return folded, []
    folded["cookie"] = "; ".join(crumbs)
    return folded, [crumb for part in folded["cookie"].split(";") if (crumb := part.strip())]


def event(request: HttpRequest, front: Front, folded: dict[str, str], cookies: list[str]) -> dict[str, Any]:
    """The event; keys that would be null are absent, as AWS leaves them out."""
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": front.raw_path,
        "rawQueryString": front.query,
    }
    if cookies:
        made["cookies"] = cookies
    made["headers"] = folded
    if front.query:
        made["queryStringParameters"] = targets.joined(targets.decoded_pairs(front.query))
    made["requestContext"] = {
        "accountId": front.account_id,
        "apiId": front.api_id,
        "domainName": front.domain,
        "domainPrefix": front.domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": front.path,
            "protocol": f"HTTP/{request.version}",
            "sourceIp": request.client,
            "userAgent": folded.get("user-agent", ""),
        },
        "requestId": front.request_id,
        "routeKey": "$default",
        "stage": front.stage,
        "time": stamps.clock(int(request.time)),
        "timeEpoch": int(request.time * 1000),
    }
    encoded = False
    if request.body:
        made["body"], encoded = bodies.text_for_http_api(
            request.body, folded.get("content-type", ""), folded.get("content-encoding", "")
        )
    made["isBase64Encoded"] = encoded
    return made


def read(result: Any) -> Result | None:
    """The result, or None where it has no ``statusCode``: then the whole of it is the body.

    :raises results.Malformed: it has one, and cannot be sent.
    """
    if not isinstance(result, dict) or result.get("statusCode") is None:
        return None
    found = results.scalar_headers(result.get("headers"))
    found += results.cookies(result.get("cookies"))
    return Result(results.status(result["statusCode"]), found, results.body(result))
