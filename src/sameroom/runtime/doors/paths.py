"""Paths, queries and mounts, as the doors hand them over and as PEP 3333 wants them.

A *native string* is PEP 3333's: a ``str`` in which every character stands for one byte of the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes


def native(text: str) -> str:
    """``text`` of an event as a native string. AWS decoded the wire's bytes as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def decoded(path: str) -> str:
    """A percent-encoded path as a native string; escapes that are none stay as they are."""
    return unquote_to_bytes(path).decode("latin-1") if "%" in path else native(path)


# Sets rather than patterns: as quick on a path, and a pattern costs 0.1 ms to compile at every cold start.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SAFE = "/!$&'()*+,;=:@-._~"

_PLAIN = frozenset(_LETTERS + _SAFE).issuperset


def plain(path: str) -> bool:
    """Whether a path is the same encoded, decoded and as a native string, as nearly all are."""
    return path.isascii() and _PLAIN(path)


def encoded(path: str) -> str:
    """A path that the door has decoded, encoded again; which characters were escaped is lost."""
    if plain(path):
        return path
    return quote(path, safe=_SAFE, errors="surrogatepass")


def query_of(pairs: Iterable[tuple[str, str]]) -> str:
    """A query string from pairs that the door has decoded."""
    return "&".join([f"{_quoted(key)}={_quoted(value)}" for key, value in pairs])


_WORDS = frozenset(_LETTERS + "_.~ -").issuperset


def _quoted(text: str) -> str:
    if _WORDS(text):
        return text.replace(" ", "%20")
    return quote(text, safe="", errors="surrogatepass")


def pairs_of(many: Mapping[str, list[str]] | None, one: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Pairs of a multi-value map, or where there is none, of its single-value twin. Either may be null."""
    if many:
        return [(name, value) for name, values in many.items() for value in values]
    return list(one.items()) if one else []


def below(path: str, mount: str) -> str | None:
    """What of ``path`` lies below ``mount``, or None where it does not: "/a" never takes from "/apple"."""
    if path == mount:
        return ""
    return path[len(mount) :] if path.startswith(mount + "/") else None


def remounted(path: str, mount: str, explicit: str) -> tuple[str, str]:
    """``(path, mount)`` when one mount was computed from the event and another was set by hand.

    The one set by hand is what clients see, so it wins; it is taken off the path where it is on it, with or
    without the computed one before it.
    """
    if not explicit:
        return path, mount
    for whole in (mount + path, path):
        rest = below(whole, explicit)
        if rest is not None:
            return rest, explicit
    return path, explicit


def lookup(headers: Mapping[str, Any] | None, name: str) -> Any:
    """The value of a header whose spelling is not known, or None. ``name`` is in lower case."""
    for key, value in (headers or {}).items():
        if key.lower() == name:
            return value
    return None


def before_resource(path: str, resource: str, parameters: Mapping[str, str]) -> str:
    """What ``path`` has in front of the resource that API Gateway matched: a mapping's base path, a stage.

    :param resource: the template, "/{proxy+}" or "/pets/{id}"; "$default" says nothing.
    :param parameters: the template's values; AWS drops a trailing slash from the last one.
    """
    if not resource.startswith("/"):
        return ""
    filled = resource
    for name, value in parameters.items():
        filled = filled.replace(f"{{{name}+}}", value).replace(f"{{{name}}}", value)
    if filled == path:
        return ""
    wanted = unquote(filled).rstrip("/")
    cut = 0
    while cut != -1:
        if unquote(path[cut:]).rstrip("/") == wanted:
            return path[:cut]
        cut = path.find("/", cut + 1)
    return path if not wanted and path != "/" else ""


def wire(value: str) -> str:
    """A native string as text for JSON, such that the door, which writes UTF-8, sends the same bytes."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def unstaged(path: str, stage: str | None, domain: str) -> tuple[str, str]:
    """``(path, mount)`` of an HTTP API's path. A named stage leads it, and on the API's own domain it is
    what clients typed, so it is the mount; on a custom domain it is AWS's alone."""
    if not stage or stage == "$default":
        return path, ""
    prefix = "/" + stage
    rest = below(path, prefix)
    if rest is None:
        return path, ""
    if ".execute-api." in domain:
        return rest, prefix
    return rest or "/", ""
