"""The request target: what of it is path and what is query, and how each comes apart.

Every function takes and gives text as it is in an event: what is not ASCII is Unicode there, and the
wire's bytes were UTF-8. Nothing raises.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

Pairs = list[tuple[str, str]]

_ASCII = "".join(map(chr, range(0x80)))
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})").search


def split(target: str) -> tuple[str, str] | None:
    """``(path, query)`` as the client encoded them, or None for a target that none of AWS's doors takes:
    ``*``, ``host:port``, or nothing.

    Bytes that are not ASCII, which do not belong in a target, come percent-encoded.
    """
    if target[:1] != "/":
        scheme, found, rest = target.partition("://")
        if not found or scheme.lower() not in ("http", "https"):
            return None
        host = re.split("[/?]", rest, maxsplit=1)[0]
        target = rest[len(host) :]
        if target[:1] != "/":
            target = f"/{target}"
    if not target.isascii():
        target = quote(target, safe=_ASCII, encoding="latin-1")
    path, _, query = target.partition("?")
    return path, query


def below(path: str, prefix: str) -> str | None:
    """What of ``path`` lies below ``prefix`` ("/a" is not above "/apple"); "/" where nothing is left; None
    where it lies elsewhere."""
    if path == prefix:
        return "/"
    return path[len(prefix) :] if path.startswith(f"{prefix}/") else None


def decoded(text: str) -> str:
    """Percent-decoded once; bytes that are not UTF-8 are lost to U+FFFD."""
    return unquote(text) if "%" in text else text


def decoded_by_http_api(path: str) -> str | None:
    """A path as HTTP APIs decode it, or None where they answer 400.

    They decode, cut the path at a "?" that came out, and decode again; what cannot be decoded either time
    is a bad request. Seen on AWS: "/a%3Fb" arrives as "/a", "/a%2525b" as "/a%b", "/a%252Fb" as "/a/b", and
    "/a%25b" not at all.
    https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json
    """
    if "%" not in path:
        return path
    if _BROKEN_ESCAPE(path):
        return None
    path = unquote(path).partition("?")[0]
    return None if _BROKEN_ESCAPE(path) else decoded(path)


def pairs(query: str) -> Pairs:
    """Keys and values in the client's order and encoding."""
    found = []
    for part in query.split("&"):
        if part:
            key, _, value = part.partition("=")
            found.append((key, value))
    return found


def decoded_pairs(query: str) -> Pairs:
    """Keys and values in the client's order, decoded: "+" is a space."""
    if "%" not in query and "+" not in query:
        return pairs(query)
    return [(decoded(key.replace("+", " ")), decoded(value.replace("+", " "))) for key, value in pairs(query)]


def joined(found: Pairs) -> dict[str, str]:
    """A map with repeats joined by commas: payload 2.0."""
    values: dict[str, str] = {}
    for key, value in found:
        values[key] = f"{values[key]},{value}" if key in values else value
    return values


def listed(found: Pairs) -> dict[str, list[str]]:
    """A map of lists, in the order in which keys first came."""
    values: dict[str, list[str]] = {}
    for key, value in found:
        values.setdefault(key, []).append(value)
    return values
