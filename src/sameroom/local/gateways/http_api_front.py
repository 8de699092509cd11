"""What every HTTP API does around the integration, whatever its payload format: limits, stages and
mappings, CORS, its own errors, and the headers it does not pass on.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
"""

from __future__ import annotations

from typing import NamedTuple

from .. import cors
from ..http import Entrance, HttpAnswer, HttpRequest, Outcome
from . import headers, targets
from .stamps import gateway_id

Headers = list[tuple[str, str]]

HEAD_LIMIT = 10_240
BODY_LIMIT = 10 * 1024 * 1024

#: HTTP APIs write these themselves, or not at all.
_NOT_PASSED_ON = frozenset(
    ("connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade")
)


class Located(NamedTuple):
    """Where a request goes. Paths are as the client encoded them."""

    #: The whole path.
    path: str
    #: ``path`` less the mapping's base path, and with the stage in front where one is named.
    staged: str
    query: str
    stage: str
    domain: str


def located(request: HttpRequest, entrance: Entrance, request_id: str) -> Located | HttpAnswer:
    """Where the request goes, or the HTTP API's own answer where it goes nowhere."""
    if entrance.cors is not None:
        origin = cors.preflight_origin(request.method, request.headers)
        if origin is not None:
            return _preflight(entrance.cors, origin, request_id)
    refused = _refusal(request, request_id)
    if refused is not None:
        return refused
    target = targets.split(request.target)
    if target is None:
        return message(400, "Bad Request", request_id)
    path, query = target
    stage = entrance.stage_prefix
    if entrance.base_prefix:
        rest = targets.below(path, entrance.base_prefix)
        # On a custom domain the stage is AWS's own prefix: clients do not see it.
        staged = None if rest is None else stage + rest
        domain = entrance.custom_domain
    else:
        staged = path if not stage or targets.below(path, stage) else None
        domain = entrance.api_domain
    if staged is None:
        return message(404, "Not Found", request_id)
    return Located(path, staged, query, stage[1:] or "$default", domain)


def finished(
    status: int, found: Headers, body: bytes, request: HttpRequest, entrance: Entrance, request_id: str
) -> HttpAnswer:
    """The function's answer as the HTTP API sends it: names in lower case, CORS by configuration alone."""
    sent = [(lower, value) for name, value in found if (lower := name.lower()) not in _NOT_PASSED_ON]
    if body and not headers.has(sent, "content-type"):
        sent.append(("content-type", "text/plain; charset=utf-8"))
    if entrance.cors is not None:
        sent = cors.without_cors(sent)
        sent += cors.response_headers(entrance.cors, cors.origin_of(request.headers))
    return HttpAnswer(status, _signed(sent, request_id), body)


def failed(outcome: Outcome, request: HttpRequest, entrance: Entrance, request_id: str) -> HttpAnswer:
    """What the client gets when there is no result to pass on."""
    if outcome.kind == "throttled":
        answer = message(503, "Service Unavailable", request_id)
    else:
        answer = message(500, "Internal Server Error", request_id)
    if entrance.cors is None:
        return answer
    added = cors.response_headers(entrance.cors, cors.origin_of(request.headers))
    return answer._replace(headers=(*added, *answer.headers))


def malformed(request: HttpRequest, entrance: Entrance, request_id: str) -> HttpAnswer:
    """What the client gets for a result that is none: 500, where a REST API has 502."""
    return failed(Outcome("error", b""), request, entrance, request_id)


def message(status: int, text: str, request_id: str) -> HttpAnswer:
    """An HTTP API's own answer."""
    return HttpAnswer(
        status,
        _signed([("content-type", "application/json")], request_id),
        f'{{"message":"{text}"}}'.encode("ascii"),
    )


def _refusal(request: HttpRequest, request_id: str) -> HttpAnswer | None:
    line = len(request.method) + len(request.target) + len("  HTTP/1.1\r\n")
    if line > HEAD_LIMIT:
        return message(414, "Request-URI Too Long", request_id)
    if line + headers.size(request.headers) > HEAD_LIMIT:
        return message(431, "Request Header Fields Too Large", request_id)
    if len(request.body) > BODY_LIMIT:
        return too_large(request_id)
    return None


def too_large(request_id: str) -> HttpAnswer:
    """For a body over 10 MB, and for an event that Lambda does not take."""
    return message(413, "Request Entity Too Large", request_id)


def _preflight(configured: cors.Cors, origin: str, request_id: str) -> HttpAnswer:
    return HttpAnswer(204, _signed(cors.preflight_headers(configured, origin), request_id), b"")


def _signed(found: Headers, request_id: str) -> tuple[tuple[str, str], ...]:
    if request_id:
        found.append(("apigw-requestid", gateway_id(request_id)))
    return tuple(found)
