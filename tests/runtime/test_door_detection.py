"""Which door an event came through, and what is said of events that no door can read."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from fakes.doors import WAYS, Ask, Event, door_of, event
from fakes.serving import Context, Recorder, served

from sameroom import make_handler
from sameroom.runtime.doors import DOORS, EVENTS, name_of
from sameroom.runtime.errors import InvalidEvent, NothingRegistered, RuntimeFault, UnknownEvent


@pytest.mark.parametrize("way", WAYS)
def test_every_door_knows_its_own_event(way: str) -> None:
    assert name_of(event(way, Ask())) == door_of(way)


@pytest.mark.parametrize("way", WAYS)
def test_every_door_answers(way: str) -> None:
    answer = served(Recorder(), way, Ask())
    assert (answer.status, answer.body) == (200, b"seen")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", ["x.lambda-url.us-west-2.on.aws", "x.execute-api.us-west-2.amazonaws.com"])
def test_a_host_header_that_a_client_makes_up_does_not_change_the_door(way: str, host: str) -> None:
    assert name_of(event(way, Ask(headers=(("Host", host),)))) == door_of(way)


@pytest.mark.parametrize(("way", "door"), [("http-api", "http-api"), ("function-url", "function-url")])
def test_payload_2_on_a_custom_domain_is_an_http_api(way: str, door: str) -> None:
    sent = event(way, Ask(host="api.example.com"))
    assert name_of(sent) == door


@pytest.mark.parametrize("context", [{"domainName": None}, {}])
def test_payload_2_without_a_domain_name_is_an_http_api(context: Event) -> None:
    sent = event("http-api", Ask())
    sent["requestContext"] = {"http": {"method": "GET"}, **context}
    assert name_of(sent) == "http-api"


def test_a_rest_event_without_any_request_context_is_still_one() -> None:
    """As test events typed by hand in the console are."""
    assert name_of({"httpMethod": "GET", "path": "/"}) == "rest-api"
    assert name_of({"httpMethod": "GET", "path": "/", "requestContext": None}) == "rest-api"


def test_a_door_is_loaded_when_its_first_event_comes() -> None:
    code = (
        "import sys, sameroom.runtime.handler, sameroom.runtime.doors as d\n"
        "name = lambda door: 'sameroom.runtime.doors.' + door.replace('-', '_')\n"
        "loaded = lambda: {door for door in d.DOORS if name(door) in sys.modules}\n"
        "assert not loaded(), loaded()\n"
        "d.door('alb')\n"
        "assert loaded() == {'alb'}, loaded()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


STRANGERS: dict[str, Any] = {
    "no records": {"Records": []},
    "warm-up": {"source": "serverless-plugin-warmup"},
    "lambda at edge": {"Records": [{"cf": {"request": {}}}]},
    "websocket": {"headers": {}, "requestContext": {"routeKey": "$connect", "eventType": "CONNECT"}},
    "cognito": {"version": "1", "triggerSource": "PreSignUp_SignUp", "userPoolId": "u", "request": {}},
    "console test": {"key1": "value1", "key2": "value2"},
    "payload 2 of nothing": {"version": "2.0", "requestContext": {}},
    "empty": {},
}


SERVICES: dict[str, Any] = {
    "aws:sqs": {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
    "aws:s3": {"Records": [{"eventSource": "aws:s3", "s3": {}}]},
    "aws:sns": {"Records": [{"EventSource": "aws:sns", "Sns": {}}]},
    "aws:dynamodb": {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {}}]},
    "aws.ec2": {"version": "0", "id": "1", "detail-type": "Instance Launch", "source": "aws.ec2"},
}


@pytest.mark.parametrize("name", SERVICES)
def test_an_event_of_a_service_is_told_from_requests(name: str) -> None:
    assert name_of(SERVICES[name]) == EVENTS


@pytest.mark.parametrize("name", SERVICES)
def test_an_event_of_a_service_that_nothing_is_registered_for_is_an_error(name: str) -> None:
    app = Recorder()
    with pytest.raises(NothingRegistered, match=name):
        make_handler(app)(SERVICES[name], Context())
    assert not app.environ


@pytest.mark.parametrize("name", STRANGERS)
def test_an_event_that_no_door_knows_is_an_error_that_names_its_keys(name: str) -> None:
    app = Recorder()
    with pytest.raises(UnknownEvent) as raised:
        make_handler(app)(STRANGERS[name], Context())
    assert all(repr(key) in str(raised.value) for key in STRANGERS[name])
    assert all(door in str(raised.value) for door in DOORS), "and what would have been known"
    assert not app.environ


def test_the_keys_of_an_unknown_events_request_context_are_named_too() -> None:
    with pytest.raises(UnknownEvent, match="requestContext has 'eventType', 'routeKey'"):
        name_of(STRANGERS["websocket"])


@pytest.mark.parametrize("sent", [None, [], "text", 5, 1.5, True, [{"httpMethod": "GET"}]])
def test_an_event_that_is_no_object_is_an_error_that_says_what_it_is(sent: Any) -> None:
    with pytest.raises(UnknownEvent, match=type(sent).__name__):
        make_handler(Recorder())(sent, Context())


@pytest.mark.parametrize("context", ["http", "elb", ["http"], ["elb"], 5, True])
@pytest.mark.parametrize("version", ["2.0", "1.0", None, 2.0])
@pytest.mark.parametrize("kind", [{}, {"httpMethod": "GET", "path": "/"}, {"raw_path": 5}])
def test_a_request_context_of_a_wrong_type_is_an_error_of_ours(context: Any, version: Any, kind: Any) -> None:
    with pytest.raises(RuntimeFault):
        make_handler(Recorder())({**kind, "version": version, "requestContext": context}, Context())


@pytest.mark.parametrize("name", [5, ["x.lambda-url.y"], {"a": "b"}])
def test_a_domain_name_of_a_wrong_type_says_nothing_of_the_door(name: Any) -> None:
    sent = event("function-url", Ask())
    sent["requestContext"]["domainName"] = name
    assert name_of(sent) == "http-api"


# What is wrong, with which key, on which ways. Keys are dotted, as the error names them.
V2 = ("http-api", "function-url")
V1 = ("http-api-v1", "rest-api", "alb", "alb-multi-value")
SINGLE = ("http-api-v1", "rest-api", "alb")
WRONG: list[tuple[tuple[str, ...], str, Any]] = [
    (V2, "rawPath", 5),
    (V2, "rawPath", ["/"]),
    (V2, "rawQueryString", 5),
    (V2, "rawQueryString", {"a": "b"}),
    (V2, "headers", "text"),
    (V2, "headers", [["a", "b"]]),
    (V2, "cookies", 5),
    (V2, "requestContext.http", "GET"),
    (V2, "requestContext.http", None),
    (V2, "requestContext.http.method", None),
    (V2, "requestContext.http.method", 5),
    (V1, "httpMethod", None),
    (V1, "httpMethod", 5),
    (V1, "path", 5),
    (V1, "path", ["/"]),
    (("http-api-v1", "rest-api", "alb-multi-value"), "multiValueHeaders", "text"),
    (("http-api-v1", "rest-api", "alb-multi-value"), "multiValueHeaders", ["a"]),
    (("alb",), "headers", "text"),
    (("http-api-v1", "rest-api", "alb-multi-value"), "multiValueQueryStringParameters", "text"),
    (("alb",), "queryStringParameters", "text"),
    (("lattice",), "path", 5),
    (("lattice",), "method", None),
    (("lattice",), "method", 5),
    (("lattice",), "headers", "text"),
    (("lattice-v1",), "raw_path", 5),
    (("lattice-v1",), "method", None),
    (("lattice-v1",), "headers", ["a"]),
    (V2 + V1 + ("lattice", "lattice-v1"), "body", 5),
    (V2 + V1 + ("lattice", "lattice-v1"), "body", ["text"]),
    (V2 + V1 + ("lattice", "lattice-v1"), "body", {"a": 1}),
]


def _with(sent: Event, dotted: str, value: Any) -> Event:
    *parents, last = dotted.split(".")
    inner = sent
    for key in parents:
        inner = inner[key]
    inner[last] = value
    return sent


@pytest.mark.parametrize(
    ("way", "dotted", "value"),
    [(way, dotted, value) for ways, dotted, value in WRONG for way in ways],
)
def test_an_event_of_a_wrong_type_is_an_error_that_names_door_and_key(
    way: str, dotted: str, value: Any
) -> None:
    app = Recorder()
    with pytest.raises(InvalidEvent) as raised:
        make_handler(app)(_with(event(way, Ask(query="a=1")), dotted, value), Context())
    assert f"{door_of(way)} event" in str(raised.value)
    assert dotted in str(raised.value)
    assert not app.environ, "the app is not bothered with it"


@pytest.mark.parametrize(
    ("way", "dotted"),
    [(way, "requestContext.http.method") for way in V2]
    + [(way, "path") for way in (*V1, "lattice")]
    + [("lattice", "method"), ("lattice-v1", "method")],
)
def test_an_event_that_misses_a_key_is_an_error_that_names_door_and_key(way: str, dotted: str) -> None:
    sent = event(way, Ask())
    *parents, last = dotted.split(".")
    inner = sent
    for key in parents:
        inner = inner[key]
    del inner[last]
    with pytest.raises(InvalidEvent) as raised:
        make_handler(Recorder())(sent, Context())
    assert f"{door_of(way)} event" in str(raised.value)
    assert f"{dotted} is missing" in str(raised.value)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [5, None, True, {"a": "b"}])
def test_a_header_whose_value_is_no_text_is_an_error_that_names_door_and_header(way: str, value: Any) -> None:
    sent = event(way, Ask(headers=(("X-Probe", "text"),)))
    for name in ("headers", "multiValueHeaders"):
        for key, was in (sent.get(name) or {}).items():
            if key.lower() == "x-probe":
                sent[name][key] = [value] if isinstance(was, list) else value
    with pytest.raises(InvalidEvent) as raised:
        make_handler(Recorder())(sent, Context())
    assert f"{door_of(way)} event" in str(raised.value)
    assert "x-probe" in str(raised.value).lower()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["####", "abc", "ab=c", "a", "é", "\ud800", "aGk=\x00"])
def test_a_body_that_is_not_the_base64_it_says_is_an_error_that_names_door_and_key(
    way: str, text: str
) -> None:
    sent = event(way, Ask(method="POST")) | {"body": text}
    sent["is_base64_encoded" if way == "lattice-v1" else "isBase64Encoded"] = True
    with pytest.raises(InvalidEvent) as raised:
        make_handler(Recorder())(sent, Context())
    assert f"{door_of(way)} event" in str(raised.value)
    assert "body" in str(raised.value)
