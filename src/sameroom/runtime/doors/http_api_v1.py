"""API Gateway HTTP API with payload format 1.0: REST's maps, but a path that keeps the stage.

AWS decodes ``requestContext.path`` and leaves ``path`` encoded, so where the two differ ``path`` is to be
decoded, and where they are the same it is not: https://github.com/aws/aws-lambda-dotnet has what AWS sent
recorded (V1_UnicodeCharactersInPathHttpV1.json of its Lambda Test Tool).
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

from ..messages import Event, Request, Response, Result
from ..settings import Settings
from . import bodies, hops, identity, paths, payload_v1

LIMIT = bodies.LAMBDA_LIMIT
SHAPE = payload_v1.SHAPE


def read(event: Event, settings: Settings) -> Request:
    context = event.get("requestContext") or {}
    caller = context.get("identity") or {}
    whole = event["path"] or "/"
    query = payload_v1.query(event)
    domain = context.get("domainName") or ""
    stage = context.get("stage")
    path, mount = paths.unstaged(whole, stage, domain)
    base = paths.before_resource(whole, event.get("resource") or "", event.get("pathParameters") or {})
    if base and base != f"/{stage}":
        path, mount = whole[len(base) :], base
    if context.get("path", whole) == whole:
        raw_path = paths.encoded(mount + path)
        path, mount = paths.native(path), paths.native(mount)
    else:
        raw_path = paths.native(mount + path)
        path, mount = paths.decoded(path), paths.decoded(mount)
    path, mount = paths.remounted(path, mount, settings.script_name)
    return Request(
        event["httpMethod"],
        path,
        mount,
        f"{raw_path}?{query}" if query else raw_path,
        query,
        payload_v1.headers(event),
        bodies.received(event.get("body"), event.get("isBase64Encoded")),
        hops.client(
            caller.get("sourceIp") or "",
            payload_v1.forwarded_for(event) if settings.trusted_hops else "",
            settings.trusted_hops,
        ),
        domain,
        "https",
        context.get("protocol") or "HTTP/1.1",
        identity.of_http_api_v1(context),
    )


def render(response: Response, event: Event, settings: Settings) -> Result:
    return payload_v1.render_many(response)
