"""Paths: who decodes what, slashes, stages and mappings."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.exchanges import ENTRANCES, HTTP_APIS, LATTICES, admitted, refused, request

#: Doors that hand the path over as the client encoded it, and the key that has it.
ENCODED = {
    "rest-api": "path",
    "http-api-v1": "path",
    "function-url": "rawPath",
    "alb": "path",
    "alb-multi": "path",
    "lattice": "path",
    "lattice-v1": "raw_path",
}
PATH_KEYS = {**ENCODED, "http-api": "rawPath"}


@pytest.mark.parametrize("name", ENCODED)
@pytest.mark.parametrize(
    "path",
    ["/a%20b", "/a%2Fb", "/a%252Fb", "/%CE%BB", "/a+b", "/a%3Fb", "/a;b=c", "/%E9"],
)
def test_an_encoding_door_hands_the_path_over_as_sent(name: str, path: str) -> None:
    assert admitted(name, request(path))[ENCODED[name]] == path


@pytest.mark.parametrize("name", [name for name in ENCODED if name != "http-api-v1"])
@pytest.mark.parametrize("path", ["/100%", "/%zz", "/%"])
def test_an_encoding_door_does_not_mind_a_broken_escape(name: str, path: str) -> None:
    assert admitted(name, request(path))[ENCODED[name]] == path


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("/capture/plain", "/capture/plain"),
        ("/capture/space%20value", "/capture/space value"),
        ("/capture/question%3Fvalue", "/capture/question"),
        ("/capture/hash%23value", "/capture/hash#value"),
        ("/capture/slash%2Fvalue", "/capture/slash/value"),
        ("/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C", "/capture/unicode-λ-世界"),
        ("/capture/literal%252Fvalue", "/capture/literal/value"),
        ("/capture/literal%253Fvalue", "/capture/literal?value"),
        ("/capture/literal%2525value", "/capture/literal%value"),
        ("/a+b", "/a+b"),
        ("/%E9", "/\ufffd"),
    ],
)
def test_an_http_api_decodes_twice_and_cuts_at_a_question_mark(sent: str, wanted: str) -> None:
    event = admitted("http-api", request(sent + "?x=%20"))
    assert event["rawPath"] == event["requestContext"]["http"]["path"] == wanted
    assert event["rawQueryString"] == "x=%20"


@pytest.mark.parametrize("door", HTTP_APIS)
@pytest.mark.parametrize("path", ["/capture/percent%25done", "/100%", "/%zz", "/%"])
def test_an_http_api_answers_400_to_what_it_cannot_decode(door: str, path: str) -> None:
    answer = refused(door, request(path))
    assert (answer.status, answer.body) == (400, b'{"message":"Bad Request"}')


def test_a_function_urls_context_has_the_path_decoded_once() -> None:
    event = admitted("function-url", request("/a%252Fb%20c"))
    assert event["rawPath"] == "/a%252Fb%20c"
    assert event["requestContext"]["http"]["path"] == "/a%2Fb c"


def test_payload_1_of_an_http_api_has_the_path_encoded_and_its_context_decoded() -> None:
    event = admitted("http-api-v1", request("/%E2%98%95%20Coffee"))
    assert event["path"] == "/%E2%98%95%20Coffee"
    assert event["requestContext"]["path"] == "/☕ Coffee"


@pytest.mark.parametrize("name", PATH_KEYS)
@pytest.mark.parametrize("path", ["/a//b", "/a/", "/a///", "/", "/a/b"])
def test_slashes_inside_and_at_the_end_stay(name: str, path: str) -> None:
    assert admitted(name, request(path))[PATH_KEYS[name]] == path


@pytest.mark.parametrize(
    ("target", "path", "whole", "proxy"),
    [
        ("/live/a", "/a", "/live/a", "a"),
        ("/live/a/", "/a/", "/live/a/", "a"),
        ("/live//a", "/a", "/live//a", "a"),
        ("/live/a//b", "/a//b", "/live/a//b", "a//b"),
        ("/live/a%20b/c%2Fd", "/a%20b/c%2Fd", "/live/a%20b/c%2Fd", "a%20b/c%2Fd"),
        ("/live/live", "/live", "/live/live", "live"),
        ("/live", "/", "/live", None),
        ("/live/", "/", "/live/", None),
    ],
)
def test_a_rest_api_takes_the_stage_off_the_path_but_not_off_the_context(
    target: str, path: str, whole: str, proxy: str | None
) -> None:
    event = admitted("rest-api", request(target), stage="live")
    context = event["requestContext"]
    assert (event["path"], context["path"]) == (path, whole)
    assert event["pathParameters"] == ({"proxy": proxy} if proxy else None)
    assert event["resource"] == context["resourcePath"] == ("/{proxy+}" if proxy else "/")
    assert context["stage"] == "live"


def test_a_rest_apis_base_path_is_in_the_path_and_not_in_the_resource() -> None:
    event = admitted("rest-api", request("/v1/a/b"), base_path="/v1")
    assert event["path"] == event["requestContext"]["path"] == "/v1/a/b"
    assert event["pathParameters"] == {"proxy": "a/b"}


def test_a_rest_apis_mapping_without_a_stage_leaves_the_stage_in_the_path() -> None:
    event = admitted("rest-api", request("/v1/live/a"), base_path="v1", stage="live")
    assert event["path"] == event["requestContext"]["path"] == "/v1/live/a"
    assert event["pathParameters"] == {"proxy": "a"}
    assert event["requestContext"]["stage"] == "live"


@pytest.mark.parametrize(
    ("settings", "target", "raw_path", "stage"),
    [
        ({}, "/a", "/a", "$default"),
        ({"stage": "$default"}, "/a", "/a", "$default"),
        ({"stage": "live"}, "/live/a%20b", "/live/a b", "live"),
        ({"stage": "live"}, "/live", "/live", "live"),
        ({"base_path": "v1"}, "/v1/a", "/a", "$default"),
        ({"base_path": "v1"}, "/v1", "/", "$default"),
        ({"base_path": "v1", "stage": "live"}, "/v1/a", "/live/a", "live"),
    ],
)
def test_an_http_api_keeps_the_stage_in_the_path_and_never_the_mapping(
    settings: dict[str, Any], target: str, raw_path: str, stage: str
) -> None:
    event = admitted("http-api", request(target), **settings)
    assert event["rawPath"] == raw_path
    assert event["requestContext"]["stage"] == stage


@pytest.mark.parametrize(
    ("settings", "target"),
    [({"stage": "live"}, "/live/a"), ({"base_path": "v1"}, "/v1/a"), ({}, "/a")],
)
def test_payload_1_of_an_http_api_shows_stage_and_mapping(settings: dict[str, Any], target: str) -> None:
    assert admitted("http-api-v1", request(target), **settings)["path"] == target


@pytest.mark.parametrize("door", HTTP_APIS)
@pytest.mark.parametrize("settings", [{"stage": "live"}, {"base_path": "live"}])
@pytest.mark.parametrize("target", ["/", "/livelong", "/other/live", "/LIVE/a"])
def test_an_http_api_answers_404_outside_of_its_stage(
    door: str, settings: dict[str, Any], target: str
) -> None:
    answer = refused(door, request(target), **settings)
    assert (answer.status, answer.body) == (404, b'{"message":"Not Found"}')


@pytest.mark.parametrize("settings", [{"stage": "live"}, {"base_path": "live"}])
@pytest.mark.parametrize("target", ["/", "/livelong", "/other/live", "/LIVE/a"])
def test_a_rest_api_answers_403_outside_of_its_stage(settings: dict[str, Any], target: str) -> None:
    answer = refused("rest-api", request(target), **settings)
    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')
    assert ("x-amzn-ErrorType", "ForbiddenException") in answer.headers


@pytest.mark.parametrize("name", ["function-url", "alb", "alb-multi", *LATTICES])
def test_doors_that_have_no_stages_take_no_notice_of_them(name: str) -> None:
    assert admitted(name, request("/a"), stage="live", base_path="v1")[PATH_KEYS[name]] == "/a"


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("http://example.com/a/b?x=1", "/a/b", "x=1"),
        ("HTTPS://example.com", "/", ""),
        ("http://example.com?x=1", "/", "x=1"),
        ("/a?x=1?y=2", "/a", "x=1?y=2"),
    ],
)
def test_an_absolute_target_is_its_path_and_query(name: str, target: str, path: str, query: str) -> None:
    found = admitted(name, request(target))[PATH_KEYS[name]]
    in_path = f"?{query}" if query and name in LATTICES else ""
    assert found == path + in_path


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("target", ["*", "example.com:443", "", "ftp://example.com/"])
def test_a_target_that_is_no_path_is_a_bad_request(name: str, target: str) -> None:
    assert refused(name, request(target, method="OPTIONS")).status == 400


@pytest.mark.parametrize("name", ENCODED)
def test_raw_bytes_in_a_target_are_encoded(name: str) -> None:
    raw = "/Zürich".encode().decode("latin-1")
    assert admitted(name, request(raw))[ENCODED[name]] == "/Z%C3%BCrich"


def test_raw_bytes_in_a_target_are_decoded_where_the_door_decodes() -> None:
    raw = "/Zürich?q=ü".encode().decode("latin-1")
    event = admitted("http-api", request(raw))
    assert event["rawPath"] == "/Zürich"
    assert event["rawQueryString"] == "q=%C3%BC"
