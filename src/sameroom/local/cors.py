"""Cross-origin resource sharing as HTTP APIs and Function URLs do it for the app.

REST APIs, load balancers and VPC Lattice do none: there the app answers preflights itself.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
- https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Cors:
    """A CORS configuration, by API Gateway's own names.

    :ivar allow_origins: ``https://www.example.com``; ``*`` for every origin; ``https://*`` and ``http://*``
        for every origin of that scheme.
    :ivar max_age: seconds that a browser may keep a preflight's answer; 0, AWS's default, leaves it out.
    """

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age: int = 0
    allow_credentials: bool = False


def preflight_origin(method: str, headers: Iterable[tuple[str, str]]) -> str | None:
    """The origin that asks, or None where this is no preflight.

    A preflight is OPTIONS with both ``Origin`` and ``Access-Control-Request-Method``.
    """
    if method != "OPTIONS":
        return None
    asked = {name.lower(): value for name, value in headers}
    return asked.get("origin") if "access-control-request-method" in asked else None


def origin_of(headers: Iterable[tuple[str, str]]) -> str:
    """The ``Origin`` header, "" where there is none."""
    for name, value in headers:
        if name.lower() == "origin":
            return value
    return ""


def preflight_headers(cors: Cors, origin: str) -> Headers:
    """What the door answers a preflight with; nothing to an origin that may not.

    Methods and headers come sorted and without spaces, as HTTP APIs write them.
    """
    allowed = _allowed_origin(cors, origin)
    if not allowed:
        return []
    headers = [("access-control-allow-origin", allowed)]
    if cors.allow_methods:
        methods = ",".join(sorted(method.upper() for method in cors.allow_methods))
        headers.append(("access-control-allow-methods", methods))
    if cors.allow_headers:
        names = ",".join(sorted(name.lower() for name in cors.allow_headers))
        headers.append(("access-control-allow-headers", names))
    if cors.max_age:
        headers.append(("access-control-max-age", str(cors.max_age)))
    if cors.allow_credentials:
        headers.append(("access-control-allow-credentials", "true"))
    return headers


def response_headers(cors: Cors, origin: str) -> Headers:
    """What the door adds to an answer that is no preflight's."""
    allowed = _allowed_origin(cors, origin)
    if not allowed:
        return []
    headers = [("access-control-allow-origin", allowed)]
    if cors.expose_headers:
        names = ",".join(sorted(name.lower() for name in cors.expose_headers))
        headers.append(("access-control-expose-headers", names))
    if cors.allow_credentials:
        headers.append(("access-control-allow-credentials", "true"))
    return headers


def without_cors(headers: Headers) -> Headers:
    """``headers`` less the app's own CORS headers, which an HTTP API with CORS ignores."""
    return [header for header in headers if not header[0].lower().startswith("access-control-")]


def _allowed_origin(cors: Cors, origin: str) -> str:
    if not origin:
        return ""
    if "*" in cors.allow_origins:
        # Browsers refuse "*" together with credentials.
        return origin if cors.allow_credentials else "*"
    scheme = origin.partition("://")[0]
    return origin if origin in cors.allow_origins or f"{scheme}://*" in cors.allow_origins else ""
