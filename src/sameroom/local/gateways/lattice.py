"""VPC Lattice with a Lambda target and event version 2.0, seen from AWS's side.

Undocumented, and chosen to be like ALB, Lattice's elder: the path and the query come as the client encoded
them, and every failure of the function is a 502. That ``path`` carries the query string is what Powertools
and lambda_http found.

https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
"""

from __future__ import annotations

from typing import Any

from ..http import Entrance, HttpAnswer, HttpRequest, Outcome
from . import bodies, headers, results, target_group, targets

BODY_LIMIT = 6 * 1024 * 1024


def admit(request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
    """The event: lists of values for headers and query, the time in microseconds, names as sent."""
    arrived = received(request)
    if isinstance(arrived, HttpAnswer):
        return arrived
    path, query, found = arrived
    event: dict[str, Any] = {
        "version": "2.0",
        "path": path,
        "method": request.method,
        "headers": found,
    }
    if query:
        event["queryStringParameters"] = targets.listed(targets.pairs(query))
    event["body"], encoded = target_group.text(request)
    if encoded:
        event["isBase64Encoded"] = True
    event["requestContext"] = _context(request, entrance)
    return too_large() if bodies.too_large(event, request.body) else event


def answer(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """``isBase64Encoded``, ``statusCode`` and ``headers``, whose values are strings or lists of them."""
    if outcome.kind != "result":
        return failed()
    try:
        result = results.mapping(results.parsed(outcome.payload))
        status = results.status(result.get("statusCode"), text=False)
        target_group.description(result)
        found = _headers(result.get("headers"))
        body = results.body(result)
    except results.Malformed:
        return failed()
    return target_group.finished(status, found, body)


def received(request: HttpRequest) -> tuple[str, str, dict[str, list[str]]] | HttpAnswer:
    """``(path with query, query, headers)``, or Lattice's own answer. Both event versions begin so."""
    if len(request.body) > BODY_LIMIT:
        return too_large()
    target = targets.split(request.target)
    if target is None:
        return HttpAnswer(400, (("content-type", "text/plain"),), b"Bad Request")
    path, query = target
    found = _spelled(request)
    return f"{path}?{query}" if query else path, query, found


def too_large() -> HttpAnswer:
    return HttpAnswer(413, (("content-type", "text/plain"),), b"Payload Too Large")


def failed() -> HttpAnswer:
    return HttpAnswer(502, (("content-type", "text/plain"),), b"Bad Gateway")


def _spelled(request: HttpRequest) -> dict[str, list[str]]:
    """Headers as sent, but X-Forwarded-For, to which Lattice adds the peer: the one header it sets."""
    found: dict[str, list[str]] = {}
    for name, value in request.headers:
        lower = name.lower()
        if lower in headers.HOP_BY_HOP and lower != "connection":
            continue
        if lower == "x-forwarded-for":
            name = lower
        if not value.isascii():
            value = headers.text(value)
        found.setdefault(name, []).append(value)
    found["x-forwarded-for"] = [headers.forwarded_for(found.get("x-forwarded-for", ()), request.client)]
    return found


def _headers(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return results.scalar_headers(value)
    listed = {name: entry if isinstance(entry, list) else [entry] for name, entry in value.items()}
    return results.listed_headers(listed, coerce=False)


def _context(request: HttpRequest, entrance: Entrance) -> dict[str, Any]:
    arn = f"arn:aws:vpc-lattice:{entrance.region}:{entrance.account_id}"
    return {
        "serviceNetworkArn": f"{arn}:servicenetwork/sn-0bf3f2882e9cc805a",
        "serviceArn": f"{arn}:service/svc-0a40eebed65f8d69c",
        "targetGroupArn": f"{arn}:targetgroup/tg-6d0ecf831eec9f09",
        "identity": {
            "sourceVpcArn": f"arn:aws:ec2:{entrance.region}:{entrance.account_id}:vpc/vpc-0b8276c84697e7339"
        },
        "region": entrance.region,
        "timeEpoch": str(int(request.time * 1_000_000)),
    }
