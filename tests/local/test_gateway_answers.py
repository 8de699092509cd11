"""Results to answers: what each door infers, merges, renames, refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.exchanges import (
    ENTRANCES,
    HTTP_APIS,
    LATTICES,
    PAYLOAD_V2,
    answered,
    concluded,
    is_broken,
    ok,
    request,
    values,
    with_headers,
)

from sameroom.local.http import Entrance, Outcome

# -- the plain case --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENTRANCES)
def test_status_headers_and_body_reach_the_client(name: str) -> None:
    headers = with_headers(name, {"Content-Type": "text/html", "X-Probe": "1"})
    answer = answered(name, ok(name, statusCode=418, **headers))
    assert (answer.status, answer.body) == (418, b"hello")
    assert values(answer, "content-type") == ["text/html"]
    assert values(answer, "x-probe") == ["1"]


@pytest.mark.parametrize("name", ENTRANCES)
def test_text_leaves_as_utf_8(name: str) -> None:
    assert answered(name, ok(name, body="λ")).body == "λ".encode()


@pytest.mark.parametrize("name", [name for name in ENTRANCES if name != "rest-api"])
def test_base64_is_undone(name: str) -> None:
    assert answered(name, ok(name, body="/9g=", isBase64Encoded=True)).body == b"\xff\xd8"


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_header_value_beyond_ascii_leaves_as_utf_8(name: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {"x-city": "Zürich"})))
    assert values(answer, "x-city") == ["Zürich".encode().decode("latin-1")]


@pytest.mark.parametrize("name", ["http-api", "http-api-v1", "alb", "alb-multi", *LATTICES])
def test_header_names_leave_in_lower_case_where_the_door_lowers_them(name: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {"X-Probe": "1"})))
    assert ("x-probe", "1") in answer.headers


@pytest.mark.parametrize("name", ["rest-api", "function-url"])
def test_header_names_keep_the_functions_spelling(name: str) -> None:
    answer = answered(name, ok(name, **with_headers(name, {"X-pRoBe": "1"})))
    assert ("X-pRoBe", "1") in answer.headers


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_gets_no_headers_invented(name: str, status: int) -> None:
    answer = answered(name, ok(name, statusCode=status, body=""))
    assert (answer.status, answer.body) == (status, b"")
    if name != "rest-api":  # which "includes a Content-Type header for all integration responses"
        assert values(answer, "content-type") == []
    assert values(answer, "content-length") == []


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_body_may_be_missing(name: str) -> None:
    assert answered(name, {"statusCode": 200, **with_headers(name, {"x": "1"})}).body == b""


# -- what the doors infer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("http-api", "text/plain; charset=utf-8"),
        ("http-api-v1", "text/plain; charset=utf-8"),
        ("rest-api", "application/json"),
        ("function-url", "application/json"),
        ("alb", "application/octet-stream"),
    ],
)
def test_a_body_without_a_type_gets_the_doors_default(name: str, kind: str) -> None:
    assert values(answered(name, ok(name)), "content-type") == [kind]


@pytest.mark.parametrize("door", PAYLOAD_V2)
@pytest.mark.parametrize(
    "payload", [b'{"message": "hi"}', b"[1, 2]", b"42", b"true", b"null", b'{"headers": {"a": "b"}}', b"{}"]
)
def test_payload_2_takes_what_has_no_status_as_a_json_body(door: str, payload: bytes) -> None:
    answer = answered(door, payload)
    assert (answer.status, answer.body) == (200, payload)
    assert values(answer, "content-type") == ["application/json"]


def test_a_string_loses_its_quotes_at_an_http_api_and_keeps_them_at_a_function_url() -> None:
    payload = b'"Special \\"quoted\\" text"'
    assert answered("http-api", payload).body == b'Special "quoted" text'
    assert answered("function-url", payload).body == payload


def test_what_is_no_json_passes_an_http_api_and_no_other_door() -> None:
    payload = b'{"name": "John Doe", "age":'
    answer = answered("http-api", payload)
    assert (answer.status, answer.body) == (200, payload)
    for name in ENTRANCES:
        if name != "http-api":
            assert is_broken(name, answered(name, payload)), name


@pytest.mark.parametrize("name", [name for name in ENTRANCES if name not in PAYLOAD_V2])
@pytest.mark.parametrize("result", ["hello", ["a"], 42, True, None])
def test_other_doors_take_nothing_but_an_object(name: str, result: Any) -> None:
    assert is_broken(name, answered(name, result))


@pytest.mark.parametrize("result", [{}, {"headers": {"x-a": "1"}}, {"statusCode": None}])
def test_a_rest_api_makes_200_of_a_missing_status(result: dict[str, Any]) -> None:
    answer = answered("rest-api", result)
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("name", ["http-api-v1", "alb", "alb-multi", *LATTICES])
def test_other_doors_need_a_status(name: str) -> None:
    assert is_broken(name, answered(name, {"body": "hello"}))


@pytest.mark.parametrize("name", ["rest-api", "http-api", "http-api-v1", "function-url"])
def test_digits_in_a_string_are_a_status_to_api_gateway(name: str) -> None:
    assert answered(name, ok(name, statusCode="418")).status == 418


@pytest.mark.parametrize("name", ["alb", "alb-multi", *LATTICES])
def test_digits_in_a_string_are_no_status_to_target_groups(name: str) -> None:
    assert is_broken(name, answered(name, ok(name, statusCode="418")))


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("status", [0, 99, 101, 600, 1000, -200, 200.5, True, "abc", "2e2", [], {}, "²00"])
def test_a_status_that_is_none_breaks_the_answer(name: str, status: Any) -> None:
    assert is_broken(name, answered(name, ok(name, statusCode=status)))


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_status_that_has_no_reason_is_sent_on(name: str) -> None:
    assert answered(name, ok(name, statusCode=499)).status == 499


# -- bodies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("body", [{"a": 1}, ["a"], 1, True])
def test_a_body_that_is_no_string_breaks_the_answer(name: str, body: Any) -> None:
    assert is_broken(name, answered(name, ok(name, body=body)))


@pytest.mark.parametrize("name", [name for name in ENTRANCES if not name.startswith("alb")])
def test_a_body_that_is_null_is_empty(name: str) -> None:
    assert answered(name, ok(name, body=None)).body == b""


@pytest.mark.parametrize("name", ["alb", "alb-multi"])
def test_a_body_that_is_null_breaks_an_albs_answer(name: str) -> None:
    assert is_broken(name, answered(name, ok(name, body=None)))


@pytest.mark.parametrize("name", ["alb", "alb-multi"])
@pytest.mark.parametrize(("description", "broken"), [(None, True), (200, True), ("200 OK", False)])
def test_an_albs_status_description_is_a_string_or_absent(name: str, description: Any, broken: bool) -> None:
    assert is_broken(name, answered(name, ok(name, statusDescription=description))) is broken
    without = {key: value for key, value in ok(name).items() if key != "statusDescription"}
    assert answered(name, without).status == 200


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("body", ["no base64!", "YQ", "Y", "YQ==\n", "=", "é", "YQ==YQ=="])
def test_base64_that_is_none_breaks_the_answer(name: str, body: str) -> None:
    result = ok(name, body=body, isBase64Encoded=True)
    assert is_broken(name, answered(name, result, binary_media_types=("*/*",)))


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_lone_surrogate_in_a_body_does_not_raise(name: str) -> None:
    assert answered(name, ok(name, body="\ud800")).body == b"?"


PNG = ok("rest-api", body="/9g=", isBase64Encoded=True)


@pytest.mark.parametrize(
    ("types", "accept", "decoded"),
    [
        ((), "image/png", False),
        (("image/png",), "image/png", True),
        (("image/png",), "IMAGE/PNG;q=0.8", True),
        (("image/png",), "image/png,*/*;q=0.8", True),
        (("image/png",), "text/html,image/png", False),
        (("image/png",), "image/*", False),
        (("image/png",), "*/*", False),
        (("image/png",), None, False),
        (("image/*",), "image/png", True),
        (("image/*",), "image/*", True),
        (("*/*",), "*/*", True),
        (("*/*",), "text/html", True),
        (("*/*",), None, True),
    ],
)
def test_a_rest_api_decodes_by_the_first_type_of_accept_alone(
    types: tuple[str, ...], accept: str | None, decoded: bool
) -> None:
    asked = request(headers=(("Accept", accept),) if accept else ())
    answer = answered("rest-api", PNG, asked, binary_media_types=types)
    assert answer.body == (b"\xff\xd8" if decoded else b"/9g=")


# -- failures --------------------------------------------------------------------------------------------

ERROR = b'{"errorType":"ValueError","errorMessage":"secret"}'


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("kind", ["error", "too_large"])
def test_a_function_that_failed_is_told_of_in_the_doors_words(name: str, kind: Any) -> None:
    answer = concluded(name, Outcome(kind, ERROR))
    assert is_broken(name, answer)
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("http-api", 503, b'{"message":"Service Unavailable"}'),
        ("http-api-v1", 503, b'{"message":"Service Unavailable"}'),
        ("rest-api", 500, b'{"message": "Internal server error"}'),
        ("function-url", 429, b"Rate Exceeded."),
        ("alb", 502, b"Bad Gateway"),
        ("alb-multi", 502, b"Bad Gateway"),
        ("lattice", 502, b"Bad Gateway"),
        ("lattice-v1", 502, b"Bad Gateway"),
    ],
)
def test_a_throttled_function_is_told_of_as_the_door_does(name: str, status: int, body: bytes) -> None:
    answer = concluded(name, Outcome("throttled", b"{}"))
    assert answer.status == status
    assert body in answer.body


def test_a_rest_api_names_the_kind_of_its_errors() -> None:
    assert ("x-amzn-ErrorType", "InternalServerErrorException") in concluded(
        "rest-api", Outcome("error", ERROR)
    ).headers


def test_an_albs_own_page_is_its_own() -> None:
    answer = concluded("alb", Outcome("error", ERROR))
    assert ("server", "awselb/2.0") in answer.headers
    assert answer.body.startswith(b"<html>\r\n<head><title>502 Bad Gateway</title></head>")


@pytest.mark.parametrize("name", ["alb", "alb-multi"])
def test_an_alb_takes_a_megabyte_of_json_and_no_more(name: str) -> None:
    frame = len(json.dumps(ok(name, body="")))
    limit = 1024 * 1024
    assert answered(name, ok(name, body="x" * (limit - frame))).status == 200
    assert is_broken(name, answered(name, ok(name, body="x" * (limit - frame + 1))))


@pytest.mark.parametrize("name", ["alb", "alb-multi"])
def test_an_alb_takes_32_kilobytes_of_headers_and_no_more(name: str) -> None:
    assert answered(name, ok(name, **with_headers(name, {"x": "v" * 32_000}))).status == 200
    assert is_broken(name, answered(name, ok(name, **with_headers(name, {"x": "v" * 33_000}))))


@pytest.mark.parametrize("door", [*HTTP_APIS, "rest-api", "function-url", *LATTICES])
def test_other_doors_take_what_lambda_let_through(door: str) -> None:
    assert len(answered(door, ok(door, body="x" * 6_000_000)).body) == 6_000_000


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("payload", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b"1" * 5000, b"NaN", b"\0"])
def test_a_payload_of_any_bytes_never_raises(name: str, payload: bytes) -> None:
    answer = answered(name, payload)
    assert is_broken(name, answer) or (answer.status == 200 and name in PAYLOAD_V2)


def test_an_entrance_says_where_it_lies() -> None:
    place = Entrance(stage="/live/", base_path="/")
    assert (place.stage_prefix, place.base_prefix) == ("/live", "")
