"""Properties that hold whatever a client, an app or a broken event says."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from fakes.answers import SINGLE_VALUE, answer
from fakes.doors import WAYS, Ask, Event, event
from fakes.serving import App, Context, Recorder, body_of, environ_of, served
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sameroom import make_handler
from sameroom.runtime.errors import RuntimeFault

settings.register_profile(
    "doors", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.load_profile("doors")

ways = st.sampled_from(sorted(WAYS))
json_text = st.text(st.characters(codec=None), max_size=20)


def _keys(value: Any) -> set[str]:
    """Every key in an event, however deep."""
    if not isinstance(value, dict):
        return set()
    return set(value).union(*(_keys(inner) for inner in value.values()))


json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | json_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_text, inner, max_size=3),
    max_leaves=8,
)
IDENTITY = (
    "authorizer",
    "authentication",
    "clientCert",
    "validity",
    "claims",
    "jwt",
    "iam",
    "lambda",
    "cookies",
)
KEYS = sorted({key for way in WAYS for key in _keys(event(way, Ask(query="a=1")))} | set(IDENTITY))
event_like = st.recursive(
    json_value | st.sampled_from(["2.0", "1.0", "GET", "/", "dev", "a=1", "x.lambda-url.y", "{proxy+}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=20,
)


def reads_everything(environ: Event, start_response: Any) -> list[bytes]:
    """An app that looks at all it was given, and returns text of each kind."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [body, b"\xff"]


handle = make_handler(reads_everything, access_log=False)


def _tame(sent: Any) -> None:
    """Whatever ``sent`` is, it is answered, or it is an error of ours."""
    with contextlib.suppress(RuntimeFault):
        json.dumps(handle(sent, Context()))


@given(event_like)
@example({"version": "2.0", "requestContext": "http"})
@example({"httpMethod": "GET", "path": "/", "resource": "/{a}", "pathParameters": {"a": None}})
@example({"httpMethod": "GET", "path": "/", "multiValueHeaders": {"accept": []}})
@example({"httpMethod": "GET", "path": "/", "multiValueHeaders": {"accept": {"": None}}})
@example({"httpMethod": "GET", "path": "/", "headers": {"Accept": None}})
def test_no_event_raises_anything_but_an_error_of_ours(sent: Any) -> None:
    _tame(sent)


@settings(max_examples=400)
@given(ways, st.data())
def test_no_event_with_something_wrong_in_it_raises_anything_but_an_error_of_ours(
    way: str, data: st.DataObject
) -> None:
    sent = event(way, Ask("POST", "/a%20b", "x=1", (("X-A", "1"), ("Accept", "*/*")), ("c=1",), b"\xff"))
    for _ in range(data.draw(st.integers(1, 3))):
        _spoil(sent, data)
    _tame(sent)


def _spoil(inner: Any, data: st.DataObject) -> None:
    """Replace, remove or add something at a random place."""
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        deeper = isinstance(inner[key], (dict, list)) and inner[key] and data.draw(st.booleans())
        if not deeper:
            break
        inner = inner[key]
    if data.draw(st.integers(0, 4)) == 0:
        del inner[key]
    else:
        inner[key] = data.draw(json_value)


def _returns(body: bytes, headers: list[tuple[str, str]]) -> App:
    def app(environ: Event, start_response: Any) -> list[bytes]:
        start_response("200 OK", headers)
        return [body]

    return app


content_types = st.sampled_from(
    [
        "",
        "text/html; charset=utf-8",
        "text/plain",
        "text/plain; charset=latin-1",
        "application/json",
        "image/png",
    ]
)


@settings(max_examples=300)
@given(
    ways,
    st.binary(max_size=200) | st.text(max_size=100).map(lambda s: s.encode("utf-8", "replace")),
    content_types,
)
@example("rest-api", "é".encode(), "text/plain; charset=latin-1")
@example("alb", b"\xed\xa0\x80", "text/plain")
def test_every_byte_of_a_body_reaches_the_client(way: str, body: bytes, content_type: str) -> None:
    headers = [("Content-Type", content_type)] if content_type else []
    assert served(_returns(body, headers), way, Ask()).body == body


@settings(max_examples=300)
@given(
    ways,
    st.binary(max_size=200) | st.text(max_size=100).map(lambda s: s.encode("utf-8", "replace")),
    content_types,
)
def test_every_byte_of_a_body_reaches_the_app(way: str, body: bytes, content_type: str) -> None:
    headers = (("Content-Type", content_type),) if content_type else ()
    assert body_of(way, Ask("POST", headers=headers, body=body)) == body


names = st.text("ABCXYZabcxyz0189-!#$%&'*+.^`|~_", min_size=1, max_size=8).filter(
    lambda name: (
        name.lower()
        not in ("connection", "te", "trailer", "upgrade", "keep-alive", "content-length", "set-cookie")
    )
)
#: Values as an app may give them: a character a byte, and the bytes UTF-8, which is all that JSON can carry.
values = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\t"), max_size=12
).map(lambda text: text.encode().decode("latin-1"))
#: What an app of PEP 3333 may say: neither control characters nor, in their UTF-8, bytes that look like some.
pairs = st.lists(
    st.tuples(names | st.sampled_from(["Set-Cookie", "Vary", "vary", "X-A"]), values), max_size=12
)


