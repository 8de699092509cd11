"""VPC Lattice, event version 1.0: snake case, no request context, repeated headers joined by commas.

https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
"""

from __future__ import annotations

from ..messages import Event, Request, Response, Result
from ..settings import Settings
from . import bodies, hops, paths, single_value
from .lattice import LIMIT, REMEDY

__all__ = ["LIMIT", "SHAPE", "read", "render"]

SHAPE = {"raw_path": str, "method": str, "headers": dict, "query_string_parameters": dict}


def read(event: Event, settings: Settings) -> Request:
    headers = event.get("headers") or {}
    raw_path, found, query = (event["raw_path"] or "/").partition("?")
    if not found:
        query = paths.query_of(paths.pairs_of(None, event.get("query_string_parameters")))
    path, mount = paths.remounted(paths.decoded(raw_path), "", settings.script_name)
    raw_path, query = paths.native(raw_path), paths.native(query)
    return Request(
        event["method"],
        path,
        mount,
        f"{raw_path}?{query}" if query else raw_path,
        query,
        headers,
        bodies.received(event.get("body"), event.get("is_base64_encoded")),
        hops.client("", paths.lookup(headers, "x-forwarded-for") or "", settings.trusted_hops),
        "",
        "https",
        "HTTP/1.1",
        {},
    )


def render(response: Response, event: Event, settings: Settings) -> Result:
    return single_value.render(response, REMEDY)
