"""API Gateway REST API.

``path`` keeps its percent-encoding. What lies in front of the app (a stage on the default domain, a base
path or an unmapped stage on a custom one) shows only by comparing ``requestContext.path``, ``path`` and
the resource template: the last alone never contains any of it.
https://github.com/localstack/localstack/pull/12296 has the four cases.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ..messages import Event, Request, Response, Result, new
from ..settings import Settings
from . import bodies, hops, identity, paths, payload_v1

LIMIT = bodies.LAMBDA_LIMIT
SHAPE = payload_v1.SHAPE
log = logging.getLogger("sameroom")


def read(event: Event, settings: Settings) -> Request:
    context = event.get("requestContext") or {}
    caller = context.get("identity") or {}
    path, mount = located(event, context)
    query = payload_v1.query(event)
    body = event.get("body")
    if not paths.plain(mount + path):
        path, mount = paths.decoded(path), paths.decoded(mount)
    if settings.script_name:
        path, mount = paths.remounted(path, mount, settings.script_name)
    whole = context.get("path") or event["path"] or "/"
    if not whole.isascii():
        whole = paths.native(whole)
    source_ip = caller.get("sourceIp") or ""
    if settings.trusted_hops:
        source_ip = hops.client(source_ip, payload_v1.forwarded_for(event), settings.trusted_hops)
    fields = (
        event["httpMethod"],
        path,
        mount,
        f"{whole}?{query}" if query else whole,
        query,
        payload_v1.headers(event),
        bodies.received(body, event.get("isBase64Encoded")) if body else b"",
        source_ip,
        context.get("domainName") or "",
        "https",
        context.get("protocol") or "HTTP/1.1",
        _identity(context, caller),
        (),
    )
    return new(Request, fields)


def located(event: Event, context: Mapping[str, Any]) -> tuple[str, str]:
    """``(path, mount)``, both still encoded."""
    path: str = event["path"] or "/"
    whole: str = context.get("path") or path
    stage = ""
    if path == "/":
        stage = whole
    elif whole.endswith(path):
        stage = whole[: -len(path)]
    parameters = event.get("pathParameters")
    if parameters and parameters.get("proxy") == path[1:]:
        return path, stage.rstrip("/")  # nearly always: a greedy resource at the root, and nothing before it
    base = paths.before_resource(path, event.get("resource") or "", parameters or {})
    return path[len(base) :], stage.rstrip("/") + base


def _identity(context: Mapping[str, Any], caller: Mapping[str, Any]) -> identity.Identity:
    if context.get("authorizer") or caller.get("userArn") or caller.get("clientCert"):
        return identity.of_rest_api(context)
    return {}


def render(response: Response, event: Event, settings: Settings) -> Result:
    result = payload_v1.render_many(response)
    if result["isBase64Encoded"]:
        _warn_of_base64(response, event, settings)
    return result


_warned: set[str] = set()


def _warn_of_base64(response: Response, event: Event, settings: Settings) -> None:
    """A REST API decodes base64 only if its binaryMediaTypes has the request's Accept, to the letter.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
    """
    accept: str = paths.lookup(payload_v1.headers(event), "accept") or ""
    first = accept.partition(",")[0].partition(";")[0].strip().lower()
    if any(fnmatchcase(first or "*/*", known) for known in settings.binary_media_types):
        return
    kind = next(
        (value for name, value in response.headers if name.lower() == "content-type"), "no content type"
    )
    if kind in _warned or len(_warned) > 100:
        return
    _warned.add(kind)
    log.warning(
        "This response (%s) is binary, and a REST API hands it out as base64 text unless its "
        "binaryMediaTypes matches the request's Accept header (%r). In [tool.sameroom]: "
        'binary_media_types = ["*/*"]. Of an API made otherwise, set binaryMediaTypes to */*, and '
        "SAMEROOM_BINARY_MEDIA_TYPES here to the same.",
        kind,
        first,
    )
