"""Requests and responses such as clients and apps make them, for hypothesis."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from sameroom.local.http import HttpRequest

from .exchanges import TIME

Pairs = list[tuple[str, str]]


class Said(NamedTuple):
    """What the app answered."""

    status: int
    headers: Pairs
    body: bytes


ESCAPES = [
    "%20",
    "%2F",
    "%C3%A9",
    "%CE%BB",
    "%2B",
    "%23",
    "%3D",
    "%26",
    "%E9",
    "+",
    "a",
    "Z",
    "0",
    "-",
    ".",
    "~",
    "é",
]
WORDS = st.lists(st.sampled_from([*ESCAPES[:-1], "%253F", "%2525x"]), min_size=1, max_size=4).map("".join)
PATHS = st.lists(WORDS, max_size=4).map(lambda parts: "/" + "/".join(parts))
SLASHED = st.tuples(PATHS, st.sampled_from(["", "/", "//"])).map(lambda both: both[0] + both[1])
KEYS = st.sampled_from(["a", "b", "a%20b", "c+d", "%C3%A9", "e-f"])
VALUES = st.lists(st.sampled_from([*ESCAPES[:-1], "%25", "/", ":", "?", "="]), max_size=4).map("".join)
QUERIES = st.lists(st.tuples(KEYS, VALUES), max_size=5).map(
    lambda pairs: "&".join(f"{key}={value}" for key, value in pairs)
)
TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12).map(
    lambda text: text.encode().decode("latin-1").replace("\x85", "").replace("\xa0", "")
)
HEADER_VALUES = st.one_of(st.sampled_from(["1", "a, b", "x=y; z", "caf\xe9"]), TEXTS.filter(bool))
NAMES = st.sampled_from(
    [
        "Accept",
        "User-Agent",
        "Authorization",
        "Referer",
        "x-probe",
        "X-Other",
        "Connection",
        "Content-MD5",
        "Server",
        "Max-Forwards",
    ]
)
BODIES = st.one_of(
    st.tuples(st.just("text/plain"), st.text(max_size=30).map(str.encode)),
    st.tuples(
        st.sampled_from(["application/json", "application/x-www-form-urlencoded"]), st.just(b'{"a":1}')
    ),
    st.tuples(st.sampled_from(["image/png", "multipart/form-data; boundary=x"]), st.binary(max_size=30)),
    st.tuples(st.just("text/plain; charset=latin-1"), st.just(b"caf\xe9")),
    st.just(("", b"")),
)


@st.composite
def requests(draw: st.DrawFn) -> HttpRequest:
    path, query = draw(SLASHED), draw(QUERIES)
    kind, body = draw(BODIES)
    headers = [("Host", "127.0.0.1:3000"), *draw(st.lists(st.tuples(NAMES, HEADER_VALUES), max_size=6))]
    if draw(st.booleans()):
        headers.append(("Cookie", draw(st.sampled_from(["a=1", "a=1; b=2", "a=1; b=2; c=%20"]))))
    if kind:
        headers += [("Content-Type", kind), ("Content-Length", str(len(body)))]
    elif draw(st.booleans()):
        headers.append(("Content-Length", "0"))
    method = draw(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]))
    client = draw(st.sampled_from(["203.0.113.18", "127.0.0.1", "2001:db8::7"]))
    target = f"{path}?{query}" if query else path
    return HttpRequest(method, target, tuple(headers), body, client, 3000, TIME)


RESPONSE_NAMES = st.sampled_from(
    [
        "X-Probe",
        "x-other",
        "Location",
        "Vary",
        "ETag",
        "Set-Cookie",
        "WWW-Authenticate",
        "Date",
        "Via",
        "Content-Language",
    ]
)
RESPONSE_BODIES = st.one_of(st.text(max_size=40).map(str.encode), st.binary(max_size=40))
TYPES = st.sampled_from(
    [None, "text/html; charset=utf-8", "application/json", "image/png", "text/plain; charset=latin-1"]
)


@st.composite
def responses(draw: st.DrawFn) -> Said:
    status = draw(st.sampled_from([200, 201, 204, 301, 304, 400, 404, 418, 499, 500, 503]))
    body = b"" if status in (204, 304) else draw(RESPONSE_BODIES)
    headers = draw(st.lists(st.tuples(RESPONSE_NAMES, HEADER_VALUES), max_size=6))
    kind = draw(TYPES)
    if kind:
        headers.append(("Content-Type", kind))
    if draw(st.booleans()) and status not in (204, 304):
        headers.append(("Content-Length", str(len(body))))
    if draw(st.booleans()):
        headers.append(("Content-Encoding", "br"))
    return Said(status, headers, body)
