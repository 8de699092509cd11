"""Request headers: repeats, cookies, casing, and names that no app may see."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.doors import WAYS, Ask, event
from fakes.serving import environ_of, environ_of_event

#: ALB without multi-value headers hands over the last of several values: AWS's loss.
ALL_VALUES = tuple(way for way in WAYS if way != "alb")
MANY = ("rest-api", "http-api-v1", "alb-multi-value")


def _put(sent: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """``sent`` with a header in whatever maps it has."""
    for key in ("headers", "multiValueHeaders"):
        if sent.get(key):
            lists = any(isinstance(known, list) for known in sent[key].values())
            sent[key][name] = [value] if lists else value
    return sent


@pytest.mark.parametrize("way", WAYS)
def test_a_header_is_a_variable_in_capitals(way: str) -> None:
    environ = environ_of(way, Ask(headers=(("X-Voker-Probe", "one"), ("accept", "*/*"), ("USER-AGENT", "u"))))
    assert environ["HTTP_X_VOKER_PROBE"] == "one"
    assert environ["HTTP_ACCEPT"] == "*/*"
    assert environ["HTTP_USER_AGENT"] == "u"


@pytest.mark.parametrize("way", ALL_VALUES)
def test_a_repeated_header_keeps_every_value_in_order(way: str) -> None:
    environ = environ_of(
        way, Ask(headers=(("X-Probe", "first"), ("X-Probe", "second"), ("X-Probe", "third")))
    )
    assert environ["HTTP_X_PROBE"] == "first,second,third"


def test_a_load_balancer_without_multi_value_headers_keeps_the_last_value_of_a_header() -> None:
    environ = environ_of("alb", Ask(headers=(("X-Probe", "first"), ("X-Probe", "second"))))
    assert environ["HTTP_X_PROBE"] == "second"


@pytest.mark.parametrize("way", ["rest-api", "http-api-v1"])
def test_two_spellings_of_a_header_are_one(way: str) -> None:
    environ = environ_of(way, Ask(headers=(("X-Probe", "first"), ("x-probe", "second"))))
    assert environ["HTTP_X_PROBE"] == "first,second"


@pytest.mark.parametrize("way", WAYS)
def test_every_cookie_comes_once(way: str) -> None:
    environ = environ_of(way, Ask(cookies=("session=abc123", "theme=dark", "empty=")))
    assert environ["HTTP_COOKIE"] == "session=abc123; theme=dark; empty="


@pytest.mark.parametrize("way", WAYS)
def test_without_cookies_there_is_no_cookie_variable(way: str) -> None:
    assert "HTTP_COOKIE" not in environ_of(way, Ask())


@pytest.mark.parametrize("way", ["http-api", "function-url"])
@pytest.mark.parametrize("cookies", [None, []])
def test_a_null_list_of_cookies_is_none(way: str, cookies: list[str] | None) -> None:
    assert "HTTP_COOKIE" not in environ_of_event(event(way, Ask()) | {"cookies": cookies})


@pytest.mark.parametrize("way", ["http-api", "function-url"])
def test_a_cookie_header_counts_where_there_is_no_list_of_cookies(way: str) -> None:
    sent = event(way, Ask())
    sent["headers"]["cookie"] = "a=1; b=2"
    assert environ_of_event(sent)["HTTP_COOKIE"] == "a=1; b=2"


@pytest.mark.parametrize("way", [*MANY, "lattice"])
def test_a_repeated_cookie_header_is_joined_as_cookies_are(way: str) -> None:
    environ = environ_of(way, Ask(headers=(("Cookie", "a=1; b=2"), ("Cookie", "c=3"))))
    assert environ["HTTP_COOKIE"] == "a=1; b=2; c=3"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("names", [("X-User", "X_User"), ("X_User", "X-User"), ("x_user", "X-User")])
def test_a_name_with_an_underscore_cannot_shadow_one_with_a_dash(way: str, names: tuple[str, str]) -> None:
    headers = tuple((name, "evil" if "_" in name else "honest") for name in names)
    assert environ_of(way, Ask(headers=headers))["HTTP_X_USER"] == "honest"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name",
    ["X_User", "_", "X_", "X__User", "Content_Length", "Content_Type", "X_Forwarded_For", "Remote_User"],
)
def test_a_name_with_an_underscore_is_dropped(way: str, name: str) -> None:
    with_it = environ_of(way, Ask(headers=((name, "7"),)))
    assert set(with_it) == set(environ_of(way, Ask()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name",
    [
        "X-U\u017fer",
        "X-\u0131d",
        "stra\xdfe",
        "Caf\xe9",
        "X User",
        "X:User",
        "X\tUser",
        "",
        "X\x00",
        "\ud800",
    ],
)
def test_a_name_that_is_no_token_is_dropped(way: str, name: str) -> None:
    """Long s, dotless i and sharp s become plain letters in capitals, and could shadow those too."""
    assert set(environ_of_event(_put(event(way, Ask()), name, "evil"))) == set(environ_of(way, Ask()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["X-A\r\nX-User", "X-A\nX-User", "X-A\r", "\nX-User"])
def test_a_name_with_a_line_break_is_dropped(way: str, name: str) -> None:
    assert set(environ_of_event(_put(event(way, Ask()), name, "evil"))) == set(environ_of(way, Ask()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", ["a\r\nX-User: evil", "a\nb", "a\rb", "\r\n", "\n\n"])
def test_a_value_with_a_line_break_comes_without_it(way: str, value: str) -> None:
    seen = environ_of_event(_put(event(way, Ask()), "X-Probe", value))["HTTP_X_PROBE"]
    assert "\r" not in seen
    assert "\n" not in seen


@pytest.mark.parametrize("way", WAYS)
def test_a_value_that_is_not_ascii_comes_as_its_bytes(way: str) -> None:
    environ = environ_of(way, Ask(headers=(("X-Name", "Zoë λ"),), cookies=("c=é",)))
    assert environ["HTTP_X_NAME"].encode("latin-1").decode() == "Zoë λ"
    assert environ["HTTP_COOKIE"].encode("latin-1").decode() == "c=é"


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_value_is_kept(way: str) -> None:
    assert environ_of(way, Ask(headers=(("X-Empty", ""),)))["HTTP_X_EMPTY"] == ""


@pytest.mark.parametrize("way", WAYS)
def test_content_type_and_length_are_variables_of_their_own(way: str) -> None:
    environ = environ_of(
        way, Ask("POST", headers=(("Content-Type", "text/x; charset=utf-8"),), body=b"12345")
    )
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/x; charset=utf-8", "5")
    assert not {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"} & set(environ)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("said", ["1", "999999", "-1", "junk"])
def test_content_length_is_the_bodys_whatever_the_header_says(way: str, said: str) -> None:
    headers = (("Content-Type", "text/plain"), ("Content-Length", said))
    assert environ_of(way, Ask("POST", headers=headers, body="λλ".encode()))["CONTENT_LENGTH"] == "4"


@pytest.mark.parametrize("way", WAYS)
def test_a_request_without_a_body_says_no_length_that_the_client_did_not(way: str) -> None:
    assert "CONTENT_LENGTH" not in environ_of(way, Ask())
    assert "CONTENT_TYPE" not in environ_of(way, Ask())


@pytest.mark.parametrize("way", [way for way in WAYS if way != "rest-api"])
def test_an_empty_body_that_was_announced_has_length_zero(way: str) -> None:
    assert environ_of(way, Ask("POST", headers=(("Content-Length", "0"),)))["CONTENT_LENGTH"] == "0"


@pytest.mark.parametrize("way", WAYS)
def test_transfer_encoding_which_the_door_has_undone_is_dropped(way: str) -> None:
    environ = environ_of(way, Ask("POST", headers=(("Transfer-Encoding", "chunked"),), body=b"x"))
    assert "HTTP_TRANSFER_ENCODING" not in environ
    assert environ["CONTENT_LENGTH"] == "1"


NULLS: dict[str, tuple[str, ...]] = {
    "http-api": ("headers", "cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"),
    "function-url": ("headers", "cookies", "queryStringParameters", "pathParameters", "body"),
    "http-api-v1": ("headers", "multiValueHeaders", "requestContext", "pathParameters", "resource", "body"),
    "rest-api": ("headers", "multiValueHeaders", "requestContext", "pathParameters", "resource", "body"),
    "alb": ("headers", "multiValueHeaders", "queryStringParameters", "body"),
    "alb-multi-value": ("headers", "multiValueHeaders", "multiValueQueryStringParameters", "body"),
    "lattice": ("headers", "queryStringParameters", "body"),
    "lattice-v1": ("headers", "query_string_parameters", "body"),
}


@pytest.mark.parametrize(("way", "name"), [(way, name) for way, names in NULLS.items() for name in names])
@pytest.mark.parametrize("how", ["null", "missing"])
def test_a_map_that_is_null_or_missing_is_an_empty_one(way: str, name: str, how: str) -> None:
    sent = event(way, Ask(path="/x")) | {name: None}
    if how == "missing":
        del sent[name]
    assert environ_of_event(sent)["PATH_INFO"] == "/x"


@pytest.mark.parametrize("way", WAYS)
def test_every_map_may_be_null_at_once(way: str) -> None:
    environ = environ_of_event(event(way, Ask(path="/x")) | dict.fromkeys(NULLS[way]))
    assert environ["PATH_INFO"] == "/x"
    assert [key for key in environ if key.startswith("HTTP_")] == ["HTTP_HOST"], "which we know"


@pytest.mark.parametrize(
    "name", ["authorizer", "authentication", "identity", "domainName", "stage", "path", "protocol"]
)
@pytest.mark.parametrize("way", ["http-api", "function-url", "http-api-v1", "rest-api", "lattice"])
def test_what_the_request_context_may_say_may_be_null_or_missing(way: str, name: str) -> None:
    sent = event(way, Ask(path="/x"))
    sent["requestContext"][name] = None
    assert environ_of_event(sent)["PATH_INFO"] == "/x"
    del sent["requestContext"][name]
    assert environ_of_event(sent)["PATH_INFO"] == "/x"


@pytest.mark.parametrize("way", WAYS)
def test_a_thousand_headers_come_through(way: str) -> None:
    environ = environ_of(way, Ask(headers=tuple((f"X-Flood-{n}", str(n)) for n in range(1000))))
    assert all(environ[f"HTTP_X_FLOOD_{n}"] == str(n) for n in range(1000))


@pytest.mark.parametrize("way", ALL_VALUES)
def test_a_thousand_values_of_one_header_come_through(way: str) -> None:
    environ = environ_of(way, Ask(headers=tuple(("X-Flood", str(n)) for n in range(1000))))
    assert environ["HTTP_X_FLOOD"].split(",") == [str(n) for n in range(1000)]
