"""VPC Lattice, event version 2.0. ``path`` carries the query string.

https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
"""

from __future__ import annotations

from ..messages import Event, Request, Response, Result
from ..settings import Settings
from . import bodies, hops, identity, paths, payload_v1, single_value

LIMIT = bodies.LAMBDA_LIMIT
SHAPE = {"path": str, "method": str, "headers": dict, "queryStringParameters": dict, "requestContext": dict}
REMEDY = "VPC Lattice has no field for more: set one cookie a response."


def read(event: Event, settings: Settings) -> Request:
    headers = event.get("headers") or {}
    raw_path, found, query = (event["path"] or "/").partition("?")
    if not found:
        query = paths.query_of(paths.pairs_of(event.get("queryStringParameters"), None))
    path, mount = paths.remounted(paths.decoded(raw_path), "", settings.script_name)
    raw_path, query = paths.native(raw_path), paths.native(query)
    forwarded = paths.lookup(headers, "x-forwarded-for") or []
    return Request(
        event["method"],
        path,
        mount,
        f"{raw_path}?{query}" if query else raw_path,
        query,
        payload_v1.joined(headers),
        bodies.received(event.get("body"), event.get("isBase64Encoded")),
        hops.client("", ",".join(forwarded), settings.trusted_hops),
        "",
        "https",
        "HTTP/1.1",
        identity.of_lattice(event.get("requestContext") or {}),
    )


def render(response: Response, event: Event, settings: Settings) -> Result:
    return single_value.render(response, REMEDY)
