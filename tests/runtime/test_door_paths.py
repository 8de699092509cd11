"""PATH_INFO, RAW_URI and REQUEST_URI: some doors decode the path before the function sees it, some do not."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from fakes.doors import WAYS, Ask, Event, event
from fakes.serving import environ_of, environ_of_event

LENIENT = ("rest-api", "function-url", "alb", "alb-multi-value", "lattice", "lattice-v1")
ENCODED = (*LENIENT, "http-api-v1")
#: Payload 1.0 of an HTTP API has been seen with an encoded path, and there are reports of a decoded one.
DECODED = ("http-api", "http-api-v1")
PATH_KEY = {"http-api": "rawPath", "function-url": "rawPath", "lattice-v1": "raw_path"}

# What the client types, and PATH_INFO: one character a byte, decoded once.
TYPED = {
    "/": "/",
    "/a/b": "/a/b",
    "/a%20b": "/a b",
    "/a+b": "/a+b",
    "/caf%C3%A9": "/caf\xc3\xa9",
    "/%CE%BB/%E4%B8%96": "/\xce\xbb/\xe4\xb8\x96",
    "/a%2Fb": "/a/b",
    "/a%2fb": "/a/b",
    "/a%23b": "/a#b",
    "/a/": "/a/",
    "/a//b": "/a//b",
    "/a//": "/a//",
    "/a/../b/./c": "/a/../b/./c",
    "/~u/@v:1;p=2,3!$&'()*=": "/~u/@v:1;p=2,3!$&'()*=",
}
# On doors that hand the path over as it is, more gets through. HTTP APIs refuse the second half.
TYPED_WHERE_ENCODED = {
    "/a%3Fb": "/a?b",
    "/a%2520b": "/a%20b",
    "/a%252Fb": "/a%2Fb",
}
TYPED_BADLY = {
    "/a%25": "/a%",
    "/%FF%00": "/\xff\x00",
    "/100%": "/100%",
    "/a%zz%2": "/a%zz%2",
    "/%": "/%",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("typed", TYPED)
def test_the_path_is_decoded_once_on_every_door(way: str, typed: str) -> None:
    assert environ_of(way, Ask(path=typed))["PATH_INFO"] == TYPED[typed]


@pytest.mark.parametrize("way", ENCODED)
@pytest.mark.parametrize("typed", TYPED_WHERE_ENCODED)
def test_what_the_client_escaped_twice_is_still_escaped_once(way: str, typed: str) -> None:
    assert environ_of(way, Ask(path=typed))["PATH_INFO"] == TYPED_WHERE_ENCODED[typed]


@pytest.mark.parametrize("way", LENIENT)
@pytest.mark.parametrize("typed", TYPED_BADLY)
def test_escapes_that_are_none_and_bytes_that_are_no_text_stay_as_they_are(way: str, typed: str) -> None:
    environ = environ_of(way, Ask(path=typed))
    assert environ["PATH_INFO"] == TYPED_BADLY[typed]
    assert environ["RAW_URI"] == environ["REQUEST_URI"] == typed


@pytest.mark.parametrize("way", ENCODED)
@pytest.mark.parametrize("typed", [*TYPED, *TYPED_WHERE_ENCODED])
def test_raw_uri_is_what_the_client_typed_where_the_door_keeps_it(way: str, typed: str) -> None:
    environ = environ_of(way, Ask(path=typed))
    assert environ["RAW_URI"] == environ["REQUEST_URI"] == typed


@pytest.mark.parametrize("way", ["function-url", "alb-multi-value", "lattice", "lattice-v1"])
def test_raw_uri_has_the_query_as_the_client_typed_it(way: str) -> None:
    environ = environ_of(way, Ask(path="/a%2Fb", query="x=%2F&y=a+b&x=1"))
    grouped = "x=%2F&x=1&y=a+b" if way == "alb-multi-value" else "x=%2F&y=a+b&x=1"
    assert environ["RAW_URI"] == environ["REQUEST_URI"] == f"/a%2Fb?{grouped}"


# What an HTTP API hands over, already decoded: PATH_INFO, and RAW_URI, encoded again.
HANDED_OVER = {
    "/a b": ("/a b", "/a%20b"),
    "/a%20b": ("/a%20b", "/a%2520b"),
    "/a%2Fb": ("/a%2Fb", "/a%252Fb"),
    "/100%": ("/100%", "/100%25"),
    "/a%zz": ("/a%zz", "/a%25zz"),
    "/café": ("/caf\xc3\xa9", "/caf%C3%A9"),
    "/λ/世": ("/\xce\xbb/\xe4\xb8\x96", "/%CE%BB/%E4%B8%96"),
    "/a?b": ("/a?b", "/a%3Fb"),
    "/a#b": ("/a#b", "/a%23b"),
    "/a//b/": ("/a//b/", "/a//b/"),
    '/"<>\\^`{|}': ('/"<>\\^`{|}', "/%22%3C%3E%5C%5E%60%7B%7C%7D"),
    "/\ud800": ("/\xed\xa0\x80", "/%ED%A0%80"),
    "/a\nb\x00": ("/a\nb\x00", "/a%0Ab%00"),
}


@pytest.mark.parametrize("way", DECODED)
@pytest.mark.parametrize("path", HANDED_OVER)
def test_an_http_apis_path_is_not_decoded_a_second_time(way: str, path: str) -> None:
    environ = _of_path(way, path)
    assert (environ["PATH_INFO"], environ["RAW_URI"]) == HANDED_OVER[path]
    assert environ["REQUEST_URI"] == environ["RAW_URI"]


# https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json: captured on AWS.
CAPTURED = {
    "/capture/plain": "/capture/plain",
    "/capture/space%20value": "/capture/space value",
    "/capture/question%3Fvalue": "/capture/question",
    "/capture/hash%23value": "/capture/hash#value",
    "/capture/slash%2Fvalue": "/capture/slash/value",
    "/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C": "/capture/unicode-λ-世界",
    "/capture/literal%252Fvalue": "/capture/literal/value",
    "/capture/literal%253Fvalue": "/capture/literal?value",
    "/capture/literal%2525value": "/capture/literal%value",
}


@pytest.mark.parametrize("typed", CAPTURED)
def test_what_an_http_api_was_seen_to_hand_over_is_what_the_app_sees(typed: str) -> None:
    environ = environ_of("http-api", Ask(path=typed))
    assert environ["PATH_INFO"].encode("latin-1").decode() == CAPTURED[typed]
    assert unquote_to_bytes(environ["RAW_URI"]).decode() == CAPTURED[typed]


def test_a_space_that_was_escaped_twice_comes_as_the_http_api_left_it() -> None:
    """AWS itself decodes twice, and we not once more: of three times escaped, once is left."""
    assert environ_of("http-api", Ask(path="/a%2520b"))["PATH_INFO"] == "/a b"
    assert environ_of("http-api", Ask(path="/a%252520b"))["PATH_INFO"] == "/a%20b"


@pytest.mark.parametrize("way", ["http-api", "function-url"])
def test_the_other_path_of_payload_2_which_drops_a_trailing_slash_is_not_used(way: str) -> None:
    """https://github.com/adamchainz/apig-wsgi/pull/426"""
    sent = event(way, Ask(path="/a/"))
    sent["requestContext"]["http"]["path"] = "/a"
    assert environ_of_event(sent)["PATH_INFO"] == "/a/"


