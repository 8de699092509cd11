"""Whatever comes in, a gateway gives an event that is JSON, or an answer; and it never raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.exchanges import ENTRANCES, REQUEST_ID, TIME, entrance
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sameroom.local.cors import Cors
from sameroom.local.gateways import STREAMING_DOORS, gateway, streaming_gateway
from sameroom.local.http import Entrance, HttpAnswer, HttpRequest, Outcome

WIRE = st.binary(max_size=40).map(lambda data: data.decode("latin-1"))
NAMES = st.one_of(
    st.sampled_from(
        [
            "Host",
            "cookie",
            "Content-Type",
            "content-length",
            "X-Forwarded-For",
            "X-Amzn-Trace-Id",
            "Origin",
            "Accept",
            "Transfer-Encoding",
            "X-HTTP-Method-Override",
            "Access-Control-Request-Method",
        ]
    ),
    WIRE,
)
REQUESTS = st.builds(
    HttpRequest,
    method=st.one_of(st.sampled_from(["GET", "POST", "OPTIONS", "HEAD"]), WIRE),
    target=st.one_of(WIRE.map(lambda text: "/" + text), WIRE, st.just("*"), WIRE.map("http://h/".__add__)),
    headers=st.lists(st.tuples(NAMES, WIRE), max_size=8).map(tuple),
    body=st.binary(max_size=60),
    client=st.ip_addresses().map(str),
    port=st.integers(1, 65535),
    time=st.just(TIME),
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["", "$default", "live"]),
        "base_path": st.sampled_from(["", "v1", "/v1/"]),
        "binary_media_types": st.sampled_from([(), ("*/*",), ("image/*",), ("",)]),
        "cors": st.sampled_from([None, Cors(allow_origins=("*",))]),
        "response_mode": st.sampled_from(["buffered", "streaming"]),
        "scheme": st.sampled_from(["http", "https"]),
    },
)
EMPTY_HOST = HttpRequest("GET", "/", (("Host", ""),), b"", "203.0.113.18", 3000, TIME)


def check(answer: HttpAnswer) -> None:
    assert 200 <= answer.status <= 599
    assert isinstance(answer.body, bytes)
    for name, value in answer.headers:
        line = f"{name}: {value}"
        line.encode("latin-1")
        assert not set(line) & {"\r", "\n", "\0"}


@pytest.mark.parametrize("name", ENTRANCES)
@given(asked=REQUESTS, given_settings=SETTINGS)
@example(asked=EMPTY_HOST, given_settings={})
@settings(max_examples=150, deadline=None)
def test_any_request_gives_json_or_an_answer(
    name: str, asked: HttpRequest, given_settings: dict[str, Any]
) -> None:
    place = entrance(name, **given_settings)
    made = gateway(place.door).admit(asked, place, REQUEST_ID)
    if isinstance(made, HttpAnswer):
        check(made)
    else:
        assert json.loads(json.dumps(made, ensure_ascii=False).encode()) == made


@pytest.mark.parametrize("name", ENTRANCES)
@given(
    data=st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
        st.dictionaries(
            st.sampled_from(
                ["statusCode", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded"]
            ),
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(100, 600),
                st.text(max_size=20),
                st.lists(st.text(max_size=5), max_size=2),
                st.dictionaries(
                    st.one_of(
                        st.sampled_from(["content-type", "x", "Date", "set-cookie"]), st.text(max_size=5)
                    ),
                    st.one_of(st.text(max_size=9), st.integers(), st.none(), st.lists(st.text(), max_size=2)),
                    max_size=3,
                ),
            ),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    given_settings=SETTINGS,
)
@settings(max_examples=200, deadline=None)
def test_any_payload_gives_an_answer_that_can_be_sent(
    name: str, data: bytes, given_settings: dict[str, Any]
) -> None:
    place: Entrance = entrance(name, **given_settings)
    check(gateway(place.door).answer(Outcome("result", data), EMPTY_HOST, place, REQUEST_ID))
    if place.door in STREAMING_DOORS:
        check(streaming_gateway(place.door).stream_head(data, EMPTY_HOST, place, REQUEST_ID))


@given(request_id=st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_any_request_id_does_for_the_ids_made_of_it(request_id: str) -> None:
    for place in ENTRANCES.values():
        made = gateway(place.door).admit(EMPTY_HOST, place, request_id)
        json.dumps(made)
        check(gateway(place.door).answer(Outcome("error", b""), EMPTY_HOST, place, "x" + "-" * 3))
