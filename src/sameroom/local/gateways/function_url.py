"""Lambda Function URL, seen from AWS's side: payload format 2.0 with an encoded ``rawPath``, and streaming.

- https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
- https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

from __future__ import annotations

import json
from typing import Any

from .. import cors
from ..http import Entrance, HttpAnswer, HttpRequest, Outcome
from . import bodies, headers, payload_v2, remapped, results, stamps, targets

Headers = list[tuple[str, str]]

#: Request line and headers. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
HEAD_LIMIT = 1024 * 1024


def admit(request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
    """The event: the path as the client encoded it, cookies both in a list and as a header."""
    if entrance.cors is not None:
        origin = cors.preflight_origin(request.method, request.headers)
        if origin is not None:
            return _preflight(entrance.cors, origin, request_id)
    target = targets.split(request.target)
    if target is None:
        return _message(400, {"Message": "Bad Request"}, request_id)
    if len(request.target) + headers.size(request.headers) > HEAD_LIMIT:
        return _message(431, {"Message": "Request Header Fields Too Large"}, request_id)
    path, query = target
    folded, cookies = payload_v2.folded(request, entrance, request_id)
    if entrance.scheme == "https":
        folded["x-amzn-tls-cipher-suite"] = "TLS_AES_128_GCM_SHA256"
        folded["x-amzn-tls-version"] = "TLSv1.3"
    front = payload_v2.Front(
        path,
        targets.decoded(path),
        query,
        "$default",
        entrance.url_domain,
        entrance.url_id,
        "anonymous",
        request_id,
    )
    event = payload_v2.event(request, front, folded, cookies)
    if bodies.too_large(event, request.body):
        said = "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
        return _message(413, {"Type": "User", "message": said}, request_id)
    return event


def answer(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """A result without ``statusCode`` is a body of type JSON; on a RESPONSE_STREAM URL every buffered result
    is delivered as it is, envelope and all.

    https://github.com/hotsock/voker/tree/main/examples/runtime-probe saw the latter on AWS.
    """
    if outcome.kind != "result":
        return _failed(outcome, request, entrance, request_id)
    if entrance.response_mode == "streaming":
        said = payload_v2.Result(200, [("Content-Type", "application/octet-stream")], outcome.payload)
        return _finished(said, request, entrance, request_id)
    try:
        result = results.parsed(outcome.payload)
        read = payload_v2.read(result)
    except results.Malformed:
        return _failed(outcome, request, entrance, request_id)
    said = read or payload_v2.Result(200, [("Content-Type", "application/json")], outcome.payload)
    return _finished(said, request, entrance, request_id)


def stream_head(prelude: bytes, request: HttpRequest, entrance: Entrance, request_id: str = "") -> HttpAnswer:
    """Status and headers of a stream. The prelude may leave out all of it: 200, octet-stream."""
    try:
        said = results.mapping(results.parsed(prelude))
        status = results.status(said.get("statusCode", 200))
        found = results.scalar_headers(said.get("headers")) + results.cookies(said.get("cookies"))
    except results.Malformed:
        return _failed(Outcome("error", b""), request, entrance, request_id)
    if status not in (204, 304) and not headers.has(found, "content-type"):
        found.append(("Content-Type", "application/octet-stream"))
    return _finished(payload_v2.Result(status, found, b""), request, entrance, request_id)


def _finished(
    said: payload_v2.Result, request: HttpRequest, entrance: Entrance, request_id: str
) -> HttpAnswer:
    """Conflicting CORS headers, the app's and the configured ones, both reach the client."""
    sent = remapped.remapped(said.headers)
    if said.body and not headers.has(sent, "content-type"):
        sent.append(("Content-Type", "application/json"))
    if entrance.cors is not None:
        sent += _cors_headers(entrance.cors, request)
    return HttpAnswer(said.status, _signed(sent, request, request_id), said.body)


def _failed(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str) -> HttpAnswer:
    if outcome.kind == "throttled":
        reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
        answer = _message(429, {"Reason": reason, "Type": "User", "message": "Rate Exceeded."}, request_id)
    else:
        sent = _signed([("Content-Type", "application/json")], request, request_id)
        answer = HttpAnswer(502, sent, b"Internal Server Error")
    if entrance.cors is None:
        return answer
    return answer._replace(headers=(*answer.headers, *_cors_headers(entrance.cors, request)))


def _message(status: int, said: dict[str, str], request_id: str) -> HttpAnswer:
    sent = [("Content-Type", "application/json")]
    if request_id:
        sent.append(("x-amzn-RequestId", request_id))
    return HttpAnswer(status, tuple(sent), json.dumps(said, separators=(",", ":")).encode("ascii"))


def _preflight(configured: cors.Cors, origin: str, request_id: str) -> HttpAnswer:
    sent = cors.preflight_headers(configured, origin)
    if sent:
        sent.append(("vary", "Origin"))
    if request_id:
        sent.append(("x-amzn-RequestId", request_id))
    return HttpAnswer(200, tuple(sent), b"")


def _cors_headers(configured: cors.Cors, request: HttpRequest) -> Headers:
    found = cors.response_headers(configured, cors.origin_of(request.headers))
    return [*found, ("vary", "Origin")] if found else found


def _signed(found: Headers, request: HttpRequest, request_id: str) -> tuple[tuple[str, str], ...]:
    if not request_id:
        return tuple(found)
    trace = stamps.trace_id(request.time, request_id)
    return (*found, ("x-amzn-RequestId", request_id), ("X-Amzn-Trace-Id", f"{trace};Sampled=0"))
