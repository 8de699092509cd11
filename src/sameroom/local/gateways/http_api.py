"""API Gateway HTTP API with payload format 2.0, seen from AWS's side.

The API has one route, ``$default``.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
- What it does with results that the page does not mention was recorded on AWS by aws-lambda-dotnet's Lambda
  Test Tool: https://github.com/aws/aws-lambda-dotnet/tree/master/Tools/LambdaTestTool-v2/tests
"""

from __future__ import annotations

from typing import Any

from ..http import Entrance, HttpAnswer, HttpRequest, Outcome
from . import bodies, http_api_front, payload_v2, results, stamps, targets


def admit(request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
    """The event: ``rawPath`` decoded, a named stage in front of it, a mapping's base path nowhere."""
    place = http_api_front.located(request, entrance, request_id)
    if isinstance(place, HttpAnswer):
        return place
    path = targets.decoded_by_http_api(place.staged)
    if path is None:
        return http_api_front.message(400, "Bad Request", request_id)
    headers, cookies = payload_v2.folded(request, entrance, request_id)
    headers.pop("cookie", None)
    if headers.get("content-length") == "0":
        headers.setdefault("content-type", "text/plain; charset=utf-8")
    front = payload_v2.Front(
        path,
        path,
        place.query,
        place.stage,
        place.domain,
        entrance.api_id,
        entrance.account_id,
        stamps.gateway_id(request_id),
    )
    event = payload_v2.event(request, front, headers, cookies)
    return http_api_front.too_large(request_id) if bodies.too_large(event, request.body) else event


def answer(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """A result without ``statusCode`` is a body of type JSON, whatever it is: a string without its quotes,
    and as it came where it is no JSON at all."""
    if outcome.kind != "result":
        return http_api_front.failed(outcome, request, entrance, request_id)
    try:
        result = results.parsed(outcome.payload)
    except results.Malformed:
        result = None
    try:
        said = payload_v2.read(result)
    except results.Malformed:
        return http_api_front.malformed(request, entrance, request_id)
    if said is None:
        body = result.encode("utf-8", "replace") if isinstance(result, str) else outcome.payload
        said = payload_v2.Result(200, [("content-type", "application/json")], body)
    return http_api_front.finished(said.status, said.headers, said.body, request, entrance, request_id)
