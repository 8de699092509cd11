"""Bodies on their way in: null, absent or empty, text or base64, and too large."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fakes.exchanges import ENTRANCES, HTTP_APIS, LATTICES, admitted, refused, request

BINARY = b"\x89PNG\r\n\x1a\n\xff"
MB = 1024 * 1024


def flag(event: dict[str, Any]) -> Any:
    return event.get("isBase64Encoded", event.get("is_base64_encoded", False))


def posted(name: str, body: bytes, kind: str, *more: tuple[str, str], **settings: Any) -> dict[str, Any]:
    headers = (*((("Content-Type", kind),) if kind else ()), *more)
    return admitted(name, request(method="POST", headers=headers, body=body), **settings)


@pytest.mark.parametrize("door", ["http-api", "function-url"])
def test_without_a_body_payload_2_has_no_key_for_it(door: str) -> None:
    event = admitted(door, request())
    assert "body" not in event
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize("door", ["rest-api", "http-api-v1"])
def test_without_a_body_payload_1_has_null(door: str) -> None:
    event = admitted(door, request(), **({"binary_media_types": ("*/*",)} if door == "rest-api" else {}))
    assert event["body"] is None
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize("name", ["alb", "alb-multi", *LATTICES])
def test_without_a_body_a_target_group_has_an_empty_string(name: str) -> None:
    event = admitted(name, request())
    assert event["body"] == ""
    assert flag(event) is False


PLAIN = ["text/plain", "TEXT/HTML; charset=utf-8", "application/json", "application/xml"]


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("kind", [*PLAIN, "application/javascript"])
def test_text_comes_as_text(name: str, kind: str) -> None:
    event = posted(name, "λ {}".encode(), kind)
    assert event["body"] == "λ {}"
    assert not flag(event)


@pytest.mark.parametrize("name", [name for name in ENTRANCES if name != "rest-api"])
@pytest.mark.parametrize(
    "kind",
    [
        "image/png",
        "application/octet-stream",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_what_does_not_say_that_it_is_text_comes_as_base64(name: str, kind: str) -> None:
    event = posted(name, b"a=1", kind)
    assert event["body"] == "YT0x"
    assert flag(event) is True


@pytest.mark.parametrize("kind", ["application/problem+json", "image/svg+xml"])
def test_a_json_or_xml_suffix_is_text_to_api_gateway_and_not_to_target_groups(kind: str) -> None:
    assert posted("http-api", b"{}", kind)["body"] == "{}"
    assert posted("alb", b"{}", kind)["body"] == "e30="


@pytest.mark.parametrize("door", [*HTTP_APIS, "function-url"])
def test_a_content_encoding_makes_a_body_base64(door: str) -> None:
    event = posted(door, b"{}", "application/json", ("Content-Encoding", "gzip"))
    assert event["body"] == "e30="
    assert event["isBase64Encoded"] is True


@pytest.mark.parametrize("name", [name for name in ENTRANCES if name != "rest-api"])
def test_text_that_is_no_utf_8_is_not_lost(name: str) -> None:
    event = posted(name, b"caf\xe9", "text/plain; charset=latin-1")
    assert base64.b64decode(event["body"]) == b"caf\xe9"
    assert flag(event) is True


@pytest.mark.parametrize(
    ("types", "kind", "encoded"),
    [
        ((), "image/png", False),
        (("image/png",), "image/png", True),
        (("image/png",), "IMAGE/PNG; q=1", True),
        (("image/*",), "image/png", True),
        (("image/*",), "text/plain", False),
        (("*/*",), "text/plain", True),
        (("image/png",), "image/jpeg", False),
        (("application/json",), "", True),
    ],
)
def test_a_rest_api_encodes_the_types_it_was_told_are_binary(
    types: tuple[str, ...], kind: str, encoded: bool
) -> None:
    event = posted("rest-api", b"ok", kind, binary_media_types=types)
    assert event["isBase64Encoded"] is encoded
    assert event["body"] == ("b2s=" if encoded else "ok")


def test_a_rest_api_without_binary_types_damages_a_binary_body() -> None:
    event = posted("rest-api", BINARY, "image/png")
    assert event["isBase64Encoded"] is False
    assert event["body"] == BINARY.decode("utf-8", "replace")


def test_a_rest_api_with_binary_types_keeps_a_binary_body() -> None:
    event = posted("rest-api", BINARY, "image/png", binary_media_types=("image/png",))
    assert base64.b64decode(event["body"]) == BINARY


# -- limits ----------------------------------------------------------------------------------------------

TEXT = (("Content-Type", "text/plain"),)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("http-api", 10 * MB + 1),
        ("http-api-v1", 10 * MB + 1),
        ("rest-api", 10 * MB + 1),
        ("function-url", 6 * MB + 1),
        ("alb", MB + 1),
        ("alb-multi", MB + 1),
        ("lattice", 6 * MB + 1),
        ("lattice-v1", 6 * MB + 1),
    ],
)
def test_a_body_over_the_doors_limit_is_413(name: str, size: int) -> None:
    assert refused(name, request(method="POST", headers=TEXT, body=b"x" * size)).status == 413


@pytest.mark.parametrize("name", [name for name in ENTRANCES if not name.startswith("alb")])
def test_an_event_over_lambdas_six_megabytes_is_413(name: str) -> None:
    asked = request(method="POST", headers=TEXT, body=b"x" * (6 * MB - 100))
    assert refused(name, asked).status == 413
    assert admitted(name, asked._replace(body=b"x" * (6 * MB - 4000)))


@pytest.mark.parametrize("name", ["http-api", "function-url", "lattice", "lattice-v1"])
def test_base64_counts_with_what_it_adds(name: str) -> None:
    asked = request(method="POST", headers=(("Content-Type", "image/png"),), body=b"\xff" * (5 * MB))
    assert refused(name, asked).status == 413
    assert admitted(name, asked._replace(body=b"\xff" * (4 * MB)))


def test_an_alb_takes_a_body_of_exactly_one_megabyte() -> None:
    assert admitted("alb", request(method="POST", headers=TEXT, body=b"x" * MB))["body"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("http-api", b'{"message":"Request Entity Too Large"}'),
        ("rest-api", b'{"message":"Request Too Long"}'),
        ("function-url", b"Request must be smaller than 6291456 bytes"),
        ("alb", b"<h1>413 Request Entity Too Large</h1>"),
    ],
)
def test_each_door_says_in_its_own_words_that_a_body_is_too_large(name: str, said: bytes) -> None:
    assert said in refused(name, request(method="POST", headers=TEXT, body=b"x" * (11 * MB))).body


def long_headers(size: int) -> tuple[tuple[str, str], ...]:
    return tuple((f"x-{number}", "v" * 990) for number in range(size // 1000))


@pytest.mark.parametrize(
    ("name", "status", "fits", "breaks"),
    [
        ("http-api", 431, 9_000, 11_000),
        ("http-api-v1", 431, 9_000, 11_000),
        ("rest-api", 431, 9_000, 11_000),
        ("function-url", 431, 64_000, 1_100_000),
        ("alb", 400, 60_000, 70_000),
    ],
)
def test_headers_over_the_doors_limit_are_refused(name: str, status: int, fits: int, breaks: int) -> None:
    assert admitted(name, request(headers=long_headers(fits)))
    assert refused(name, request(headers=long_headers(breaks))).status == status


def test_a_single_header_over_16_kilobytes_is_400_at_an_alb() -> None:
    assert refused("alb", request(headers=(("x", "v" * 16_385),))).status == 400
    assert admitted("alb", request(headers=(("x", "v" * 16_000), ("y", "v" * 16_000))))


@pytest.mark.parametrize(("name", "length"), [("http-api", 10_300), ("rest-api", 10_300), ("alb", 16_400)])
def test_a_url_over_the_doors_limit_is_414(name: str, length: int) -> None:
    assert refused(name, request("/" + "a" * length)).status == 414


def test_an_alb_refuses_what_its_page_says_it_refuses() -> None:
    assert refused("alb", request(method="TRACE")).status == 405
    assert refused("alb", request(headers=(("Upgrade", "websocket"),))).status == 400
    crowd = ", ".join(["10.0.0.1"] * 31)
    assert refused("alb", request(headers=(("X-Forwarded-For", crowd),))).status == 463


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_thousand_headers_never_raise(name: str) -> None:
    from fakes.exchanges import REQUEST_ID, entrance

    from sameroom.local.gateways import gateway

    many = tuple((f"x-{number}", "v") for number in range(1000))
    place = entrance(name)
    made = gateway(place.door).admit(request(headers=many), place, REQUEST_ID)
    assert isinstance(made, dict) or made.status == 431
