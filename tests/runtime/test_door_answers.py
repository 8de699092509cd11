"""Results: status and headers of a response, in the shape and with the losses of each door."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fakes.answers import SINGLE_VALUE, Answer
from fakes.doors import WAYS, Ask, event
from fakes.serving import App, Context, served

from sameroom import make_handler

#: The ways that carry each of several cookies.
COOKIES_KEPT = tuple(way for way in WAYS if way not in SINGLE_VALUE)
MULTI_VALUE = ("rest-api", "http-api-v1", "alb-multi-value")


def _says(status: str, *headers: tuple[str, str], body: bytes = b"") -> App:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(status, list(headers))
        return [body]

    return app


def _answer(way: str, *headers: tuple[str, str], status: str = "200 OK", method: str = "GET") -> Answer:
    return served(_says(status, *headers), way, Ask(method))


THREE = ("a=1; Path=/", "b=2; HttpOnly; Expires=Thu, 01 Jan 2032 00:00:00 GMT", "a=1; Path=/x")


@pytest.mark.parametrize("way", COOKIES_KEPT)
def test_every_cookie_of_many_is_set_once(way: str) -> None:
    assert _answer(way, *(("Set-Cookie", cookie) for cookie in THREE)).all("set-cookie") == list(THREE)


@pytest.mark.parametrize("way", COOKIES_KEPT)
def test_cookies_in_several_spellings_are_all_set(way: str) -> None:
    headers = [("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("SET-COOKIE", "c=3")]
    assert _answer(way, *headers).all("set-cookie") == ["a=1", "b=2", "c=3"]


@pytest.mark.parametrize("way", WAYS)
def test_one_cookie_is_set_without_a_word(way: str, caplog: pytest.LogCaptureFixture) -> None:
    assert _answer(way, ("Set-Cookie", "a=1")).all("set-cookie") == ["a=1"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("way", SINGLE_VALUE)
def test_a_door_with_one_value_a_header_sets_the_last_cookie_and_logs_which_are_lost(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    cookies = ("session=SECRET1; Path=/", "csrf=SECRET2", "theme=dark")
    answer = _answer(way, *(("Set-Cookie", cookie) for cookie in cookies))
    assert answer.all("set-cookie") == ["theme=dark"]
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    line = record.getMessage()
    assert "session" in line
    assert "csrf" in line
    assert "SECRET" not in line, "a cookie's value does not belong into a log"
    assert "theme" not in line, "this one is not lost"
    assert ("multi-value headers" if way == "alb" else "Lattice") in line, "what to do about it"


@pytest.mark.parametrize("way", WAYS)
def test_a_repeated_header_keeps_every_value_in_order(way: str) -> None:
    answer = _answer(way, ("Vary", "Cookie"), ("X-A", "1"), ("Vary", "Accept"), ("vary", "Origin"))
    assert ", ".join(answer.all("vary")) == "Cookie, Accept, Origin"
    assert answer.all("x-a") == ["1"]
    assert len(answer.all("vary")) == (3 if way in MULTI_VALUE else 1)


@pytest.mark.parametrize("way", MULTI_VALUE)
def test_a_header_goes_by_the_spelling_that_came_first(way: str) -> None:
    result = make_handler(_says("200 OK", ("X-Camel", "1"), ("x-camel", "2")))(event(way, Ask()), Context())
    assert result["multiValueHeaders"] == {"X-Camel": ["1", "2"]}


@pytest.mark.parametrize("way", MULTI_VALUE)
def test_a_result_with_lists_has_no_second_map_for_aws_to_merge(way: str) -> None:
    assert "headers" not in make_handler(_says("200 OK", ("A", "1")))(event(way, Ask()), Context())


@pytest.mark.parametrize("way", ["http-api", "function-url"])
def test_without_cookies_a_result_has_no_list_of_them(way: str) -> None:
    assert "cookies" not in make_handler(_says("200 OK"))(event(way, Ask()), Context())


# What an app says, and what the client gets.
STATUSES = {
    "200 OK": 200,
    "201 Created": 201,
    "302 Found": 302,
    "404 NOT FOUND": 404,
    "418 I'm a teapot": 418,
    "499 X": 499,
    "599 Network Connect Timeout": 599,
    "999 Ours": 999,
    "200": 200,
    "200 ": 200,
    "451 Unavailable For Legal Reasons \xe9": 451,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_a_number_whatever_its_reason(way: str, status: str) -> None:
    assert _answer(way, status=status).status == STATUSES[status]


@pytest.mark.parametrize("way", ["alb", "alb-multi-value", "lattice", "lattice-v1"])
@pytest.mark.parametrize(
    ("status", "description"),
    [
        ("200 OK", "200 OK"),
        ("499 X", "499 X"),
        ("200", "200"),
        ("200 ", "200"),
        ("404 Not Found", "404 Not Found"),
    ],
)
def test_a_load_balancer_gets_the_status_line_as_the_app_said_it(
    way: str, status: str, description: str
) -> None:
    assert make_handler(_says(status))(event(way, Ask()), Context())["statusDescription"] == description


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "304 Not Modified", "404 Not Found"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_header_is_invented(way: str, status: str, method: str) -> None:
    assert _answer(way, status=status, method=method).headers == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_response_that_has_no_body_is_sent_without_one_and_without_a_length(way: str, status: str) -> None:
    answer = served(
        _says(status, ("ETag", '"1"'), ("Content-Length", "4"), body=b"body"),
        way,
        Ask(),
    )
    assert (answer.body, answer.headers) == (b"", [("etag", '"1"')])


@pytest.mark.parametrize("way", WAYS)
def test_the_answer_to_head_keeps_its_headers_and_loses_its_body(way: str) -> None:
    headers = (("Content-Type", "text/plain"), ("Content-Length", "4"))
    answer = served(_says("200 OK", *headers, body=b"body"), way, Ask("HEAD"))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers == [("content-type", "text/plain"), ("content-length", "4")]


@pytest.mark.parametrize("way", WAYS)
def test_a_header_value_that_is_utf_8_reaches_the_client_as_those_bytes(way: str) -> None:
    """A native string has a character a byte; every door writes text as UTF-8."""
    value = "Zoë λ".encode().decode("latin-1")
    answer = _answer(way, ("X-Name", value), ("Set-Cookie", f"n={value}"))
    assert answer.one("x-name").encode() == value.encode("latin-1")
    assert answer.one("set-cookie").encode() == f"n={value}".encode("latin-1")


@pytest.mark.parametrize("way", WAYS)
def test_a_header_value_in_latin_1_reaches_the_client_as_utf_8_which_is_all_a_door_can_write(
    way: str,
) -> None:
    assert _answer(way, ("X-Name", "Zo\xeb")).one("x-name") == "Zoë"


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_header_value_is_kept(way: str) -> None:
    assert _answer(way, ("X-Empty", "")).all("x-empty") == [""]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [" a=1", "a=1 ", "\ta=1", "  a=1 \t"])
def test_white_space_around_a_header_value_is_no_part_of_it(way: str, value: str) -> None:
    """Django writes " session=..."; in HTTP/2 a value with such a space is malformed (RFC 9113, 8.2.1)."""
    answer = _answer(way, ("X-A", value), ("Set-Cookie", value))
    assert answer.headers == [("x-a", "a=1"), ("set-cookie", "a=1")]


@pytest.mark.parametrize("way", WAYS)
def test_a_tab_inside_a_header_value_is_kept(way: str) -> None:
    assert _answer(way, ("X-Tab", "a\tb")).all("x-tab") == ["a\tb"]


@pytest.mark.parametrize("way", WAYS)
def test_a_thousand_headers_go_out(way: str) -> None:
    answer = _answer(way, *((f"X-Flood-{n}", str(n)) for n in range(1000)))
    assert answer.headers == [(f"x-flood-{n}", str(n)) for n in range(1000)]


@pytest.mark.parametrize("way", WAYS)
def test_a_thousand_values_of_one_header_go_out(way: str) -> None:
    answer = _answer(way, *(("X-Flood", str(n)) for n in range(1000)))
    assert ", ".join(answer.all("x-flood")).split(", ") == [str(n) for n in range(1000)]


@pytest.mark.parametrize("way", COOKIES_KEPT)
def test_a_thousand_cookies_go_out(way: str) -> None:
    cookies = [f"c{n}={n}" for n in range(1000)]
    assert _answer(way, *(("Set-Cookie", cookie) for cookie in cookies)).all("set-cookie") == cookies
