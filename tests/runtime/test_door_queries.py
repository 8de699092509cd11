"""QUERY_STRING: verbatim where the door keeps it, encoded again where the door has decoded it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from fakes.doors import WAYS, Ask, Event, event
from fakes.serving import environ_of, environ_of_event

VERBATIM = ("http-api", "function-url", "lattice", "lattice-v1")
#: ALB without multi-value headers hands over the last value of a key: AWS's loss.
ALL_VALUES = tuple(way for way in WAYS if way != "alb")

QUERIES = [
    "a=1",
    "a=1&a=2&a=3",
    "a=1&b=2&a=3",
    "plus=a+b",
    "space=a%20b",
    "plus=a%2Bb",
    "redirect=https%3A%2F%2Fexample.com%2Fa%2Fb%3Fc%3Dd%26e",
    "empty=",
    "empty=&a=1",
    "ampersand=%26&equals=%3D&percent=%25",
    "%3D=1&%26=2",
    "text=%CE%BB%E4%B8%96&%C3%A9=1",
    "emoji=%F0%9F%98%80",
    "list%5B%5D=1&list%5B%5D=2",
    "a=~!*()'-._&b=%22%3C%3E%7B%7C%7D",
    "broken=%zz&b=%",
    "twice=%2520",
    "a=1;b=2",
    "nul=%00&line=%0D%0A",
]


def _repeats(query: str) -> bool:
    keys = [part.partition("=")[0] for part in query.split("&")]
    return len(set(keys)) < len(keys)


@pytest.mark.parametrize("way", ALL_VALUES)
@pytest.mark.parametrize("query", QUERIES)
def test_an_app_reads_from_the_query_what_the_client_put_into_it(way: str, query: str) -> None:
    environ = environ_of(way, Ask(query=query))
    assert parse_qs(environ["QUERY_STRING"], keep_blank_values=True) == parse_qs(
        query, keep_blank_values=True
    )
    assert environ["QUERY_STRING"].isascii()


@pytest.mark.parametrize("way", VERBATIM)
@pytest.mark.parametrize("query", [*QUERIES, "flag", "a=1&&b", "=", "&", "a=%FF", "?", "a=b=c", "%"])
def test_a_query_that_the_door_keeps_comes_byte_for_byte(way: str, query: str) -> None:
    assert environ_of(way, Ask(query=query))["QUERY_STRING"] == query


@pytest.mark.parametrize("way", ["alb", "alb-multi-value"])
@pytest.mark.parametrize("query", [query for query in QUERIES if not _repeats(query)])
def test_a_load_balancers_query_is_not_encoded_a_second_time(way: str, query: str) -> None:
    assert environ_of(way, Ask(query=query))["QUERY_STRING"] == query


@pytest.mark.parametrize("way", ["rest-api", "http-api-v1"])
def test_a_plus_that_the_door_resolved_stays_a_plus(way: str) -> None:
    environ = environ_of(way, Ask(query="literalPlus=a+b&encodedPlus=a%2Bb"))
    assert parse_qsl(environ["QUERY_STRING"]) == [("literalPlus", "a b"), ("encodedPlus", "a+b")]


@pytest.mark.parametrize("way", ALL_VALUES)
def test_a_repeated_query_key_keeps_every_value(way: str) -> None:
    environ = environ_of(way, Ask(query="a=1&b=x&a=2&a=1"))
    assert parse_qs(environ["QUERY_STRING"]) == {"a": ["1", "2", "1"], "b": ["x"]}


def test_a_load_balancer_without_multi_value_headers_keeps_the_last_value_of_a_key() -> None:
    environ = environ_of("alb", Ask(query="a=1&b=x&a=2"))
    assert parse_qs(environ["QUERY_STRING"]) == {"a": ["2"], "b": ["x"]}


@pytest.mark.parametrize("way", WAYS)
def test_no_query_is_an_empty_query_string(way: str) -> None:
    assert environ_of(way, Ask())["QUERY_STRING"] == ""


# The two maps of REST, HTTP API 1.0 and ALB, and the query they make.
MAPS: list[tuple[Event, str]] = [
    ({"queryStringParameters": None, "multiValueQueryStringParameters": None}, ""),
    ({"queryStringParameters": {}, "multiValueQueryStringParameters": {}}, ""),
    ({"queryStringParameters": {"a": "1"}, "multiValueQueryStringParameters": None}, "a=1"),
    ({"queryStringParameters": {"a": "1"}, "multiValueQueryStringParameters": {}}, "a=1"),
    ({"queryStringParameters": {"a": "1"}}, "a=1"),
    ({"queryStringParameters": None, "multiValueQueryStringParameters": {"a": ["1", "2"]}}, "a=1&a=2"),
    ({"queryStringParameters": {"a": "2"}, "multiValueQueryStringParameters": {"a": ["1", "2"]}}, "a=1&a=2"),
    ({"queryStringParameters": {"a": "", "b": ""}}, "a=&b="),
    ({"multiValueQueryStringParameters": {"a": []}}, ""),
    ({}, ""),
]


@pytest.mark.parametrize("way", ["rest-api", "http-api-v1", "alb", "alb-multi-value"])
@pytest.mark.parametrize(("maps", "query"), MAPS)
def test_the_maps_of_the_query_may_be_null_empty_or_missing(way: str, maps: Event, query: str) -> None:
    sent = event(way, Ask())
    for name in ("queryStringParameters", "multiValueQueryStringParameters"):
        sent.pop(name, None)
    assert environ_of_event(sent | maps)["QUERY_STRING"] == query


@pytest.mark.parametrize("way", ["http-api", "function-url"])
@pytest.mark.parametrize("query", [None, ""])
def test_a_null_raw_query_string_is_an_empty_one(way: str, query: str | None) -> None:
    sent = event(way, Ask(query="a=1")) | {"rawQueryString": query}
    environ = environ_of_event(sent)
    assert (environ["QUERY_STRING"], environ["RAW_URI"]) == ("", "/")


@pytest.mark.parametrize("way", ["http-api", "function-url"])
def test_a_missing_raw_query_string_is_an_empty_one(way: str) -> None:
    sent = event(way, Ask())
    del sent["rawQueryString"]
    assert environ_of_event(sent)["QUERY_STRING"] == ""


@pytest.mark.parametrize(
    ("way", "name", "value", "query"),
    [
        ("lattice", "queryStringParameters", {"a": ["1", "2"], "b": ["x y"]}, "a=1&a=2&b=x%20y"),
        ("lattice", "queryStringParameters", None, ""),
        ("lattice-v1", "query_string_parameters", {"a": "1", "b": "x+y"}, "a=1&b=x%2By"),
        ("lattice-v1", "query_string_parameters", None, ""),
    ],
)
def test_a_lattice_path_without_its_query_is_helped_out_by_the_map(
    way: str, name: str, value: Any, query: str
) -> None:
    assert environ_of_event(event(way, Ask(path="/x")) | {name: value})["QUERY_STRING"] == query


@pytest.mark.parametrize("way", ["lattice", "lattice-v1"])
def test_a_lattice_path_ends_where_its_query_begins(way: str) -> None:
    environ = environ_of(way, Ask(path="/a%3Fb", query="x=1?2"))
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/a?b", "x=1?2")


@pytest.mark.parametrize("way", [*VERBATIM, "alb", "alb-multi-value"])
def test_a_query_that_is_not_ascii_although_it_should_be_comes_as_its_bytes(way: str) -> None:
    assert environ_of(way, Ask(query="a=λ"))["QUERY_STRING"] == "a=\xce\xbb"
