"""Headers on their way into an event: folded as the door folds them, with what AWS adds.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
"""

from __future__ import annotations

from collections.abc import Iterable

from ..http import Entrance, HttpRequest
from .stamps import trace_id

#: What belongs to one connection; the gateway takes the body whole, so it says nothing of how that came.
HOP_BY_HOP = frozenset(
    (
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)


def text(value: str) -> str:
    """A value of the wire as text for JSON: its bytes as UTF-8, what is none lost to U+FFFD."""
    return value if value.isascii() else value.encode("latin-1", "replace").decode("utf-8", "replace")


def find(headers: Iterable[tuple[str, str]], name: str) -> str:
    """The first value of a header, "" where there is none. ``name`` is in lower case."""
    for key, value in headers:
        if key.lower() == name:
            return value
    return ""


def has(headers: Iterable[tuple[str, str]], name: str) -> bool:
    """Whether there is a header of that name, which is in lower case."""
    return any(key.lower() == name for key, _ in headers)


def size(headers: Iterable[tuple[str, str]]) -> int:
    """Bytes of the header section on the wire, without the empty line at its end."""
    return sum([len(name) + len(value) + 4 for name, value in headers])


def lowered(request: HttpRequest) -> dict[str, list[str]]:
    """Every value of every header, under its name in lower case and in the order of the wire."""
    found: dict[str, list[str]] = {}
    for name, value in request.headers:
        name = name.lower()
        if not value.isascii():
            value = text(value)
        if name in found:
            found[name].append(value)
        else:
            found[name] = [value]
    return found


def forwarded_for(sent: Iterable[str], peer: str) -> str:
    """X-Forwarded-For with the peer at its end, after what the client sent of it."""
    return ", ".join([*sent, peer])


def traced(sent: str, request: HttpRequest, request_id: str) -> str:
    """X-Amzn-Trace-Id: the client's own if it names a root, else a new one."""
    return sent if "Root=" in sent else trace_id(request.time, request_id)


def forward(found: dict[str, list[str]], request: HttpRequest, entrance: Entrance, request_id: str) -> None:
    """Put AWS's own headers into ``found``, whose names are in lower case."""
    found["x-forwarded-for"] = [forwarded_for(found.get("x-forwarded-for", ()), request.client)]
    found["x-forwarded-port"] = [str(request.port)]
    found["x-forwarded-proto"] = [entrance.scheme]
    found["x-amzn-trace-id"] = [traced(",".join(found.get("x-amzn-trace-id", ())), request, request_id)]
