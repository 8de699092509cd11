"""API Gateway HTTP API with payload format 1.0, seen from AWS's side.

REST's maps, but Content-Length stays, and ``path`` keeps stage, mapping key and percent-encoding, while
``requestContext.path`` is decoded. Recorded on AWS by aws-lambda-dotnet's Lambda Test Tool:
https://github.com/aws/aws-lambda-dotnet/blob/master/Tools/LambdaTestTool-v2/tests/Amazon.Lambda.TestTool.IntegrationTests/Snapshots/V1_UnicodeCharactersInPathHttpV1.json

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

from typing import Any

from ..http import Entrance, HttpAnswer, HttpRequest, Outcome
from . import bodies, headers, http_api_front, payload_v1, results, stamps, targets

_SPELLINGS = {
    **payload_v1.SPELLINGS,
    "content-length": "Content-Length",
    "content-type": "Content-Type",
}
_IDENTITY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAmr",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
)


def admit(request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
    """The event, of the route ``$default``."""
    place = http_api_front.located(request, entrance, request_id)
    if isinstance(place, HttpAnswer):
        return place
    decoded = targets.decoded_by_http_api(place.path)
    if decoded is None:
        return http_api_front.message(400, "Bad Request", request_id)
    folded = payload_v1.folded(request, entrance, request_id, _SPELLINGS, headers.HOP_BY_HOP)
    if request.body and "Content-Length" not in folded.one:
        folded.one["Content-Length"] = str(len(request.body))
        folded.many["Content-Length"] = [folded.one["Content-Length"]]
    if folded.one.get("Content-Length") == "0" and not folded.content_type:
        folded.one["Content-Type"] = "text/plain; charset=utf-8"
        folded.many["Content-Type"] = ["text/plain; charset=utf-8"]
    pairs = targets.decoded_pairs(place.query)
    body, encoded = (
        bodies.text_for_http_api(request.body, folded.content_type, folded.content_encoding)
        if request.body
        else (None, False)
    )
    event = {
        "version": "1.0",
        "resource": "$default",
        "path": place.path,
        "httpMethod": request.method,
        "headers": folded.one,
        "multiValueHeaders": folded.many,
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": targets.listed(pairs) or None,
        "requestContext": _context(request, entrance, place, decoded, folded.user_agent or "", request_id),
        "pathParameters": None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": encoded,
    }
    return http_api_front.too_large(request_id) if bodies.too_large(event, request.body) else event


def _context(
    request: HttpRequest,
    entrance: Entrance,
    place: http_api_front.Located,
    path: str,
    user_agent: str,
    request_id: str,
) -> dict[str, Any]:
    identity: dict[str, Any] = dict.fromkeys(_IDENTITY)
    identity["sourceIp"] = request.client
    identity["user"] = None
    identity["userAgent"] = user_agent
    identity["userArn"] = None
    gateway_id = stamps.gateway_id(request_id)
    return {
        "accountId": entrance.account_id,
        "apiId": entrance.api_id,
        "domainName": place.domain,
        "domainPrefix": place.domain.partition(".")[0],
        "extendedRequestId": gateway_id,
        "httpMethod": request.method,
        "identity": identity,
        "path": path,
        "protocol": f"HTTP/{request.version}",
        "requestId": gateway_id,
        "requestTime": stamps.clock(int(request.time)),
        "requestTimeEpoch": int(request.time * 1000),
        "resourceId": "$default",
        "resourcePath": "$default",
        "stage": place.stage,
    }


def answer(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """Format 1.0 infers nothing: a result must be an object with a status."""
    if outcome.kind != "result":
        return http_api_front.failed(outcome, request, entrance, request_id)
    try:
        result = results.mapping(results.parsed(outcome.payload))
        status = results.status(result.get("statusCode"))
        found = payload_v1.merged(result)
        body = results.body(result)
    except results.Malformed:
        return http_api_front.malformed(request, entrance, request_id)
    return http_api_front.finished(status, found, body, request, entrance, request_id)
