"""A GET of what was deployed, as a visitor would send it, and what it answered.

AWS's host names do not lead to a stand-in. Where AWS_ENDPOINT_URL is set, the connection goes there and the
Host header says whom it is for; there, an HTTP API or a REST API is called ``<id>.execute-api.localhost``.
"""

from __future__ import annotations

import http.client
import json
import time
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

#: What is kept of a body, in bytes.
_KEPT = 64 * 1024
#: By which AWS's logs know a request.
_IDS = ("x-amzn-requestid", "apigw-requestid", "x-amz-apigw-id", "x-amz-cf-id", "x-amzn-trace-id")


class Answer(NamedTuple):
    """An HTTP status, seconds, the request's id as far as anybody said it, and the body's beginning."""

    status: int
    seconds: float
    request: str
    body: str


def ask(url: str, path: str, endpoint: str = "", patience: float = 30) -> Answer:
    """GET ``path`` under ``url``; redirects are not followed. ``patience`` is in seconds.

    :raises OSError: nobody is there, or nobody who speaks TLS with a good certificate.
    :raises http.client.HTTPException: what came is not HTTP.
    """
    asked, to = urlsplit(url), urlsplit(endpoint or url)
    began = time.monotonic()
    connection = _connection(to, patience)
    try:
        target = quote(asked.path.rstrip("/") + "/" + path.removeprefix("/"), safe="/%?&=+:@!$'()*,;~-._")
        headers = {"User-Agent": "sameroom", "Accept": "*/*"}
        if endpoint:
            headers["Host"] = _host(asked, to)
        connection.request("GET", target, headers=headers)
        said = connection.getresponse()
        body = said.read(_KEPT).decode("utf-8", "replace")
        return Answer(said.status, time.monotonic() - began, _request_id(body, said), body)
    finally:
        connection.close()


def _connection(to: SplitResult, patience: float) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if to.scheme == "https" else http.client.HTTPConnection
    return kind(to.hostname or "", to.port, timeout=patience)


def _host(asked: SplitResult, to: SplitResult) -> str:
    name, dot, _ = asked.netloc.partition(".execute-api.")
    return f"{name}.execute-api.localhost:{to.port or 80}" if dot else asked.netloc


def _request_id(body: str, said: http.client.HTTPResponse) -> str:
    """The runtime's own, of the function's log, or else the door's."""
    try:
        named = json.loads(body)
    except ValueError:
        named = None
    if isinstance(named, dict) and isinstance(named.get("requestId"), str):
        return str(named["requestId"])
    return next((value for name in _IDS if (value := said.headers.get(name))), "")
