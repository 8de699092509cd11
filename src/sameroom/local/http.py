"""HTTP on AWS's side of a door: what a client sent, what it gets, and what Lambda gave in between.

Strings of the wire are latin-1: every character is one byte. Nothing here does I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from .cors import Cors


class HttpRequest(NamedTuple):
    """One request as it came in, before AWS has touched anything."""

    method: str
    #: Request target as on the wire, "/a%20b?x=1".
    target: str
    #: Names as sent, order kept.
    headers: tuple[tuple[str, str], ...]
    body: bytes
    #: The peer's IP address.
    client: str
    #: The local port that the client connected to.
    port: int
    #: Epoch seconds.
    time: float
    version: str = "1.1"


class HttpAnswer(NamedTuple):
    """What the client gets.

    ``Content-Length``, ``Date`` and ``Connection`` are missing: whoever writes the answer to a socket adds
    them. The body is there for HEAD, 204 and 304, too, where none may be sent.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Outcome(NamedTuple):
    """What Lambda gave the door for one invocation.

    ``kind`` is ``result`` (the handler returned), ``error`` (it raised, timed out, exited, or its init
    failed), ``throttled`` (no sandbox was free), or ``too_large`` (Function.ResponseSizeTooLarge).
    ``payload`` is JSON text: the handler's result, or ``{"errorType", "errorMessage", ...}``.
    """

    kind: Literal["result", "error", "throttled", "too_large"]
    payload: bytes


@dataclass(frozen=True)
class Entrance:
    """How a door is configured, on every door as far as it has such a thing.

    :ivar stage: a named stage on the API's own domain, so that clients' paths begin with ``/<stage>``; ""
        and "$default" are an HTTP API's ``$default`` stage, and for a REST API the root of a custom domain.
    :ivar base_path: a custom domain's mapping, so that clients' paths begin with it.
    :ivar multi_value_headers: the ALB target group's ``lambda.multi_value_headers.enabled``.
    :ivar binary_media_types: the REST API's ``binaryMediaTypes``; AWS's default is none.
    :ivar response_mode: ``streaming`` is a Function URL's RESPONSE_STREAM, and a REST API's STREAM.
    :ivar scheme: what X-Forwarded-Proto says. AWS's own is https; a server on a laptop is http.
    """

    door: str = "http-api"
    stage: str = ""
    base_path: str = ""
    multi_value_headers: bool = False
    binary_media_types: tuple[str, ...] = ()
    cors: Cors | None = None
    response_mode: Literal["buffered", "streaming"] = "buffered"
    scheme: Literal["http", "https"] = "http"
    region: str = "us-east-1"
    account_id: str = "123456789012"
    api_id: str = "sameroom01"
    url_id: str = "sameroomlocalfunctionurl00000000"
    custom_domain: str = "api.example.com"

    @cached_property
    def stage_prefix(self) -> str:
        """``/prod``, or nothing where no stage is named."""
        return "" if self.stage == "$default" else _prefix(self.stage)

    @cached_property
    def base_prefix(self) -> str:
        """``/v1``, or nothing where no base path is mapped."""
        return _prefix(self.base_path)

    @cached_property
    def api_domain(self) -> str:
        """The API's own domain name."""
        return f"{self.api_id}.execute-api.{self.region}.amazonaws.com"

    @cached_property
    def url_domain(self) -> str:
        """The Function URL's domain name."""
        return f"{self.url_id}.lambda-url.{self.region}.on.aws"


def _prefix(path: str) -> str:
    path = path.strip("/")
    return f"/{path}" if path else ""