@pytest.mark.parametrize("path", ["//a", "///a/b", "//"])
def test_a_rest_api_collapses_leading_slashes_and_raw_uri_still_has_them(path: str) -> None:
    environ = environ_of("rest-api", Ask(path=path))
    assert environ["PATH_INFO"] == "/" + path.lstrip("/")
    assert environ["RAW_URI"] == path


@pytest.mark.parametrize("way", [way for way in WAYS if way != "rest-api"])
@pytest.mark.parametrize("path", ["//a", "///a/b", "//", "//evil.example/x"])
def test_leading_slashes_are_kept_on_every_other_door(way: str, path: str) -> None:
    environ = environ_of(way, Ask(path=path))
    assert environ["PATH_INFO"] == environ["RAW_URI"] == path


@pytest.mark.parametrize("way", LENIENT)
def test_a_path_that_is_not_ascii_although_it_should_be_encoded_comes_as_its_bytes(way: str) -> None:
    environ = _of_path(way, "/λ%2F")
    assert (environ["PATH_INFO"], environ["RAW_URI"]) == ("/\xce\xbb/", "/\xce\xbb%2F")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["", None])
def test_no_path_is_the_root(way: str, path: Any) -> None:
    environ = _of_path(way, path)
    assert (environ["PATH_INFO"], environ["RAW_URI"]) == ("/", "/")


@pytest.mark.parametrize("way", WAYS)
def test_without_a_query_raw_uri_has_no_question_mark(way: str) -> None:
    assert environ_of(way, Ask(path="/a"))["RAW_URI"] == "/a"


def _of_path(way: str, path: str | None) -> Event:
    sent = event(way, Ask())
    sent[PATH_KEY.get(way, "path")] = path
    if way in ("rest-api", "http-api-v1"):
        sent["requestContext"]["path"] = path
    if way == "rest-api":
        sent |= {"resource": "/{proxy+}", "pathParameters": {"proxy": (path or "").strip("/")}}
    return environ_of_event(sent)
