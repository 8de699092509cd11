"""The values that travel the online river: event -> Request -> environ -> app -> Response -> result.

They are named tuples rather than frozen dataclasses: as immutable, a fifth of the cost to make, and no
class generation at import. Here and wherever else every cold start makes one, annotations are not strings
(``from __future__ import annotations``): NamedTuple would compile each, for as long as all the rest takes.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

#: ``new(Request, (...))`` makes a named tuple in C; its generated constructor takes three times as long,
#: and on this river three are made for every request.
new = tuple.__new__

Event = dict[str, Any]
Result = dict[str, Any]


class Request(NamedTuple):
    """One HTTP request, whichever door it came through.

    Strings are "native strings" of PEP 3333: every character stands for one byte of the wire.
    """

    method: str
    #: Decoded path below the mount, for PATH_INFO.
    path: str
    #: Where the app is mounted, for SCRIPT_NAME: "" or "/stage", never with a trailing slash.
    mount: str
    #: Path and query as the client sent them, as far as the door still knows, for RAW_URI.
    raw_uri: str
    #: Undecoded query string, without "?".
    query: str
    #: As sent, in any casing; the door has joined the values of repeated ones.
    headers: Mapping[str, str]
    body: bytes
    #: The client's IP as far as AWS vouches for it.
    remote_addr: str
    #: Host name and scheme to assume when no header says.
    host: str
    scheme: str
    protocol: str
    #: REMOTE_USER, AUTH_TYPE and SSL_CLIENT_*, where AWS checked them.
    identity: Mapping[str, str]
    #: Cookies when the door hands them over apart from the headers.
    cookies: Iterable[str] = ()


class Response(NamedTuple):
    """One whole HTTP response of the app. ``headers`` keep the app's order, casing and repeats."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    #: Bytes that all of it takes on the wire, or somewhat more.
    size: int = 0
