"""Requests to events: headers and cookies, folded as each door folds them."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.exchanges import (
    ENTRANCES,
    HTTP_APIS,
    PAYLOAD_V1,
    PAYLOAD_V2,
    admitted,
    header,
    request,
)

# -- headers ---------------------------------------------------------------------------------------------

REPEATED = (("X-Probe", "first"), ("X-Probe", "second"))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("http-api", {"x-probe": "first,second"}),
        ("function-url", {"x-probe": "first,second"}),
        ("alb", {"x-probe": "second"}),
        ("lattice", {"X-Probe": ["first", "second"]}),
        ("lattice-v1", {"X-Probe": "first, second"}),
        ("rest-api", {"X-Probe": "second"}),
        ("http-api-v1", {"X-Probe": "second"}),
    ],
)
def test_repeated_headers_are_folded_as_the_door_folds_them(name: str, wanted: dict[str, Any]) -> None:
    event = admitted(name, request(headers=REPEATED))
    assert wanted.items() <= event["headers"].items()


@pytest.mark.parametrize("name", ["rest-api", "http-api-v1", "alb-multi"])
def test_every_value_of_a_repeated_header_is_in_the_map_of_many(name: str) -> None:
    event = admitted(name, request(headers=REPEATED))
    assert header(event, "x-probe") == ["first", "second"]


def test_an_alb_sends_one_map_of_headers_as_it_is_set() -> None:
    assert "multiValueHeaders" not in admitted("alb", request())
    assert "multiValueQueryStringParameters" not in admitted("alb", request("/?a=1"))
    assert "headers" not in admitted("alb-multi", request())
    assert "queryStringParameters" not in admitted("alb-multi", request("/?a=1"))


@pytest.mark.parametrize("name", ["http-api", "function-url", "alb", "alb-multi"])
def test_header_names_come_in_lower_case_where_the_door_lowers_them(name: str) -> None:
    event = admitted(name, request(headers=(("X-Custom-Name", "1"), ("AUTHORIZATION", "Basic eA=="))))
    found = event.get("headers") or event["multiValueHeaders"]
    assert all(key == key.lower() for key in found)
    assert header(event, "authorization") == ["Basic eA=="]


@pytest.mark.parametrize("door", PAYLOAD_V1)
def test_payload_1_spells_known_names_itself_and_others_as_sent(door: str) -> None:
    sent = (("tEsT-HeAdEr", "v"), ("authorization", "Basic eA=="), ("USER-AGENT", "probe"))
    assert {"tEsT-HeAdEr", "Authorization", "User-Agent", "Host"} <= set(
        admitted(door, request(headers=sent))["headers"]
    )


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_header_in_utf_8_arrives_as_its_text(name: str) -> None:
    wire = "Zürich".encode().decode("latin-1")
    assert header(admitted(name, request(headers=(("x-city", wire),))), "x-city") == ["Zürich"]


@pytest.mark.parametrize("name", ENTRANCES)
def test_content_length_reaches_every_function_but_a_rest_apis(name: str) -> None:
    sent = (("Content-Length", "2"), ("Content-Type", "text/plain"))
    event = admitted(name, request(method="POST", headers=sent, body=b"hi"))
    assert header(event, "content-length") == ([] if name == "rest-api" else ["2"])


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_chunked_body_comes_whole_and_the_header_that_said_so_does_not(name: str) -> None:
    sent = (("Transfer-Encoding", "chunked"), ("Content-Type", "text/plain"))
    event = admitted(name, request(method="POST", headers=sent, body=b"hi"))
    assert header(event, "transfer-encoding") == []
    if name in ("http-api", "http-api-v1", "function-url", "alb", "alb-multi"):
        assert header(event, "content-length") == ["2"]


@pytest.mark.parametrize(
    "name", ["Content-MD5", "Max-Forwards", "Expect", "TE", "Trailer", "Server", "WWW-Authenticate"]
)
def test_a_rest_api_drops_the_headers_its_table_names(name: str) -> None:
    assert header(admitted("rest-api", request(headers=((name, "x"),))), name) == []


def test_a_rest_api_takes_the_method_from_its_override_header() -> None:
    event = admitted("rest-api", request(method="POST", headers=(("X-HTTP-Method-Override", "PATCH"),)))
    assert event["httpMethod"] == event["requestContext"]["httpMethod"] == "PATCH"
    assert header(event, "x-http-method-override") == []


@pytest.mark.parametrize("door", HTTP_APIS)
def test_an_http_api_gives_a_type_to_a_body_of_no_length(door: str) -> None:
    event = admitted(door, request(method="POST", headers=(("Content-Length", "0"),)))
    assert header(event, "content-type") == ["text/plain; charset=utf-8"]


# -- cookies ---------------------------------------------------------------------------------------------

COOKIES = (("Cookie", "a=1; b=2"), ("Cookie", "c=3"))


def test_an_http_api_has_cookies_in_a_list_alone() -> None:
    event = admitted("http-api", request(headers=COOKIES))
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


def test_a_function_url_has_cookies_in_a_list_and_in_a_header() -> None:
    event = admitted("function-url", request(headers=COOKIES))
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert event["headers"]["cookie"] == "a=1; b=2; c=3"


@pytest.mark.parametrize("door", PAYLOAD_V2)
def test_without_cookies_there_is_no_list_of_them(door: str) -> None:
    event = admitted(door, request())
    assert "cookies" not in event
    assert "cookie" not in event["headers"]


@pytest.mark.parametrize("name", ["rest-api", "http-api-v1", "alb", "alb-multi", "lattice", "lattice-v1"])
def test_other_doors_have_cookies_as_a_header(name: str) -> None:
    event = admitted(name, request(headers=COOKIES[:1]))
    assert "cookies" not in event
    assert header(event, "cookie") == ["a=1; b=2"]
