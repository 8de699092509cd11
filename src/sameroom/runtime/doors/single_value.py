"""Results of doors that take one value a header: an ALB without multi-value headers, and Lattice."""

from __future__ import annotations

import logging

from ..messages import Response, Result
from . import bodies, paths

log = logging.getLogger("sameroom")


def render(response: Response, remedy: str) -> Result:
    """Repeats are joined; of cookies, which cannot be, the last one is sent and the others are named
    in a log line, with the remedy."""
    headers: dict[str, str] = {}
    lost: list[str] = []
    for name, value in response.headers:
        name = name.lower()
        if not value.isascii():
            value = paths.wire(value)
        if name in headers and name == "set-cookie":
            lost.append(headers[name].partition("=")[0])
            headers[name] = value
        elif name in headers:
            headers[name] += ", " + value
        else:
            headers[name] = value
    if lost:
        log.warning("This door takes one Set-Cookie a response: lost %s. %s", ", ".join(lost), remedy)
    text, is_base64 = bodies.sent(
        response.body, headers.get("content-type", ""), headers.get("content-encoding", "")
    )
    return {
        "statusCode": response.status,
        "statusDescription": f"{response.status} {response.reason}".rstrip(),
        "headers": headers,
        "body": text,
        "isBase64Encoded": is_base64,
    }
