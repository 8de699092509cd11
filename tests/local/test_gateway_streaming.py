"""Streams, and what a door that streams makes of a buffered result."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.exchanges import REQUEST_ID, answered, concluded, entrance, ok, request, values

from sameroom.local.cors import Cors
from sameroom.local.gateways import STREAMING_DOORS, streaming_gateway
from sameroom.local.http import HttpAnswer, Outcome


def begun(door: str, prelude: Any, **settings: Any) -> HttpAnswer:
    """The head of a stream with that prelude, JSON or bytes as they are."""
    data = prelude if isinstance(prelude, bytes) else json.dumps(prelude).encode()
    place = entrance(door, response_mode="streaming", **settings)
    asked = request(headers=(("Origin", "https://a.example"),))
    return streaming_gateway(door).stream_head(data, asked, place, REQUEST_ID)


@pytest.mark.parametrize("door", STREAMING_DOORS)
def test_a_prelude_gives_status_and_headers_and_no_body(door: str) -> None:
    answer = begun(door, {"statusCode": 201, "headers": {"Content-Type": "text/plain", "X-Probe": "1"}})
    assert (answer.status, answer.body) == (201, b"")
    assert values(answer, "content-type") == ["text/plain"]
    assert values(answer, "x-probe") == ["1"]
    assert values(answer, "x-amzn-requestid") == [REQUEST_ID]


@pytest.mark.parametrize("door", STREAMING_DOORS)
def test_a_preludes_cookies_are_headers_each(door: str) -> None:
    assert values(begun(door, {"cookies": ["a=1", "b=2"]}), "set-cookie") == ["a=1", "b=2"]


def test_a_rest_apis_prelude_may_have_many_values() -> None:
    answer = begun("rest-api", {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}})
    assert values(answer, "set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("door", "kind"), [("function-url", "application/octet-stream"), ("rest-api", "application/json")]
)
def test_an_empty_prelude_is_a_200_of_the_doors_type(door: str, kind: str) -> None:
    answer = begun(door, {})
    assert (answer.status, answer.body) == (200, b"")
    assert values(answer, "content-type") == [kind]


@pytest.mark.parametrize("door", STREAMING_DOORS)
def test_streams_have_headers_renamed_too(door: str) -> None:
    answer = begun(door, {"statusCode": 401, "headers": {"WWW-Authenticate": "Basic", "Content-Length": "5"}})
    assert ("x-amzn-Remapped-WWW-Authenticate", "Basic") in answer.headers
    assert values(answer, "content-length") == []


@pytest.mark.parametrize("door", STREAMING_DOORS)
@pytest.mark.parametrize(
    "prelude",
    [b"", b"{", b"\xff", b"[]", b'"x"', {"statusCode": 0}, {"headers": ["x"]}, {"headers": {"x": "a\nb"}}],
)
def test_a_prelude_that_is_none_gives_the_doors_error_with_its_body(door: str, prelude: Any) -> None:
    answer = begun(door, prelude)
    assert answer.status == 502
    assert answer.body


def test_a_function_urls_stream_has_the_configured_cors_headers() -> None:
    answer = begun("function-url", {"statusCode": 200}, cors=Cors(allow_origins=("*",)))
    assert values(answer, "access-control-allow-origin") == ["*"]


def test_a_streaming_function_url_delivers_a_buffered_result_envelope_and_all() -> None:
    payload = b'{ "statusCode": 201, "body": "aGk=", "isBase64Encoded": true }'
    answer = answered("function-url", payload, response_mode="streaming")
    assert (answer.status, answer.body) == (200, payload)
    assert values(answer, "content-type") == ["application/octet-stream"]


def test_a_streaming_rest_api_takes_no_buffered_result() -> None:
    assert answered("rest-api", ok("rest-api"), response_mode="streaming").status == 502


@pytest.mark.parametrize("door", STREAMING_DOORS)
def test_a_streaming_door_tells_of_a_failure_as_a_buffered_one_does(door: str) -> None:
    failed = Outcome("error", b"{}")
    assert concluded(door, failed, response_mode="streaming") == concluded(door, failed)
