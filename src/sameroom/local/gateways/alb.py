"""Application Load Balancer with a Lambda target, seen from AWS's side.

- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

from typing import Any

from ..http import Entrance, HttpAnswer, HttpRequest, Outcome
from . import headers, results, stamps, target_group, targets

BODY_LIMIT = 1024 * 1024
#: Bytes of JSON that the function may answer with.
RESULT_LIMIT = 1024 * 1024
LINE_LIMIT = 16 * 1024
HEADER_LIMIT = 16 * 1024
HEAD_LIMIT = 64 * 1024
RESULT_HEAD_LIMIT = 32 * 1024
MOST_FORWARDERS = 30


def admit(request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
    """The event: path and query as the client encoded them, in one map of single values or of many."""
    target = targets.split(request.target)
    found = headers.lowered(request)
    refused = _refusal(request, found)
    if refused is not None or target is None:
        return refused or target_group.page(400, "Bad Request")
    path, query = target
    target_group.undo_chunks(found, request)
    _forward(found, request, entrance, request_id)
    arn = (
        f"arn:aws:elasticloadbalancing:{entrance.region}:{entrance.account_id}:"
        f"targetgroup/{entrance.api_id}/6d0ecf831eec9f09"
    )
    event: dict[str, Any] = {
        "requestContext": {"elb": {"targetGroupArn": arn}},
        "httpMethod": request.method,
        "path": path,
    }
    pairs = targets.pairs(query)
    if entrance.multi_value_headers:
        event["multiValueQueryStringParameters"] = targets.listed(pairs)
        event["multiValueHeaders"] = found
    else:
        event["queryStringParameters"] = dict(pairs)
        event["headers"] = {name: values[-1] for name, values in found.items()}
    event["body"], event["isBase64Encoded"] = target_group.text(request)
    return event


def answer(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """Strings and whole numbers only, and headers in the map that the target group is set to."""
    if outcome.kind != "result" or len(outcome.payload) > RESULT_LIMIT:
        return target_group.bad_gateway()
    try:
        result = results.mapping(results.parsed(outcome.payload))
        status = results.status(result.get("statusCode"), text=False)
        target_group.description(result)
        found = _headers(result, entrance)
        if "body" in result and result["body"] is None:
            raise results.Malformed("body is null")
        body = results.body(result)
    except results.Malformed:
        return target_group.bad_gateway()
    if headers.size(found) > RESULT_HEAD_LIMIT:
        return target_group.bad_gateway()
    return target_group.finished(status, found, body)


def _headers(result: dict[str, Any], entrance: Entrance) -> list[tuple[str, str]]:
    wanted, other = "headers", "multiValueHeaders"
    if entrance.multi_value_headers:
        wanted, other = other, wanted
    if result.get(wanted) is None and result.get(other):
        raise results.Malformed(f"the target group reads {wanted}, and the result has {other}")
    read = results.listed_headers if entrance.multi_value_headers else results.scalar_headers
    return read(result.get(wanted), coerce=False)


def _refusal(request: HttpRequest, found: dict[str, list[str]]) -> HttpAnswer | None:
    if len(request.target) + len(request.method) + 12 > LINE_LIMIT:
        return target_group.page(414, "Request-URI Too Large")
    if len(request.body) > BODY_LIMIT:
        return target_group.page(413, "Request Entity Too Large")
    if headers.size(request.headers) > HEADER_LIMIT and _head_too_large(request):
        return target_group.page(400, "Bad Request")
    if request.method == "TRACE":
        return target_group.page(405, "Not Allowed")
    if "websocket" in ",".join(found.get("upgrade", ())).lower():
        return target_group.page(400, "Bad Request")
    if ",".join(found.get("x-forwarded-for", ())).count(",") >= MOST_FORWARDERS:
        return target_group.page(463, "")
    return None


def _head_too_large(request: HttpRequest) -> bool:
    if headers.size(request.headers) > HEAD_LIMIT:
        return True
    return any(len(name) + len(value) + 4 > HEADER_LIMIT for name, value in request.headers)


def _forward(found: dict[str, list[str]], request: HttpRequest, entrance: Entrance, request_id: str) -> None:
    """The load balancer keeps a client's trace id, and puts its own in front as "Self".

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
    """
    sent = ",".join(found.get("x-amzn-trace-id", ()))
    headers.forward(found, request, entrance, request_id)
    if "Root=" in sent:
        own = stamps.trace_id(request.time, request_id).replace("Root=", "Self=")
        found["x-amzn-trace-id"] = [f"{own};{sent}"]
