"""Requests to events: the golden ones whole, and row by row of what differs from door to door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.exchanges import (
    ENTRANCES,
    LATTICES,
    PAYLOAD_V1,
    PAYLOAD_V2,
    REQUEST_ID,
    admitted,
    header,
    request,
)

from sameroom.local.gateways import DOORS, gateway
from sameroom.local.http import Entrance, HttpRequest

EVENTS = Path(__file__).parent.parent / "events"


def _samples() -> list[Path]:
    """Of requests; those of services come through no door."""
    return sorted(path for path in EVENTS.rglob("*.json") if path.parent.name != "services")


TARGET = (
    "/messages/space%20and%2Fslash"
    "?tag=one&tag=two&to=https%3A%2F%2Fexample.com%2Fa&plus=a+b&encoded=a%2Bb&empty="
)
BODY = '{"message":"hello","unicode":"lambda-λ"}'.encode()


def golden(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def golden_request(host: str, target: str = TARGET) -> HttpRequest:
    headers = (
        ("Host", host),
        ("User-Agent", "curl/8.7.1"),
        ("accept", "*/*"),
        ("content-type", "application/json"),
        ("content-length", str(len(BODY))),
        ("cookie", "session=abc123; theme=dark"),
        ("x-probe", "first"),
        ("x-probe", "second"),
    )
    return HttpRequest("POST", target, headers, BODY, "203.0.113.18", 443, 1783711144.836)


def golden_entrance(door: str, **settings: Any) -> Entrance:
    return Entrance(
        door=door,
        scheme="https",
        region="us-west-2",
        api_id="sjzepsqsu5",
        url_id="2cxn22odiwguak4feg4jtt7cwm0ziblr",
        **settings,
    )


def host_of(event: dict[str, Any]) -> str:
    return header(event, "host")[0]


@pytest.mark.parametrize("door", DOORS)
def test_a_door_makes_its_golden_event_of_the_golden_request(door: str) -> None:
    wanted = golden(door.replace("-", "_"))
    stage, target = ("live", f"/live{TARGET}") if door == "rest-api" else ("", TARGET)
    asked = golden_request(host_of(wanted), target)
    assert gateway(door).admit(asked, golden_entrance(door, stage=stage), REQUEST_ID) == wanted


@pytest.mark.parametrize(
    ("name", "door", "target", "settings"),
    [
        ("http_api_named_stage", "http-api", "/live/messages/a%20b?x=1", {"stage": "live"}),
        (
            "http_api_base_path",
            "http-api",
            "/v1/messages/a%20b?x=1",
            {"base_path": "v1", "stage": "live"},
        ),
        ("http_api_v1_named_stage", "http-api-v1", "/live/messages/a%20b?x=1", {"stage": "live"}),
        ("http_api_v1_base_path", "http-api-v1", "/v1/messages/a%20b?x=1", {"base_path": "/v1/"}),
        ("rest_api_base_path", "rest-api", "/v1/messages/a%20b?x=1", {"base_path": "v1"}),
        (
            "rest_api_base_path_and_stage",
            "rest-api",
            "/v1/live/messages/a%20b?x=1",
            {"base_path": "v1", "stage": "live"},
        ),
    ],
)
def test_a_stage_or_a_mapping_gives_its_golden_event(
    name: str, door: str, target: str, settings: dict[str, Any]
) -> None:
    wanted = golden(f"extra/{name}")
    asked = golden_request(host_of(wanted), target)
    kept = tuple(pair for pair in asked.headers if not pair[0].startswith("content-"))
    asked = asked._replace(method="GET", body=b"", headers=kept)
    assert gateway(door).admit(asked, golden_entrance(door, **settings), REQUEST_ID) == wanted


def test_an_alb_with_multi_value_headers_gives_its_golden_event() -> None:
    wanted = golden("extra/alb_multi_value")
    asked = golden_request(host_of(wanted))
    made = gateway("alb").admit(asked, golden_entrance("alb", multi_value_headers=True), REQUEST_ID)
    assert made == wanted


@pytest.mark.parametrize("path", _samples(), ids=lambda path: path.stem)
def test_every_sample_event_is_known_to_its_door(path: Path) -> None:
    from sameroom.runtime.doors import name_of

    door = name_of(golden(str(path.relative_to(EVENTS).with_suffix(""))))
    assert path.stem.startswith(door.replace("-", "_"))


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_doors_event_tells_the_door(name: str) -> None:
    from sameroom.runtime.doors import name_of

    assert name_of(admitted(name, request())) == ENTRANCES[name].door


# -- query -----------------------------------------------------------------------------------------------

QUERY = "/?b=2&a=one&b=3&plus=a+b&pct=%C3%A9%2B&empty=&bare"


@pytest.mark.parametrize("door", PAYLOAD_V2)
def test_payload_2_has_the_query_verbatim_and_a_decoded_map_joined_by_commas(door: str) -> None:
    event = admitted(door, request(QUERY))
    assert event["rawQueryString"] == QUERY[2:]
    assert event["queryStringParameters"] == {
        "b": "2,3",
        "a": "one",
        "plus": "a b",
        "pct": "é+",
        "empty": "",
        "bare": "",
    }


@pytest.mark.parametrize("door", PAYLOAD_V1)
def test_payload_1_has_decoded_maps_of_last_and_of_all_values(door: str) -> None:
    event = admitted(door, request(QUERY))
    assert event["queryStringParameters"]["b"] == "3"
    assert event["multiValueQueryStringParameters"]["b"] == ["2", "3"]
    assert event["multiValueQueryStringParameters"]["plus"] == ["a b"]
    assert event["multiValueQueryStringParameters"]["pct"] == ["é+"]
    assert list(event["multiValueQueryStringParameters"]) == ["b", "a", "plus", "pct", "empty", "bare"]


def test_a_semicolon_splits_the_query_of_a_rest_api_alone() -> None:
    assert admitted("rest-api", request("/?a=1;b=2"))["queryStringParameters"] == {"a": "1", "b": "2"}
    assert admitted("http-api", request("/?a=1;b=2"))["queryStringParameters"] == {"a": "1;b=2"}


def test_an_alb_leaves_the_query_as_the_client_encoded_it() -> None:
    wanted = {"b": "3", "a": "one", "plus": "a+b", "pct": "%C3%A9%2B", "empty": "", "bare": ""}
    assert admitted("alb", request(QUERY))["queryStringParameters"] == wanted
    many = admitted("alb-multi", request(QUERY))["multiValueQueryStringParameters"]
    assert many["b"] == ["2", "3"]
    assert many["pct"] == ["%C3%A9%2B"]


@pytest.mark.parametrize("door", LATTICES)
def test_a_lattice_has_the_query_inside_the_path(door: str) -> None:
    event = admitted(door, request(QUERY))
    assert event["path" if door == "lattice" else "raw_path"] == QUERY


def test_a_lattice_lists_repeated_query_keys_or_keeps_the_last() -> None:
    assert admitted("lattice", request(QUERY))["queryStringParameters"]["b"] == ["2", "3"]
    assert admitted("lattice-v1", request(QUERY))["query_string_parameters"]["b"] == "3"


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("http-api", {"rawQueryString": ""}),
        ("function-url", {"rawQueryString": ""}),
        ("rest-api", {"queryStringParameters": None, "multiValueQueryStringParameters": None}),
        ("http-api-v1", {"queryStringParameters": None, "multiValueQueryStringParameters": None}),
        ("alb", {"queryStringParameters": {}}),
        ("alb-multi", {"multiValueQueryStringParameters": {}}),
        ("lattice", {"path": "/"}),
        ("lattice-v1", {"raw_path": "/", "query_string_parameters": {}}),
    ],
)
def test_without_a_query_the_map_is_absent_or_null_or_empty(name: str, keys: dict[str, Any]) -> None:
    event = admitted(name, request("/"))
    assert {key: event[key] for key in keys} == keys
    queries = {key for key in event if "uery" in key}
    assert queries <= set(keys) | {"rawQueryString"}


# -- what AWS adds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in ENTRANCES if not name.startswith("lattice")])
def test_a_door_says_who_asked_and_how(name: str) -> None:
    event = admitted(name, request())
    assert header(event, "x-forwarded-for") == ["203.0.113.18"]
    assert header(event, "x-forwarded-proto") == ["http"]
    assert header(event, "x-forwarded-port") == ["3000"]
    assert header(event, "x-amzn-trace-id") == ["Root=1-6a5145a8-7c2af7db31f342b58a6d9ffc"]


@pytest.mark.parametrize("door", LATTICES)
def test_a_lattice_adds_the_peer_alone(door: str) -> None:
    event = admitted(door, request())
    assert header(event, "x-forwarded-for") == ["203.0.113.18"]
    assert {key.lower() for key in event["headers"]} == {"host", "x-forwarded-for"}


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_peer_comes_after_the_forwarders_that_the_client_claims(name: str) -> None:
    sent = (("X-Forwarded-For", "6.6.6.6"), ("x-forwarded-for", "7.7.7.7, 8.8.8.8"))
    event = admitted(name, request(headers=sent))
    assert header(event, "x-forwarded-for") == ["6.6.6.6, 7.7.7.7, 8.8.8.8, 203.0.113.18"]


@pytest.mark.parametrize("name", [name for name in ENTRANCES if not name.startswith("lattice")])
def test_a_client_cannot_say_how_it_was_forwarded(name: str) -> None:
    sent = (("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Port", "70"))
    event = admitted(name, request(headers=sent))
    assert header(event, "x-forwarded-proto") == ["http"]
    assert header(event, "x-forwarded-port") == ["3000"]


TRACE = "Root=1-67891233-abcdef012345678912345678"


@pytest.mark.parametrize("door", ["http-api", "http-api-v1", "rest-api", "function-url"])
def test_a_clients_trace_id_stays_where_it_has_a_root(door: str) -> None:
    assert header(admitted(door, request(headers=(("x-amzn-trace-id", TRACE),))), "x-amzn-trace-id") == [
        TRACE
    ]
    event = admitted(door, request(headers=(("x-amzn-trace-id", "junk"),)))
    assert header(event, "x-amzn-trace-id") == ["Root=1-6a5145a8-7c2af7db31f342b58a6d9ffc"]


def test_an_alb_puts_itself_before_a_clients_trace_id() -> None:
    event = admitted("alb", request(headers=(("x-amzn-trace-id", TRACE),)))
    assert header(event, "x-amzn-trace-id") == [f"Self=1-6a5145a8-7c2af7db31f342b58a6d9ffc;{TRACE}"]


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_host_header_is_what_the_client_sent(name: str) -> None:
    assert header(admitted(name, request()), "host") == ["127.0.0.1:3000"]


@pytest.mark.parametrize(
    ("door", "settings", "domain"),
    [
        ("http-api", {}, "sameroom01.execute-api.us-east-1.amazonaws.com"),
        ("http-api-v1", {}, "sameroom01.execute-api.us-east-1.amazonaws.com"),
        ("http-api", {"base_path": "v1"}, "api.example.com"),
        ("rest-api", {"stage": "v1"}, "sameroom01.execute-api.us-east-1.amazonaws.com"),
        ("rest-api", {"base_path": "v1"}, "api.example.com"),
        ("rest-api", {}, "api.example.com"),
        ("function-url", {}, "sameroomlocalfunctionurl00000000.lambda-url.us-east-1.on.aws"),
    ],
)
def test_the_domain_name_is_shaped_as_awss_own(door: str, settings: dict[str, Any], domain: str) -> None:
    context = admitted(door, request("/v1/x"), **settings)["requestContext"]
    assert context["domainName"] == domain
    assert context["domainPrefix"] == domain.partition(".")[0]


@pytest.mark.parametrize("door", ["http-api", "http-api-v1", "rest-api", "function-url"])
def test_the_source_ip_is_the_peer_whatever_the_client_claims(door: str) -> None:
    context = admitted(door, request(headers=(("X-Forwarded-For", "6.6.6.6"),)))["requestContext"]
    assert (context.get("identity") or context["http"])["sourceIp"] == "203.0.113.18"


def test_every_door_has_its_own_kind_of_request_id() -> None:
    ids = {
        door: admitted(door, request())["requestContext"]["requestId"]
        for door in ("http-api", "http-api-v1", "rest-api", "function-url")
    }
    assert ids["rest-api"] == ids["function-url"] == REQUEST_ID
    assert ids["http-api"] == ids["http-api-v1"] == "fCr32zHzQrWKbZ8="


def test_the_time_is_told_in_each_doors_unit() -> None:
    assert admitted("http-api", request())["requestContext"]["time"] == "10/Jul/2026:19:19:04 +0000"
    assert admitted("http-api", request())["requestContext"]["timeEpoch"] == 1783711144836
    assert admitted("rest-api", request())["requestContext"]["requestTimeEpoch"] == 1783711144836
    assert admitted("lattice", request())["requestContext"]["timeEpoch"] == "1783711144836000"


@pytest.mark.parametrize(
    ("door", "wanted"), [("http-api", ""), ("function-url", ""), ("http-api-v1", ""), ("rest-api", None)]
)
def test_a_client_that_does_not_name_itself_is_empty_or_null(door: str, wanted: str | None) -> None:
    context = admitted(door, request())["requestContext"]
    assert (context.get("identity") or context["http"])["userAgent"] == wanted


def test_a_function_url_knows_its_tls_where_there_is_some() -> None:
    assert "x-amzn-tls-version" not in admitted("function-url", request())["headers"]
    assert "x-amzn-tls-version" in admitted("function-url", request(), scheme="https")["headers"]
