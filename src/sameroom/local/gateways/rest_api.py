"""API Gateway REST API with a Lambda proxy integration, seen from AWS's side.

The API has the resources ``/`` and ``/{proxy+}``, with method ANY.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

from __future__ import annotations

from typing import Any

from ..http import Entrance, HttpAnswer, HttpRequest, Outcome
from . import bodies, headers, payload_v1, remapped, rest_api_front, results, stamps, targets

_DROPPED = headers.HOP_BY_HOP | frozenset(
    ("content-length", "content-md5", "max-forwards", "server", "www-authenticate", "x-http-method-override")
)
_RESULT_KEYS = frozenset(("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"))
_IDENTITY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
)


def admit(request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
    """The event: the path as the client encoded it, less the stage; queries decoded; no Content-Length."""
    place = rest_api_front.located(request, entrance, request_id)
    if isinstance(place, HttpAnswer):
        return place
    override = headers.find(request.headers, "x-http-method-override")
    if override:
        request = request._replace(method=override)
    folded = payload_v1.folded(request, entrance, request_id, payload_v1.SPELLINGS, _DROPPED)
    # A semicolon splits a query, too, on REST APIs alone.
    pairs = targets.decoded_pairs(place.query.replace(";", "&"))
    body, encoded = _body(request.body, folded.content_type, entrance)
    event = {
        "resource": place.resource,
        "path": place.path,
        "httpMethod": request.method,
        "headers": folded.one,
        "multiValueHeaders": folded.many,
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": targets.listed(pairs) or None,
        "pathParameters": {"proxy": place.proxy} if place.proxy else None,
        "stageVariables": None,
        "requestContext": _context(request, entrance, place, folded.user_agent, request_id),
        "body": body,
        "isBase64Encoded": encoded,
    }
    return rest_api_front.too_large(request_id) if bodies.too_large(event, request.body) else event


def answer(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """Nothing is inferred, and no key but the five known ones may be there; all five may be missing."""
    if outcome.kind == "throttled":
        return rest_api_front.internal_error(500, request_id)
    if outcome.kind != "result" or entrance.response_mode == "streaming":
        return rest_api_front.internal_error(502, request_id)
    try:
        result = results.mapping(results.parsed(outcome.payload))
        if not _RESULT_KEYS.issuperset(result):
            raise results.Malformed("the result has a key that is not one of the five")
        said = result.get("statusCode")
        status = 200 if said is None else results.status(said)
        found = payload_v1.merged(result)
        body = results.body(result, decode=_returns_binary(request, entrance))
    except results.Malformed:
        return rest_api_front.internal_error(502, request_id)
    # A content type that is null takes even the default away.
    silent = any(name.lower() == "content-type" for name in result.get("headers") or ())
    return _finished(status, found, body, request, request_id, silent)


def stream_head(prelude: bytes, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """Status and headers of a stream; Accept and binaryMediaTypes do not matter here."""
    try:
        said = results.mapping(results.parsed(prelude))
        status = results.status(said.get("statusCode", 200))
        found = payload_v1.merged(said) + results.cookies(said.get("cookies"))
    except results.Malformed:
        return rest_api_front.internal_error(502, request_id)
    return _finished(status, found, b"", request, request_id, False)


def _finished(
    status: int,
    found: list[tuple[str, str]],
    body: bytes,
    request: HttpRequest,
    request_id: str,
    silent: bool,
) -> HttpAnswer:
    sent = list(remapped.remapped(found))
    if not silent and not headers.has(sent, "content-type"):
        sent.append(("Content-Type", "application/json"))
    if request_id:
        trace = stamps.trace_id(request.time, request_id)
        sent.append(("x-amzn-RequestId", request_id))
        sent.append(("x-amz-apigw-id", stamps.gateway_id(request_id)))
        sent.append(("X-Amzn-Trace-Id", f"{trace};Sampled=0"))
    return HttpAnswer(status, tuple(sent), body)


def _body(body: bytes, content_type: str, entrance: Entrance) -> tuple[str | None, bool]:
    """Null if there is none; base64 if the type is a binary one; else text, in which bytes that are not
    UTF-8 are lost: the price of a REST API without binaryMediaTypes."""
    if not body:
        return None, False
    if entrance.binary_media_types and _matches(content_type or "application/json", entrance):
        return bodies.base64_of(body), True
    return body.decode("utf-8", "replace"), False


def _returns_binary(request: HttpRequest, entrance: Entrance) -> bool:
    """Whether base64 is undone: only if the *first* type of the request's Accept is a binary one.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
    """
    if not entrance.binary_media_types:
        return False
    return _matches(headers.find(request.headers, "accept").partition(",")[0], entrance)


def _matches(media_type: str, entrance: Entrance) -> bool:
    kind = bodies.media_type(media_type)
    wanted = ("*/*", kind, f"{kind.partition('/')[0]}/*")
    return any(known.strip().lower() in wanted for known in entrance.binary_media_types)


def _context(
    request: HttpRequest,
    entrance: Entrance,
    place: rest_api_front.Located,
    user_agent: str | None,
    request_id: str,
) -> dict[str, Any]:
    identity: dict[str, Any] = dict.fromkeys(_IDENTITY)
    identity["sourceIp"] = request.client
    identity["user"] = None
    identity["userAgent"] = user_agent
    identity["userArn"] = None
    return {
        "accountId": entrance.account_id,
        "apiId": entrance.api_id,
        "deploymentId": "deploy",
        "domainName": place.domain,
        "domainPrefix": place.domain.partition(".")[0],
        "extendedRequestId": stamps.gateway_id(request_id),
        "httpMethod": request.method,
        "identity": identity,
        "path": place.whole,
        "protocol": f"HTTP/{request.version}",
        "requestId": request_id,
        "requestTime": stamps.clock(int(request.time)),
        "requestTimeEpoch": int(request.time * 1000),
        "resourceId": "proxy1" if place.proxy else "root000001",
        "resourcePath": place.resource,
        "stage": place.stage,
    }
