"""What a REST API does before the integration: limits, stages and mappings, and its own errors.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
- What a mapping leaves in the path: https://github.com/localstack/localstack/pull/12296
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..http import Entrance, HttpAnswer, HttpRequest
from . import headers, targets
from .stamps import gateway_id

#: Bytes of all headers, characters of the URL (Regional and private), and bytes of the body.
HEAD_LIMIT = 10_240
URL_LIMIT = 10_240
BODY_LIMIT = 10 * 1024 * 1024

_LEADING_SLASHES = re.compile("^/{2,}")


class Located(NamedTuple):
    """Where a request goes. Everything is as the client encoded it."""

    #: ``path``: less the stage of the default domain, with a custom domain's base path.
    path: str
    #: ``requestContext.path``: with everything.
    whole: str
    resource: str
    #: ``pathParameters.proxy``; "" on the root resource.
    proxy: str
    query: str
    stage: str
    domain: str


def located(request: HttpRequest, entrance: Entrance, request_id: str) -> Located | HttpAnswer:
    """Where the request goes, or the REST API's own answer where it goes nowhere."""
    refused = _refusal(request, request_id)
    if refused is not None:
        return refused
    target = targets.split(request.target)
    if target is None:
        return message(400, "Bad Request", "BadRequestException", request_id)
    whole, query = target
    base, stage = entrance.base_prefix, entrance.stage_prefix
    # With a base path and a stage, the mapping names no stage, and it stays in the path.
    rest = targets.below(whole, base + stage) if base or stage else whole
    if rest is None:
        return message(403, "Forbidden", "ForbiddenException", request_id)
    collapsed = _LEADING_SLASHES.sub("/", rest) if rest[:2] == "//" else rest
    proxy = collapsed.strip("/")
    return Located(
        collapsed if not base else whole,
        whole,
        "/{proxy+}" if proxy else "/",
        proxy,
        query,
        stage[1:] or "prod",
        entrance.api_domain if stage and not base else entrance.custom_domain,
    )


def internal_error(status: int, request_id: str) -> HttpAnswer:
    """500 or 502 for whatever went wrong behind the API; the space in the body is AWS's own."""
    answer = message(status, "Internal server error", "InternalServerErrorException", request_id)
    return answer._replace(body=b'{"message": "Internal server error"}')


def too_large(request_id: str) -> HttpAnswer:
    """For a body over 10 MB, and for an event that Lambda does not take."""
    return message(413, "Request Too Long", "RequestTooLargeException", request_id)


def message(status: int, text: str, error: str, request_id: str) -> HttpAnswer:
    """A gateway response of the default kind."""
    sent = [("Content-Type", "application/json"), ("x-amzn-ErrorType", error)]
    if request_id:
        sent.append(("x-amzn-RequestId", request_id))
        sent.append(("x-amz-apigw-id", gateway_id(request_id)))
    return HttpAnswer(status, tuple(sent), f'{{"message":"{text}"}}'.encode("ascii"))


def _refusal(request: HttpRequest, request_id: str) -> HttpAnswer | None:
    if len(request.target) > URL_LIMIT:
        return message(414, "Request-URI Too Long", "RequestUriTooLongException", request_id)
    if headers.size(request.headers) > HEAD_LIMIT:
        return message(
            431, "Request Header Fields Too Large", "RequestHeaderFieldsTooLargeException", request_id
        )
    if len(request.body) > BODY_LIMIT:
        return too_large(request_id)
    return None
