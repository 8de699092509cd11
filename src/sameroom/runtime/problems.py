"""Answers of our own where the app's cannot be had: all of the cause to the log, none of it to the client."""

from __future__ import annotations

import json
import logging

from .access import message, shown
from .context import Invocation
from .messages import Request, Response
from .wsgi import bodiless

log = logging.getLogger("sameroom")


def failed(error: Exception, request: Request, invocation: Invocation) -> Response:
    """The app raised, or broke PEP 3333."""
    where, kind = shown(request.mount + request.path), type(error).__name__
    gateway = _gateways_id(invocation)
    log.error("%s %s failed: %s: %s%s", request.method, where, kind, message(error), gateway, exc_info=error)
    return _answer("Internal Server Error", request, invocation)


def too_large(size: int, limit: int, request: Request, invocation: Invocation) -> Response:
    """The response does not fit through the door, which would answer a bare 502 and log nothing.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    log.error(
        "%s %s: the response is %d bytes as JSON, and this door (%s) takes %d. "
        "Compress it, page it, stream it (Function URL, REST API), or hand out a link to S3.%s",
        request.method,
        shown(request.mount + request.path),
        size,
        invocation.door,
        limit,
        _gateways_id(invocation),
    )
    return _answer(f"The response is too large: {size} bytes of at most {limit}", request, invocation)


def _gateways_id(invocation: Invocation) -> str:
    """API Gateway's own id of the request, which its client has in a header, "" where there is none. In the
    line, the request can be found by it (`sameroom logs --request`).

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
    """
    context = invocation.event.get("requestContext")
    given = context.get("requestId") if isinstance(context, dict) else None
    if not isinstance(given, str) or given in ("", invocation.request_id):
        return ""
    return f" (gateway request {shown(given)})"


def _answer(text: str, request: Request, invocation: Invocation) -> Response:
    body = json.dumps({"message": text, "requestId": invocation.request_id}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if bodiless(request.method, 500):
        body = b""
    return Response(500, "Internal Server Error", headers, body)
