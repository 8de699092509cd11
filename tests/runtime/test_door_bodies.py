"""Bodies, both ways: text as it is or base64, and every byte the app's or the client's own."""

from __future__ import annotations

import gzip
import logging
from typing import Any
from uuid import uuid4

import pytest
from fakes.answers import answer
from fakes.doors import WAYS, Ask, event
from fakes.serving import App, Context, Recorder, body_of, environ_of_event

from sameroom import make_handler
from sameroom.runtime.settings import read

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE")
SENT = {
    "json": ("application/json", '{"λ": "世", "q": "\\""}'.encode()),
    "text": ("text/plain; charset=utf-8", "a\r\nb\x00c\x7f😀".encode()),
    "form": ("application/x-www-form-urlencoded", b"a=1&b=%20"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n\x00\xff"),
    "multipart": ("multipart/form-data; boundary=x", b"--x\r\n\r\n\xff\x00\r\n--x--"),
    "no type": ("", b"\x00\x01\xfe"),
    "text that is none": ("text/plain", b"\xff\xfe"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", SENT)
def test_a_requests_body_comes_byte_for_byte(way: str, kind: str) -> None:
    content_type, body = SENT[kind]
    headers = (("Content-Type", content_type),) if content_type else ()
    assert body_of(way, Ask("POST", headers=headers, body=body)) == body


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", METHODS)
def test_a_binary_body_is_decoded_whatever_the_method(way: str, method: str) -> None:
    assert body_of(way, Ask(method, body=b"\x00\xff")) == b"\x00\xff"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("body", [None, "", "missing"])
def test_no_body_is_an_empty_one(way: str, body: str | None) -> None:
    sent = event(way, Ask("POST")) | {"body": body}
    if body == "missing":
        del sent["body"]
    app = Recorder()
    make_handler(app)(sent, Context())
    assert app.body == b""


@pytest.mark.parametrize("way", WAYS)
def test_a_lone_surrogate_in_a_text_body_comes_as_the_bytes_it_has(way: str) -> None:
    sent = event(way, Ask("POST")) | {"body": "a\ud800", "isBase64Encoded": False}
    assert environ_of_event(sent)["CONTENT_LENGTH"] == "4"


@pytest.mark.parametrize("way", WAYS)
def test_a_body_as_large_as_lambda_takes_comes_whole(way: str) -> None:
    body = bytes(range(256)) * 16 * 1024 + b"!"
    assert body_of(way, Ask("POST", body=body)) == body


def _says(body: bytes, *headers: tuple[str, str]) -> App:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", list(headers))
        return [body]

    return app


def _result(way: str, body: bytes, *headers: tuple[str, str]) -> dict[str, Any]:
    return make_handler(_says(body, *headers))(event(way, Ask()), Context())


TYPED = "Content-Type"
TEXT: dict[str, tuple[bytes, tuple[tuple[str, str], ...]]] = {
    "html": ("<p>é</p>".encode(), ((TYPED, "text/html; charset=utf-8"),)),
    "json": (b'{"a": 1}', ((TYPED, "application/json"),)),
    "json, text": ('{"λ": "世"}'.encode(), ((TYPED, "application/json"),)),
    "problem": (b'{"title": "no"}', ((TYPED, "application/problem+json"),)),
    "graphql": (b"{}", ((TYPED, "application/graphql-response+json"),)),
    "manifest": (b"{}", ((TYPED, "application/manifest+json"),)),
    "vendor": (b"{}", ((TYPED, "application/vnd.ours.v1+json"),)),
    "xml": ("<é/>".encode(), ((TYPED, "application/xml"),)),
    "svg": (b"<svg/>", ((TYPED, "image/svg+xml"),)),
    "javascript": (b"1", ((TYPED, "text/javascript"),)),
    "old javascript": (b"1", ((TYPED, "application/javascript"),)),
    "form": (b"a=1", ((TYPED, "application/x-www-form-urlencoded"),)),
    "events": (b"data: 1\n\n", ((TYPED, "text/event-stream"),)),
    "csv": ("é;1\r\n".encode(), ((TYPED, "text/csv; charset=UTF-8"),)),
    "quoted charset": ("é".encode(), ((TYPED, 'text/plain; CharSet="Utf-8"; x=y'),)),
    "ascii that is": (b"plain", ((TYPED, "text/plain; charset=us-ascii"),)),
    "latin-1 that is ascii": (b"plain", ((TYPED, "text/plain; charset=iso-8859-1"),)),
    "octets that are text": (b"plain", ((TYPED, "application/octet-stream"),)),
    "no type": ("é".encode(), ()),
    "controls": (bytes(range(128)), ((TYPED, "text/plain"),)),
    "byte order mark": ("\ufeffa".encode(), ((TYPED, "text/plain; charset=utf-8"),)),
    "beyond the first plane": ("😀".encode(), ((TYPED, "text/plain; charset=utf-8"),)),
}
COMPRESSED = gzip.compress(b'{"a": 1}')
BINARY: dict[str, tuple[bytes, tuple[tuple[str, str], ...]]] = {
    "png": (b"\x89PNG\r\n\x1a\n", ((TYPED, "image/png"),)),
    "no type": (b"\xff\xfe", ()),
    "gzip": (COMPRESSED, ((TYPED, "application/json"), ("Content-Encoding", "gzip"))),
    "brotli that is ascii": (
        b"\x0b\x02\x80a"[:2] + b"ab",
        ((TYPED, "text/html"), ("content-encoding", "br")),
    ),
    "text that is not utf-8": (b"caf\xe9", ((TYPED, "text/plain; charset=utf-8"),)),
    "text of no charset": (b"caf\xe9", ((TYPED, "text/plain"),)),
    "latin-1": ("café".encode("latin-1"), ((TYPED, "text/html; charset=iso-8859-1"),)),
    "latin-1 that could be utf-8": ("Ã©".encode("latin-1"), ((TYPED, "text/html; charset=ISO-8859-1"),)),
    "windows": ("“”".encode("cp1252"), ((TYPED, "text/plain; charset=windows-1252"),)),
    "utf-16": ("aé".encode("utf-16"), ((TYPED, "text/plain; charset=utf-16"),)),
    "shift-jis": ("世界".encode("shift-jis"), ((TYPED, 'text/plain; charset="Shift_JIS"'),)),
    "ascii that is none": ("é".encode(), ((TYPED, "text/plain; charset=latin1"),)),
    "surrogate": (b"\xed\xa0\x80", ((TYPED, "text/plain; charset=utf-8"),)),
    "overlong": (b"\xc0\xaf", ((TYPED, "text/plain"),)),
    "cut": ("世".encode()[:2], ((TYPED, "text/plain"),)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", TEXT)
def test_what_is_utf_8_and_says_nothing_else_travels_as_text(way: str, kind: str) -> None:
    body, headers = TEXT[kind]
    result = _result(way, body, *headers)
    assert (result["isBase64Encoded"], result["body"]) == (False, body.decode())
    assert answer(way, result).body == body


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", BINARY)
def test_what_is_compressed_or_not_utf_8_travels_as_base64(way: str, kind: str) -> None:
    body, headers = BINARY[kind]
    result = _result(way, body, *headers)
    assert result["isBase64Encoded"] is True
    assert answer(way, result).body == body


@pytest.mark.parametrize("way", WAYS)
def test_the_content_type_comes_as_the_app_said_it(way: str) -> None:
    result = _result(way, b"caf\xe9", (TYPED, "text/html; charset=ISO-8859-1"))
    assert answer(way, result).all("content-type") == ["text/html; charset=ISO-8859-1"]


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_body_is_an_empty_string_and_no_base64(way: str) -> None:
    for headers in ((), ((TYPED, "image/png"),), (("Content-Encoding", "gzip"),)):
        result = _result(way, b"", *headers)
        assert (result["body"], result["isBase64Encoded"]) == ("", False)


# REST APIs decode base64 only where binaryMediaTypes has the request's Accept.


def _rest(accept: str | None, content_type: str, *types: str) -> None:
    headers = (("Accept", accept),) if accept is not None else ()
    app = _says(b"\x89PNG", (TYPED, content_type))
    make_handler(app, binary_media_types=types)(event("rest-api", Ask(headers=headers)), Context())


def _fresh() -> str:
    """A content type that nothing was said of yet."""
    return f"application/x-{uuid4()}"


def _warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_base64_through_a_rest_api_without_binary_media_types_is_diagnosed_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kind = _fresh()
    for _ in range(3):
        _rest("image/png", kind)
    (warning,) = _warnings(caplog)
    assert kind in warning
    assert "binaryMediaTypes" in warning
    assert "'image/png'" in warning, "the Accept that would have to match"
    assert "SAMEROOM_BINARY_MEDIA_TYPES" in warning, "and what to do"


def test_another_content_type_is_diagnosed_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    _rest("*/*", _fresh())
    _rest("*/*", _fresh())
    assert len(_warnings(caplog)) == 2


@pytest.mark.parametrize(
    ("accept", "types"),
    [
        ("image/png", ("image/png",)),
        ("image/png", ("image/*",)),
        ("image/png", ("text/csv", "*/*")),
        ("*/*", ("*/*",)),
        (None, ("*/*",)),
        ("IMAGE/PNG", ("image/png",)),
        ("image/png;q=0.9", ("image/png",)),
        ("image/png, */*;q=0.1", ("image/png",)),
    ],
)
def test_base64_through_a_rest_api_that_decodes_it_is_passed_in_silence(
    accept: str | None, types: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    _rest(accept, _fresh(), *types)
    assert _warnings(caplog) == []


@pytest.mark.parametrize(
    ("accept", "types"),
    [
        ("*/*", ("image/png",)),
        ("image/*", ("image/png",)),
        (None, ("image/png",)),
        ("text/html, image/png", ("image/png",)),
        ("image/pngx", ("image/png",)),
        ("", ()),
    ],
)
def test_an_accept_that_the_api_does_not_match_is_diagnosed(
    accept: str | None, types: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """Wildcards count in binaryMediaTypes, not in Accept, of which AWS reads the first alone."""
    _rest(accept, _fresh(), *types)
    assert len(_warnings(caplog)) == 1


def test_text_through_a_rest_api_is_passed_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    make_handler(_says(b"text", (TYPED, _fresh())))(event("rest-api", Ask()), Context())
    assert _warnings(caplog) == []


@pytest.mark.parametrize("way", [way for way in WAYS if way != "rest-api"])
def test_every_other_door_decodes_base64_always(way: str, caplog: pytest.LogCaptureFixture) -> None:
    _result(way, b"\x89PNG", (TYPED, _fresh()))
    assert _warnings(caplog) == []


def test_binary_media_types_are_read_from_the_environment() -> None:
    assert read({"SAMEROOM_BINARY_MEDIA_TYPES": " image/*, Application/PDF ,"}).binary_media_types == (
        "image/*",
        "application/pdf",
    )
    assert read({}).binary_media_types == ()
