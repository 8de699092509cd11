"""Who else's scripts may submit enquiries: the origins in ALLOWED_ORIGINS, and only to /submit_contact.

No cookies: what needs one, the dashboard, is for our own pages alone. https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from flask import Flask, Response, request

from .here import settings

_PATH = "pages.submit_contact"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "600",
}


def register(app: Flask) -> None:
    """Answer other origins of ``app``."""
    app.after_request(_answer)


def _answer(response: Response) -> Response:
    # A preflight's endpoint is that of OPTIONS, which Flask answers by itself, with Allow.
    if request.endpoint != _PATH:
        return response
    # Of every answer, or a cache hands one origin's answer to another.
    response.vary.add("Origin")
    origin = request.origin
    if origin is None or origin not in settings().allowed_origins:
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers.update(_PREFLIGHT)
    else:
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return response
