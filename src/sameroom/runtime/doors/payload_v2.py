"""What HTTP APIs and Function URLs share: payload format 2.0, both ways.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

from collections.abc import Mapping

from ..messages import Event, Request, Response, Result, new
from ..settings import Settings
from . import bodies, paths

LIMIT = bodies.LAMBDA_LIMIT
SHAPE = {
    "rawPath": str,
    "rawQueryString": str,
    "headers": dict,
    "cookies": list,
    "requestContext": dict,
    "requestContext.http": dict,
    "requestContext.http.method": str,
}


def request(event: Event, settings: Settings, path: str, mount: str, raw_path: str) -> Request:
    """The Request, once the door has made out the path.

    :param path: decoded, below the mount.
    :param raw_path: encoded, as the client sent it.
    """
    get = event.get
    context = event["requestContext"]
    http = context["http"]
    headers = get("headers") or {}
    query = get("rawQueryString") or ""
    body = get("body")
    if settings.script_name:
        path, mount = paths.remounted(path, mount, settings.script_name)
    if not query.isascii():
        query = paths.native(query)
    source_ip = http.get("sourceIp") or ""
    if settings.trusted_hops:
        from . import hops  # here and below: loaded by those who use it

        source_ip = hops.client(source_ip, headers.get("x-forwarded-for") or "", settings.trusted_hops)
    who: Mapping[str, str] = {}
    if "authorizer" in context or "authentication" in context:
        from . import identity

        who = identity.of_http_api(context)
    fields = (
        http["method"],
        path,
        mount,
        f"{raw_path}?{query}" if query else raw_path,
        query,
        headers,
        bodies.received(body, get("isBase64Encoded")) if body else b"",
        source_ip,
        context.get("domainName") or "",
        "https",
        http.get("protocol") or "HTTP/1.1",
        who,
        # A Function URL sends cookies twice, in this list and as a header; an HTTP API only here.
        get("cookies") or (),
    )
    return new(Request, fields)


def _apart(pairs: list[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Headers with repeats joined, and cookies, which cannot be."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in pairs:
        name = name.lower()
        if not value.isascii():
            value = paths.wire(value)
        if name == "set-cookie":
            cookies.append(value)
        elif name in headers:
            headers[name] += ", " + value
        else:
            headers[name] = value
    return headers, cookies


def render(response: Response, event: Event, settings: Settings) -> Result:
    """One value a header, repeats joined; cookies apart. Header names leave these doors in lower case."""
    status, _, pairs, body, _ = response
    headers: dict[str, str] = {}
    for name, value in pairs:
        headers[name.lower()] = value if value.isascii() else paths.wire(value)
    cookies = None
    if len(headers) != len(pairs) or "set-cookie" in headers:
        headers, cookies = _apart(pairs)
    get = headers.get
    text, is_base64 = bodies.sent(body, get("content-type", ""), get("content-encoding", ""))
    result: Result = {
        "statusCode": status,
        "headers": headers,
        "body": text,
        "isBase64Encoded": is_base64,
    }
    if cookies:
        result["cookies"] = cookies
    return result
