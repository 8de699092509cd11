"""Answers of our own where the app's cannot be had: all of the cause to the log, none of it to the client."""

from __future__ import annotations

import json
import logging

from .context import Invocation
from .messages import Response
from .wsgi import Environ, bodiless

log = logging.getLogger("sameroom")


def failed(error: Exception, environ: Environ, invocation: Invocation) -> Response:
    """The app raised, or broke PEP 3333."""
    where = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
    kind = type(error).__name__
    log.error("%s %s failed: %s: %s", environ["REQUEST_METHOD"], where, kind, error, exc_info=error)
    return _answer("Internal Server Error", environ, invocation)


def too_large(size: int, limit: int, environ: Environ, invocation: Invocation) -> Response:
    """The response does not fit through the door, which would answer a bare 502 and log nothing.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    log.error(
        "%s %s: the response is %d bytes as JSON, and this door (%s) takes %d. "
        "Compress it, page it, stream it (Function URL, REST API), or hand out a link to S3.",
        environ["REQUEST_METHOD"],
        environ["SCRIPT_NAME"] + environ["PATH_INFO"],
        size,
        invocation.door,
        limit,
    )
    return _answer(f"The response is too large: {size} bytes of at most {limit}", environ, invocation)


def _answer(message: str, environ: Environ, invocation: Invocation) -> Response:
    body = json.dumps({"message": message, "requestId": invocation.request_id}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if bodiless(environ["REQUEST_METHOD"], 500):
        body = b""
    return Response(500, "Internal Server Error", headers, body)
