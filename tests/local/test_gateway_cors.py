"""CORS as HTTP APIs and Function URLs do it, and as no other door does."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.exchanges import (
    ENTRANCES,
    HTTP_APIS,
    admitted,
    answered,
    concluded,
    ok,
    refused,
    request,
    values,
    with_headers,
)

from sameroom.local.cors import Cors
from sameroom.local.http import HttpRequest, Outcome

CORS = Cors(
    allow_origins=("https://www.example.com", "http://localhost:5173"),
    allow_methods=("POST", "get", "DELETE"),
    allow_headers=("X-Custom", "Authorization"),
    expose_headers=("X-Api-Id", "Date"),
    max_age=300,
    allow_credentials=True,
)
ORIGIN = "https://www.example.com"
DOORS_WITH_CORS = (*HTTP_APIS, "function-url")


def preflight(origin: str = ORIGIN) -> HttpRequest:
    headers = (("Origin", origin), ("Access-Control-Request-Method", "POST"))
    return request("/messages", method="OPTIONS", headers=headers)


def cross(origin: str = ORIGIN) -> HttpRequest:
    return request("/messages", headers=(("Origin", origin),))


@pytest.mark.parametrize(("door", "status"), [("http-api", 204), ("http-api-v1", 204), ("function-url", 200)])
def test_the_door_answers_a_preflight_itself(door: str, status: int) -> None:
    answer = refused(door, preflight(), cors=CORS)
    assert (answer.status, answer.body) == (status, b"")
    assert {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": "DELETE,GET,POST",
        "access-control-allow-headers": "authorization,x-custom",
        "access-control-max-age": "300",
        "access-control-allow-credentials": "true",
    }.items() <= dict(answer.headers).items()
    assert values(answer, "access-control-expose-headers") == []


@pytest.mark.parametrize("door", DOORS_WITH_CORS)
def test_a_preflight_from_elsewhere_is_answered_with_no_leave(door: str) -> None:
    answer = refused(door, preflight("https://evil.example"), cors=CORS)
    assert answer.status < 300
    assert not [name for name, _ in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("door", DOORS_WITH_CORS)
def test_options_that_is_no_preflight_reaches_the_function(door: str) -> None:
    assert admitted(door, request(method="OPTIONS", headers=(("Origin", ORIGIN),)), cors=CORS)
    assert admitted(door, request(method="OPTIONS"), cors=CORS)


@pytest.mark.parametrize("name", ENTRANCES)
def test_without_a_configuration_a_preflight_reaches_the_function(name: str) -> None:
    assert admitted(name, preflight())


@pytest.mark.parametrize("name", [name for name in ENTRANCES if name not in DOORS_WITH_CORS])
def test_doors_without_cors_take_no_notice_of_a_configuration(name: str) -> None:
    assert admitted(name, preflight(), cors=CORS)
    answer = answered(name, ok(name), cross(), cors=CORS)
    assert values(answer, "access-control-allow-origin") == []


@pytest.mark.parametrize("door", DOORS_WITH_CORS)
def test_an_answer_gets_the_configured_headers(door: str) -> None:
    answer = answered(door, ok(door), cross(), cors=CORS)
    assert values(answer, "access-control-allow-origin") == [ORIGIN]
    assert values(answer, "access-control-expose-headers") == ["date,x-api-id"]
    assert values(answer, "access-control-allow-credentials") == ["true"]
    assert values(answer, "access-control-allow-methods") == []


@pytest.mark.parametrize("door", DOORS_WITH_CORS)
@pytest.mark.parametrize("outcome", [Outcome("error", b"{}"), Outcome("throttled", b"{}")])
def test_a_failure_gets_the_configured_headers_too(door: str, outcome: Outcome) -> None:
    answer = concluded(door, outcome, cross(), cors=CORS)
    assert values(answer, "access-control-allow-origin") == [ORIGIN]


@pytest.mark.parametrize("door", DOORS_WITH_CORS)
@pytest.mark.parametrize("asked", [request(), cross("https://evil.example")])
def test_an_answer_to_somebody_else_gets_none(door: str, asked: HttpRequest) -> None:
    assert values(answered(door, ok(door), asked, cors=CORS), "access-control-allow-origin") == []


@pytest.mark.parametrize("door", HTTP_APIS)
@pytest.mark.parametrize("asked", [request(), cross()])
def test_an_http_api_with_cors_ignores_the_apps_own(door: str, asked: HttpRequest) -> None:
    own = with_headers(
        door, {"Access-Control-Allow-Origin": "https://own.example", "access-control-max-age": "1"}
    )
    answer = answered(door, ok(door, **own), asked, cors=CORS)
    assert "https://own.example" not in values(answer, "access-control-allow-origin")
    assert values(answer, "access-control-max-age") == []


@pytest.mark.parametrize("name", ENTRANCES)
def test_without_a_configuration_the_apps_own_pass(name: str) -> None:
    own = with_headers(name, {"Access-Control-Allow-Origin": "https://own.example"})
    answer = answered(name, ok(name, **own), cross())
    assert values(answer, "access-control-allow-origin") == ["https://own.example"]


def test_a_function_url_sends_the_apps_and_the_configured_headers() -> None:
    own = {"headers": {"Access-Control-Allow-Origin": "https://own.example"}}
    answer = answered("function-url", ok("function-url", **own), cross(), cors=CORS)
    assert values(answer, "access-control-allow-origin") == ["https://own.example", ORIGIN]
    assert values(answer, "vary") == ["Origin"]


@pytest.mark.parametrize(
    ("origins", "credentials", "origin", "allowed"),
    [
        (("*",), False, "https://a.example", "*"),
        (("*",), True, "https://a.example", "https://a.example"),
        (("https://*",), False, "https://a.example", "https://a.example"),
        (("https://*",), False, "http://a.example", None),
        (("http://*",), False, "http://localhost:5173", "http://localhost:5173"),
        (("https://a.example",), False, "https://a.example.evil", None),
        ((), False, "https://a.example", None),
        (("https://a.example",), False, "null", None),
    ],
)
def test_an_origin_is_allowed_by_name_or_by_scheme(
    origins: tuple[str, ...], credentials: bool, origin: str, allowed: str | None
) -> None:
    cors = Cors(allow_origins=origins, allow_credentials=credentials)
    answer = answered("http-api", ok("http-api"), cross(origin), cors=cors)
    assert values(answer, "access-control-allow-origin") == ([allowed] if allowed else [])


@pytest.mark.parametrize("settings", [{"stage": "live"}, {"base_path": "live"}])
def test_a_preflight_is_answered_whatever_its_path(settings: dict[str, Any]) -> None:
    assert refused("http-api", preflight(), cors=CORS, **settings).status == 204


def test_what_is_not_configured_is_left_out_of_a_preflight() -> None:
    answer = refused("http-api", preflight(), cors=Cors(allow_origins=("*",)))
    assert [name for name, _ in answer.headers] == ["access-control-allow-origin", "apigw-requestid"]
