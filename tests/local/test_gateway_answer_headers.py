"""Results to answers: headers merged, renamed, dropped and added."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.exchanges import (
    ENTRANCES,
    LATTICES,
    PAYLOAD_V1,
    PAYLOAD_V2,
    REQUEST_ID,
    answered,
    concluded,
    is_broken,
    ok,
    request,
    values,
    with_headers,
)

from sameroom.local.gateways import gateway
from sameroom.local.http import Outcome

# -- headers ---------------------------------------------------------------------------------------------


def test_a_rest_api_takes_no_key_that_it_does_not_know() -> None:
    assert is_broken("rest-api", answered("rest-api", ok("rest-api", cookies=["a=1"])))
    assert is_broken("rest-api", answered("rest-api", ok("rest-api", statusDescription="200 OK")))


@pytest.mark.parametrize("name", [name for name in ENTRANCES if name != "rest-api"])
def test_other_doors_take_no_notice_of_keys_they_do_not_know(name: str) -> None:
    assert answered(name, ok(name, surprise=1)).status == 200


@pytest.mark.parametrize("door", PAYLOAD_V1)
def test_both_header_maps_are_merged_and_the_spelling_of_many_wins(door: str) -> None:
    result = ok(
        door,
        headers={"x-both": "single", "x-one": "1", "X-Same": "2"},
        multiValueHeaders={"X-Both": ["a", "b"], "x-same": ["2"]},
    )
    answer = answered(door, result)
    assert values(answer, "x-both") == ["single", "a", "b"]
    assert values(answer, "x-one") == ["1"]
    assert values(answer, "x-same") == ["2"]
    if door == "rest-api":
        assert [name for name, _ in answer.headers if name.lower() == "x-both"] == ["X-Both"] * 3


@pytest.mark.parametrize("name", ["rest-api", "http-api-v1", "alb-multi"])
def test_values_of_many_that_are_no_list_break_the_answer(name: str) -> None:
    assert is_broken(name, answered(name, ok(name, multiValueHeaders={"x": "1"})))


@pytest.mark.parametrize("name", ["rest-api", "http-api", "http-api-v1", "function-url"])
@pytest.mark.parametrize(
    ("value", "sent"), [(True, "true"), (False, "false"), (86400, "86400"), (1.5, "1.5")]
)
def test_api_gateway_writes_numbers_and_booleans_as_json_does(name: str, value: Any, sent: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {"x-probe": value})))
    assert values(answer, "x-probe") == [sent]


@pytest.mark.parametrize("name", ["alb", "alb-multi", *LATTICES])
@pytest.mark.parametrize("value", [True, 86400, 1.5, None])
def test_a_header_that_is_no_string_breaks_a_target_groups_answer(name: str, value: Any) -> None:
    assert is_broken(name, answered(name, ok(name, **with_headers(name, {"x-probe": value}))))


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_header_that_is_an_object_breaks_the_answer(name: str) -> None:
    assert is_broken(name, answered(name, ok(name, **with_headers(name, {"x-probe": {"a": 1}}))))


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: evil=1", "a\nb", "a\rb", "a\0b", "\x7f"])
def test_a_header_value_with_a_line_break_breaks_the_answer(name: str, value: str) -> None:
    assert is_broken(name, answered(name, ok(name, **with_headers(name, {"x-probe": value}))))


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("key", ["x\r\nevil: 1", "x y", "", "x:", "é"])
def test_a_header_name_that_is_none_breaks_the_answer(name: str, key: str) -> None:
    assert is_broken(name, answered(name, ok(name, **with_headers(name, {key: "1"}))))


@pytest.mark.parametrize("name", ENTRANCES)
def test_headers_that_are_no_object_break_the_answer(name: str) -> None:
    key = "multiValueHeaders" if name == "alb-multi" else "headers"
    assert is_broken(name, answered(name, ok(name, **{key: ["x: 1"]})))


@pytest.mark.parametrize("name", ENTRANCES)
def test_headers_may_be_null(name: str) -> None:
    assert answered(name, ok(name, headers=None, multiValueHeaders=None)).status == 200


@pytest.mark.parametrize("name", ["rest-api", "http-api", "http-api-v1", "function-url"])
def test_a_header_that_is_null_is_left_out(name: str) -> None:
    assert values(answered(name, ok(name, headers={"x-probe": None})), "x-probe") == []


def test_a_content_type_that_is_null_takes_a_rest_apis_default_away() -> None:
    answer = answered("rest-api", {"statusCode": 204, "headers": {"Content-Type": None}})
    assert values(answer, "content-type") == []


@pytest.mark.parametrize("multi", [False, True])
def test_an_alb_needs_headers_in_the_map_its_target_group_is_set_to(multi: bool) -> None:
    name = "alb-multi" if multi else "alb"
    wrong = {"headers": {"x": "1"}} if multi else {"multiValueHeaders": {"x": ["1"]}}
    assert is_broken(name, answered(name, ok(name, **wrong)))
    both = ok(name, headers={"x": "one"}, multiValueHeaders={"x": ["many"]})
    assert values(answered(name, both), "x") == ["many" if multi else "one"]


# -- cookies ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", PAYLOAD_V2)
def test_each_of_payload_2s_cookies_is_a_header(door: str) -> None:
    answer = answered(door, ok(door, cookies=["a=1; Path=/", "b=2"]))
    assert values(answer, "set-cookie") == ["a=1; Path=/", "b=2"]


@pytest.mark.parametrize("door", PAYLOAD_V2)
@pytest.mark.parametrize("cookies", ["a=1", [1], [None], ["a=1\r\nx: 1"], {"a": "1"}])
def test_cookies_that_are_no_list_of_strings_break_the_answer(door: str, cookies: Any) -> None:
    assert is_broken(door, answered(door, ok(door, cookies=cookies)))


@pytest.mark.parametrize("name", ["rest-api", "http-api-v1", "alb-multi"])
def test_cookies_of_many_are_headers_each(name: str) -> None:
    answer = answered(name, ok(name, multiValueHeaders={"Set-Cookie": ["a=1", "b=2"]}))
    assert values(answer, "set-cookie") == ["a=1", "b=2"]


def test_a_lattice_takes_a_list_as_many_headers() -> None:
    answer = answered("lattice", ok("lattice", headers={"Set-Cookie": ["a=1", "b=2"]}))
    assert values(answer, "set-cookie") == ["a=1", "b=2"]


# -- what belongs to the connection, and what is renamed ---------------------------------------------------

OWN = ("Connection", "Content-Length", "Date", "Transfer-Encoding")


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("own", ["Connection", "Content-Length", "Transfer-Encoding"])
def test_headers_of_the_connection_do_not_pass(name: str, own: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {own: "1"})))
    assert values(answer, own) == []


@pytest.mark.parametrize("name", ["rest-api", "function-url"])
@pytest.mark.parametrize(
    "given",
    [
        "WWW-Authenticate",
        "www-authenticate",
        "Authorization",
        "Connection",
        "Content-Length",
        "Content-MD5",
        "Date",
        "Max-Forwards",
        "Server",
        "User-Agent",
    ],
)
def test_some_headers_are_renamed_by_rest_apis_and_function_urls(name: str, given: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {given: "v"})))
    assert (f"x-amzn-Remapped-{given}", "v") in answer.headers
    assert values(answer, given) == []


@pytest.mark.parametrize("name", ["rest-api", "function-url"])
@pytest.mark.parametrize("given", ["Expect", "Host", "TE", "Trailer", "Upgrade", "Via", "Proxy-Authenticate"])
def test_some_headers_are_dropped_by_rest_apis_and_function_urls(name: str, given: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {given: "v"})))
    assert given.lower() not in {key.lower().rpartition("remapped-")[2] for key, _ in answer.headers}


@pytest.mark.parametrize("name", ["http-api", "http-api-v1", "alb", "alb-multi", *LATTICES])
@pytest.mark.parametrize("given", ["www-authenticate", "server", "via"])
def test_other_doors_rename_nothing(name: str, given: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {given: "v"})))
    assert values(answer, given) == ["v"]


# -- ids -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("http-api", {"apigw-requestid": "fCr32zHzQrWKbZ8="}),
        ("http-api-v1", {"apigw-requestid": "fCr32zHzQrWKbZ8="}),
        ("rest-api", {"x-amzn-RequestId": REQUEST_ID, "x-amz-apigw-id": "fCr32zHzQrWKbZ8="}),
        ("function-url", {"x-amzn-RequestId": REQUEST_ID}),
    ],
)
def test_an_answer_has_the_ids_of_its_event(name: str, wanted: dict[str, str]) -> None:
    for answer in (answered(name, ok(name)), concluded(name, Outcome("error", b"{}"))):
        assert wanted.items() <= dict(answer.headers).items() or name == "rest-api"
        assert all(values(answer, key) == [value] for key, value in wanted.items())


@pytest.mark.parametrize("name", ["rest-api", "function-url"])
def test_a_trace_id_comes_back_where_aws_gives_one(name: str) -> None:
    (trace,) = values(answered(name, ok(name)), "x-amzn-trace-id")
    assert trace.startswith("Root=1-6a5145a8-7c2af7db31f342b58a6d9ffc;")


@pytest.mark.parametrize("name", ENTRANCES)
def test_without_a_request_id_the_ids_are_left_out(name: str) -> None:
    place = ENTRANCES[name]
    for outcome in (Outcome("result", json.dumps(ok(name)).encode()), Outcome("error", b"")):
        answer = gateway(place.door).answer(outcome, request(), place)
        assert not [key for key, _ in answer.headers if "requestid" in key.lower() or "apigw" in key.lower()]
