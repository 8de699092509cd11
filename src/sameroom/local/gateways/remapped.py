"""Response headers that REST APIs and Function URLs rename or drop.

The table is API Gateway's for Lambda integrations: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
Function URLs rename alike, undocumented, as live answers show for content-length and www-authenticate:
https://github.com/cargo-lambda/cargo-lambda/issues/862
"""

from __future__ import annotations

Headers = list[tuple[str, str]]

#: Sent on as ``x-amzn-Remapped-<name>``, in the function's spelling. Content-Length passes through by the
#: table, but is renamed in every answer one sees.
RENAMED = frozenset(
    (
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "max-forwards",
        "server",
        "user-agent",
        "www-authenticate",
        "x-amzn-requestid",
    )
)
DROPPED = frozenset(
    ("expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via")
)
_TOUCHED = RENAMED | DROPPED


def remapped(headers: Headers) -> Headers:
    """The headers that the client sees."""
    names = {name.lower() for name, _ in headers}
    if _TOUCHED.isdisjoint(names):
        return headers
    return [
        (f"x-amzn-Remapped-{name}" if name.lower() in RENAMED else name, value)
        for name, value in headers
        if name.lower() not in DROPPED
    ]
