"""Through both halves of every door: client -> gateway -> event -> door -> app, and all the way back.

What the app sees is what a plain WSGI server would have shown it, and what the client gets is what the app
said; save what AWS itself loses, which is all in the two tables below, by name.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from fakes.exchanges import ENTRANCES, HTTP_APIS, LATTICES, PAYLOAD_V1, PAYLOAD_V2, TIME, entrance
from fakes.river import Room, plain_environ, visit
from fakes.traffic import Said, requests, responses
from hypothesis import given, settings

from sameroom.local.gateways.headers import HOP_BY_HOP
from sameroom.local.gateways.remapped import DROPPED, RENAMED
from sameroom.local.gateways.targets import decoded_by_http_api
from sameroom.local.http import HttpRequest

Pairs = list[tuple[str, str]]
Environ = dict[str, Any]

ALL = tuple(ENTRANCES)
REST = ("rest-api",)


class RequestLoss(NamedTuple):
    """Something of a request that a door does not hand over. ``lose`` gives the request as it is without:
    the one that a plain server would have had to get for the app to see the same."""

    name: str
    doors: tuple[str, ...]
    lose: Callable[[HttpRequest], HttpRequest]


class ResponseLoss(NamedTuple):
    """Something of a response that a door does not hand over, or makes up."""

    name: str
    doors: tuple[str, ...]
    lose: Callable[[Said], Said]


# -- what AWS loses of requests --------------------------------------------------------------------------


def _retarget(request: HttpRequest, path: str | None = None, query: str | None = None) -> HttpRequest:
    old_path, _, old_query = request.target.partition("?")
    path, query = path or old_path, old_query if query is None else query
    return request._replace(target=f"{path}?{query}" if query else path)


def _only_headers(request: HttpRequest, kept: Callable[[str], bool]) -> HttpRequest:
    return request._replace(headers=tuple(pair for pair in request.headers if kept(pair[0].lower())))


def _pairs(query: str, separators: str = "&") -> Pairs:
    for separator in separators[1:]:
        query = query.replace(separator, "&")
    parts = [part.partition("=") for part in query.split("&") if part]
    return [(key, value) for key, _, value in parts]


def _grouped(pairs: Iterable[tuple[str, str]]) -> Pairs:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return [(key, value) for key, values in groups.items() for value in values]


def _joined(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{key}={value}" for key, value in pairs)


def _decoded_twice(request: HttpRequest) -> HttpRequest:
    path = decoded_by_http_api(request.target.partition("?")[0])
    assert path is not None
    return _retarget(request, path=quote(path, safe="/!$&'()*+,;=:@-._~"))


def _leading_slashes(request: HttpRequest) -> HttpRequest:
    path = request.target.partition("?")[0]
    return _retarget(request, path="/" + path.lstrip("/"))


def _query_decoded(separators: str) -> Callable[[HttpRequest], HttpRequest]:
    def lose(request: HttpRequest) -> HttpRequest:
        pairs = _pairs(request.target.partition("?")[2], separators)
        plain = [(unquote(key.replace("+", " ")), unquote(value.replace("+", " "))) for key, value in pairs]
        return _retarget(
            request,
            query=_joined((quote(key, safe=""), quote(value, safe="")) for key, value in _grouped(plain)),
        )

    return lose


def _query_grouped(request: HttpRequest) -> HttpRequest:
    return _retarget(request, query=_joined(_grouped(_pairs(request.target.partition("?")[2]))))


def _query_last(request: HttpRequest) -> HttpRequest:
    return _retarget(request, query=_joined(dict(_pairs(request.target.partition("?")[2])).items()))


def _headers_last(request: HttpRequest) -> HttpRequest:
    last = {name.lower(): (name, value) for name, value in request.headers}
    return request._replace(headers=tuple(last.values()))


def _headers_spaced(request: HttpRequest) -> HttpRequest:
    groups: dict[str, list[str]] = {}
    for name, value in request.headers:
        groups.setdefault(name, []).append(value)
    return request._replace(headers=tuple((name, ", ".join(values)) for name, values in groups.items()))


def _headers_utf8(request: HttpRequest) -> HttpRequest:
    def kept(value: str) -> str:
        return value.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")

    return request._replace(headers=tuple((name, kept(value)) for name, value in request.headers))


def _typed(request: HttpRequest) -> HttpRequest:
    names = {name.lower(): value for name, value in request.headers}
    if names.get("content-length") != "0" or "content-type" in names:
        return request
    return request._replace(headers=(*request.headers, ("Content-Type", "text/plain; charset=utf-8")))


REST_DROPS = frozenset(("content-md5", "max-forwards", "server", "www-authenticate"))

REQUEST_LOSSES = (
    RequestLoss("the path is decoded twice, and cut at a question mark", ("http-api",), _decoded_twice),
    RequestLoss("slashes at the beginning of the path are one", REST, _leading_slashes),
    RequestLoss("the query is decoded, and its keys are gathered", REST, _query_decoded("&;")),
    RequestLoss("the query is decoded, and its keys are gathered", ("http-api-v1",), _query_decoded("&")),
    RequestLoss("the query's keys are gathered", ("alb-multi",), _query_grouped),
    RequestLoss("of a repeated query key only the last is there", ("alb",), _query_last),
    RequestLoss("of a repeated header only the last is there", ("alb",), _headers_last),
    RequestLoss("repeated headers are joined by comma and space", ("lattice-v1",), _headers_spaced),
    RequestLoss("bytes of a header that are not UTF-8", ALL, _headers_utf8),
    RequestLoss("a type is made up for a body of no length", HTTP_APIS, _typed),
    RequestLoss(
        "headers of the connection",
        (*PAYLOAD_V2, *PAYLOAD_V1),
        lambda request: _only_headers(request, lambda name: name not in HOP_BY_HOP),
    ),
    RequestLoss(
        "headers that a REST API drops, and a length that says 0",
        REST,
        lambda request: _only_headers(
            request, lambda name: name not in REST_DROPS and (name != "content-length" or bool(request.body))
        ),
    ),
    RequestLoss(
        "bytes of a body that are not UTF-8, where no binary type is named",
        REST,
        lambda request: request._replace(body=request.body.decode("utf-8", "replace").encode()),
    ),
)
#: VPC Lattice alone does not say whether the client used TLS; the runtime then believes it.
SCHEMES = dict.fromkeys(LATTICES, "https")
#: What AWS adds. It is there on AWS, so it is there here.
ADDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PROTO", "HTTP_X_AMZN_TRACE_ID")


# -- what AWS loses of responses -------------------------------------------------------------------------


def _folded(said: Said) -> Said:
    found: dict[str, str] = {}
    cookies = []
    for name, value in said.headers:
        if name.lower() == "set-cookie":
            cookies.append((name, value))
        else:
            lower = name.lower()
            found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return said._replace(headers=[*found.items(), *cookies])


def _last_cookie(said: Said) -> Said:
    cookies = [pair for pair in said.headers if pair[0].lower() == "set-cookie"]
    others = [pair for pair in said.headers if pair[0].lower() != "set-cookie"]
    return said._replace(headers=[*others, *cookies[-1:]])


def _without(*names: str) -> Callable[[Said], Said]:
    def lose(said: Said) -> Said:
        return said._replace(headers=[pair for pair in said.headers if pair[0].lower() not in names])

    return lose


def _renamed(said: Said) -> Said:
    return said._replace(
        headers=[
            (f"x-amzn-Remapped-{name}" if name.lower() in RENAMED else name, value)
            for name, value in said.headers
            if name.lower() not in DROPPED
        ]
    )


def _type_made_up(kind: str, *, always: bool = False) -> Callable[[Said], Said]:
    def lose(said: Said) -> Said:
        typed = any(name.lower() == "content-type" for name, _ in said.headers)
        if typed or not (said.body or always):
            return said
        return said._replace(headers=[*said.headers, ("content-type", kind)])

    return lose


def _latin_1(said: Said) -> Said:
    def kept(value: str) -> str:
        try:
            value.encode("latin-1").decode()
        except UnicodeDecodeError:
            return value.encode().decode("latin-1")
        return value

    return said._replace(headers=[(name, kept(value)) for name, value in said.headers])


RESPONSE_LOSSES = (
    ResponseLoss("header values that are not UTF-8 leave as if they were latin-1", ALL, _latin_1),
    ResponseLoss("repeated headers are joined", (*PAYLOAD_V2, "alb", *LATTICES), _folded),
    ResponseLoss("of cookies only the last is sent", ("alb", *LATTICES), _last_cookie),
    ResponseLoss("some headers are renamed or dropped", ("rest-api", "function-url"), _renamed),
    ResponseLoss("the date is the gateway's", HTTP_APIS, _without("date")),
    ResponseLoss(
        "the length is the gateway's", ("alb", "alb-multi", *HTTP_APIS, *LATTICES), _without("content-length")
    ),
    ResponseLoss("a type is made up", HTTP_APIS, _type_made_up("text/plain; charset=utf-8")),
    ResponseLoss("a type is made up", ("function-url",), _type_made_up("application/json")),
    ResponseLoss("a type is made up, of nothing too", REST, _type_made_up("application/json", always=True)),
    ResponseLoss(
        "a type is made up", ("alb", "alb-multi", *LATTICES), _type_made_up("application/octet-stream")
    ),
)


# -- requests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENTRANCES)
@given(request=requests())
@settings(max_examples=200, deadline=None)
def test_an_app_sees_what_a_plain_server_would_show_it(name: str, request: HttpRequest) -> None:
    raw_path = request.target.partition("?")[0]
    if name in HTTP_APIS and decoded_by_http_api(raw_path) is None:
        return  # refused: test_gateway_paths.py
    room = Room(Said(200, [], b""))
    visit(room, request, entrance(name))
    for loss in REQUEST_LOSSES:
        if name in loss.doors:
            request = loss.lose(request)
    if name == "http-api":
        raw_path = request.target.partition("?")[0]
    wanted = plain_environ(request, raw_path, SCHEMES.get(name, "http"))
    assert {key: value for key, value in room.seen.items() if key not in ADDED} == wanted


@pytest.mark.parametrize("name", ENTRANCES)
def test_an_app_sees_what_aws_adds_to_a_request(name: str) -> None:
    room = Room(Said(200, [], b""))
    asked = HttpRequest("GET", "/", (("Host", "h"),), b"", "203.0.113.18", 3000, TIME)
    visit(room, asked, entrance(name))
    wanted = ADDED[:1] if name in LATTICES else ADDED
    assert set(wanted) <= set(room.seen)
    assert room.seen["HTTP_X_FORWARDED_FOR"] == "203.0.113.18"


# -- responses -----------------------------------------------------------------------------------------


def by_name(headers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return found


@pytest.mark.parametrize("name", ENTRANCES)
@given(said=responses())
@settings(max_examples=200, deadline=None)
def test_a_client_gets_what_the_app_said(name: str, said: Said) -> None:
    request = HttpRequest("GET", "/", (("Host", "h"), ("Accept", "*/*")), b"", "203.0.113.18", 3000, TIME)
    answer = visit(Room(said), request, entrance(name, binary_media_types=("*/*",)))
    for loss in RESPONSE_LOSSES:
        if name in loss.doors:
            said = loss.lose(said)
    assert (answer.status, answer.body) == (said.status, said.body)
    assert by_name(answer.headers) == by_name(said.headers)


def test_a_rest_api_without_binary_types_hands_out_base64_as_text() -> None:
    request = HttpRequest("GET", "/", (("Host", "h"), ("Accept", "image/png")), b"", "127.0.0.1", 3000, TIME)
    said = Said(200, [("Content-Type", "image/png")], b"\x89PNG\xff")
    assert visit(Room(said), request, entrance("rest-api")).body == base64.b64encode(said.body)
    kept = visit(Room(said), request, entrance("rest-api", binary_media_types=("image/png",)))
    assert kept.body == said.body


@pytest.mark.parametrize("loss", [*REQUEST_LOSSES, *RESPONSE_LOSSES], ids=lambda loss: loss.name)
def test_every_loss_names_doors_that_there_are(loss: RequestLoss | ResponseLoss) -> None:
    assert set(loss.doors) <= set(ENTRANCES)


# -- where the app is mounted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("door", "given_settings", "target", "mount", "path"),
    [
        ("rest-api", {"stage": "live"}, "/live/a/b", "/live", "/a/b"),
        ("rest-api", {"stage": "live"}, "/live", "/live", ""),
        ("rest-api", {"stage": "live"}, "/live/", "/live", "/"),
        ("rest-api", {"stage": "live"}, "/live/live/x", "/live", "/live/x"),
        ("rest-api", {"base_path": "v1"}, "/v1/a/b", "/v1", "/a/b"),
        ("rest-api", {"base_path": "v1", "stage": "live"}, "/v1/live/a", "/v1/live", "/a"),
        ("rest-api", {}, "/a/b", "", "/a/b"),
        ("http-api", {"stage": "live"}, "/live/a/b", "/live", "/a/b"),
        ("http-api", {}, "/live/a/b", "", "/live/a/b"),
        ("http-api", {"base_path": "v1", "stage": "live"}, "/v1/a", "", "/a"),
        ("http-api-v1", {"stage": "live"}, "/live/a/b", "/live", "/a/b"),
        ("function-url", {}, "/live/a/b", "", "/live/a/b"),
        ("alb", {}, "/live/a/b", "", "/live/a/b"),
        ("lattice", {}, "/live/a/b", "", "/live/a/b"),
    ],
)
def test_an_app_is_mounted_where_the_client_sees_it(
    door: str, given_settings: dict[str, Any], target: str, mount: str, path: str
) -> None:
    room = Room(Said(200, [], b""))
    asked = HttpRequest("GET", target, (("Host", "h"),), b"", "203.0.113.18", 3000, TIME)
    visit(room, asked, entrance(door, **given_settings))
    assert (room.seen["SCRIPT_NAME"], room.seen["PATH_INFO"]) in ((mount, path), (mount, path or "/"))