def _grouped(headers: list[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return found


@settings(max_examples=400)
@given(ways, pairs)
def test_every_header_that_the_pep_allows_reaches_the_client(
    way: str, headers: list[tuple[str, str]]
) -> None:
    """AWS's own losses: names in lower case, repeats joined by a comma, and where a header has one value,
    of several cookies all but the last."""
    answered = served(_returns(b"", headers), way, Ask()).headers
    got = _grouped([(name, value.encode()) for name, value in answered])
    expected = _grouped([(name, value.strip(" \t").encode("latin-1")) for name, value in headers])
    if way in SINGLE_VALUE and "set-cookie" in expected:
        expected["set-cookie"] = expected["set-cookie"][-1:]
    if way not in ("rest-api", "http-api-v1", "alb-multi-value"):
        cookies = expected.pop("set-cookie", None)
        expected = {name: [b", ".join(values)] for name, values in expected.items()}
        if cookies is not None:
            expected["set-cookie"] = cookies
    assert got == expected


request_names = st.text("ABCXYZabcxyz0189-.~", min_size=1, max_size=8).map(lambda name: f"X-{name}")
request_values = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@settings(max_examples=300)
@given(ways, st.dictionaries(request_names, request_values, max_size=12))
def test_every_header_that_a_client_sends_reaches_the_app(way: str, headers: dict[str, str]) -> None:
    assume(len({name.lower() for name in headers}) == len(headers))
    environ = environ_of(way, Ask(headers=tuple(headers.items())))
    for name, value in headers.items():
        seen = environ["HTTP_" + name.upper().replace("-", "_")]
        assert seen.encode("latin-1") == value.encode()


path_bytes = st.text("abz019-._~!$&'()*+,;=:@/%", max_size=20).map(lambda path: "/" + path)


@settings(max_examples=300)
@given(st.sampled_from(["function-url", "alb", "alb-multi-value", "lattice", "lattice-v1"]), path_bytes)
def test_a_path_that_the_door_keeps_is_decoded_once_and_kept_raw(way: str, path: str) -> None:
    environ = environ_of(way, Ask(path=path))
    assert environ["PATH_INFO"].encode("latin-1") == unquote_to_bytes(path)
    assert environ["RAW_URI"] == path


@settings(max_examples=300)
@given(
    st.sampled_from(["", "dev"]),
    st.sampled_from(["", "/b", "/b/v1"]),
    st.text("abdev/%2F5.", max_size=12).map(lambda path: "/" + path.lstrip("/")),
)
def test_mount_and_path_of_a_rest_api_are_always_the_two_parts_of_what_was_typed(
    stage: str, base: str, path: str
) -> None:
    ask = Ask(path=path, stage=stage, base=base, host="api.example.com" if base or not stage else "")
    environ = environ_of("rest-api", ask)
    hidden = base + (f"/{stage}" if stage else "")
    assert environ["SCRIPT_NAME"] == hidden
    assert environ["PATH_INFO"].encode("latin-1") == unquote_to_bytes(path)
    assert environ["RAW_URI"] == hidden + path


@settings(max_examples=300)
@given(
    st.sampled_from(["http-api", "http-api-v1"]),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(["$default", "dev"]),
)
def test_a_path_that_the_door_decoded_is_left_alone(way: str, path: str, stage: str) -> None:
    app = Recorder()
    sent = event(way, Ask())
    sent["requestContext"]["stage"] = stage
    typed = (f"/{stage}" if stage == "dev" else "") + "/" + path
    sent["rawPath" if way == "http-api" else "path"] = sent["requestContext"]["path"] = typed
    make_handler(app)(sent, Context())
    assert (app.environ["SCRIPT_NAME"] + app.environ["PATH_INFO"]).encode("latin-1") == typed.encode()
    assert unquote_to_bytes(app.environ["RAW_URI"]) == typed.encode()


@settings(max_examples=200)
@given(ways, st.text(st.characters(codec="utf-8"), max_size=60))
def test_text_survives_json_as_the_runtime_writes_it(way: str, text: str) -> None:
    result = make_handler(_returns(text.encode(), [("Content-Type", "text/plain")]))(
        event(way, Ask()), Context()
    )
    for ascii_only in (True, False):
        sent = json.dumps(result, ensure_ascii=ascii_only).encode()
        assert answer(way, json.loads(sent)).body == text.encode()


@pytest.mark.parametrize("way", WAYS)
def test_a_value_in_latin_1_that_is_no_utf_8_is_re_coded_which_is_a_loss_of_aws(way: str) -> None:
    """JSON carries text, and every door writes text as UTF-8: the byte E9 cannot be sent in a header."""
    seen = served(_returns(b"", [("X-A", "caf\xe9")]), way, Ask()).one("x-a")
    assert seen.encode() == b"caf\xc3\xa9"
