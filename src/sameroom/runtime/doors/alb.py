"""Application Load Balancer, with multi-value headers on or off (the target group decides).

Path and query come as the client encoded them. Nobody but the load balancer's own hop in X-Forwarded-For
says who the client is.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

from __future__ import annotations

from ..messages import Event, Request, Response, Result, new
from ..settings import Settings
from . import bodies, hops, identity, paths, payload_v1, single_value

LIMIT = bodies.ALB_LIMIT
SHAPE = payload_v1.SHAPE


def read(event: Event, settings: Settings) -> Request:
    headers = payload_v1.headers(event)
    raw_path = event["path"] or "/"
    body = event.get("body")
    query = "&".join(
        [
            f"{key}={value}"
            for key, value in paths.pairs_of(
                event.get("multiValueQueryStringParameters"), event.get("queryStringParameters")
            )
        ]
    )
    path, mount = raw_path, ""
    if not paths.plain(raw_path):
        path, raw_path = paths.decoded(raw_path), paths.native(raw_path)
    if settings.script_name:
        path, mount = paths.remounted(path, mount, settings.script_name)
    fields = (
        event["httpMethod"],
        path,
        mount,
        f"{raw_path}?{query}" if query else raw_path,
        query if query.isascii() else paths.native(query),
        headers,
        bodies.received(body, event.get("isBase64Encoded")) if body else b"",
        hops.client("", payload_v1.forwarded_for(event), settings.trusted_hops),
        "",
        "http",
        "HTTP/1.1",
        identity.of_alb({name.lower(): value for name, value in headers.items()})
        if settings.trust_alb_identity
        else {},
        (),
    )
    return new(Request, fields)


def render(response: Response, event: Event, settings: Settings) -> Result:
    """In the map that the event came in, the only one that this target group reads."""
    if event.get("multiValueHeaders") is None:
        return single_value.render(
            response, "Turn on multi-value headers on the load balancer's target group."
        )
    result = payload_v1.render_many(response)
    result["statusDescription"] = f"{response.status} {response.reason}".rstrip()
    return result
