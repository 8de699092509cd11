"""Signature Version 4: how AWS knows who sends a request, and that nobody has changed it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from .credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"
#: What proxies and clients may change on the way, and so is not signed.
_UNSIGNED = frozenset(
    {
        "authorization",
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-amzn-trace-id",
    }
)


class Request(NamedTuple):
    """A request as it will be sent. ``headers`` have Host among them; path and query are percent-encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""


class Scope(NamedTuple):
    """What a signature is good for."""

    region: str
    #: As the service is called in signatures: "ssm", "sqs", "rds-db".
    service: str


def sign(request: Request, who: Credentials, scope: Scope, now: float) -> dict[str, str]:
    """All headers of ``request``, and those by which AWS knows ``who`` sent it, and when.

    :param now: seconds since the epoch; AWS takes what is at most five minutes off.
    """
    moment = _moment(now)
    headers = {**request.headers, "X-Amz-Date": moment}
    if who.token:
        headers["X-Amz-Security-Token"] = who.token
    signed = _canonical_headers(headers)
    names = ";".join(name for name, _ in signed)
    signature = _signature(
        _canonical(request, request.query, signed, sha256(request.body).hexdigest()), who, scope, moment
    )
    headers["Authorization"] = (
        f"{_ALGORITHM} Credential={who.key}/{_credential_scope(moment, scope)}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers


def presign(request: Request, who: Credentials, scope: Scope, now: float, seconds: int) -> str:
    """The query by which anybody may send ``request`` for so many ``seconds``: what a database takes as a
    password (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html)."""
    moment = _moment(now)
    signed = _canonical_headers(request.headers)
    added = {
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{who.key}/{_credential_scope(moment, scope)}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": ";".join(name for name, _ in signed),
        **({"X-Amz-Security-Token": who.token} if who.token else {}),
    }
    parts = [f"{name}={quote(value, safe='-_.~')}" for name, value in added.items()]
    query = "&".join(filter(None, (request.query, *parts)))
    signature = _signature(
        _canonical(request, query, signed, sha256(request.body).hexdigest()), who, scope, moment
    )
    return f"{query}&X-Amz-Signature={signature}"


def _moment(now: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))


def _credential_scope(moment: str, scope: Scope) -> str:
    return f"{moment[:8]}/{scope.region}/{scope.service}/aws4_request"


def _canonical_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    named = ((name.lower(), " ".join(value.split())) for name, value in headers.items())
    return sorted(pair for pair in named if pair[0] not in _UNSIGNED)


def _canonical(request: Request, query: str, signed: Iterable[tuple[str, str]], body: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&")) if query else ()
    lines = [f"{name}:{value}" for name, value in signed]
    return "\n".join(
        (
            request.method.upper(),
            # Once more encoded: every service but S3 wants that.
            quote(_tidy(request.path), safe="/~"),
            "&".join(f"{name}={value}" for name, value in sorted((name, value) for name, _, value in pairs)),
            *lines,
            "",
            ";".join(line.partition(":")[0] for line in lines),
            body,
        )
    )


def _tidy(path: str) -> str:
    """Without empty segments and dots (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return f"/{'/'.join(kept)}{'/' if kept and path.endswith('/') else ''}"


def _signature(canonical: str, who: Credentials, scope: Scope, moment: str) -> str:
    text = "\n".join(
        (_ALGORITHM, moment, _credential_scope(moment, scope), sha256(canonical.encode()).hexdigest())
    )
    key = f"AWS4{who.secret}".encode()
    for part in (moment[:8], scope.region, scope.service, "aws4_request", text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()
