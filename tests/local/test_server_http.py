"""The server against real sockets: HTTP as clients send it, well and badly."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fakes.door_site import Echo, Site, everything, response, site, until

from sameroom.local import wire
from sameroom.local.http import Entrance, HttpAnswer

ECHO = Echo()


@pytest.fixture(scope="module")
def api() -> Iterator[Site]:
    with site(Entrance(door="http-api"), ECHO) as place:
        yield place


@pytest.fixture(scope="module")
def rest() -> Iterator[Site]:
    with site(Entrance(door="rest-api"), ECHO) as place:
        yield place


def event_in(answer: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def test_names_values_and_their_order_reach_the_door_as_they_were_sent(rest: Site) -> None:
    answer = rest.say(
        b"GET /a%20b//c?x=%41&x= HTTP/1.1\r\nHost: a\r\nX-MiXed: 1\r\nx-other:  2 \r\nX-MiXed: \xc3\xa9\r\n"
        b"Connection: close\r\n\r\n"
    )
    event = event_in(answer)
    assert event["path"] == "/a%20b//c"
    assert event["multiValueHeaders"]["X-MiXed"] == ["1", "é"]
    assert event["multiValueHeaders"]["x-other"] == ["2"]
    assert event["multiValueQueryStringParameters"] == {"x": ["A", ""]}


def test_a_connection_serves_one_request_after_the_other(api: Site) -> None:
    with api.connect() as client:
        for number in range(3):
            client.sendall(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number)
            head, _ = response(client)
            assert b"x-path: /%d" % number in head.lower()


def test_pipelined_requests_are_answered_in_order(api: Site) -> None:
    requests = b"".join(b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % p for p in (b"slow", b"b", b"c"))
    with api.connect() as client:
        client.sendall(requests)
        heads = [response(client)[0].lower() for _ in range(3)]
    assert [b"/slow" in heads[0], b"x-path: /b" in heads[1], b"x-path: /c" in heads[2]] == [True] * 3


def test_many_pipelined_requests_make_the_client_wait_and_are_all_answered(api: Site) -> None:
    answer = api.say(GET * 200 + LAST)
    assert answer.count(b"HTTP/1.1 200 OK") == 201


def test_a_request_may_come_byte_by_byte(api: Site) -> None:
    with api.connect() as client:
        for byte in b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc":
            client.sendall(bytes([byte]))
        _, body = response(client)
    assert json.loads(body)["requestContext"]["http"]["method"] == "POST"


def test_a_chunked_body_arrives_whole_and_trailers_do_not(api: Site) -> None:
    answer = api.say(
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n"
    )
    event = event_in(answer)
    assert event["body"] == "abcdefg"
    assert "x-trailer" not in event["headers"]


def test_a_client_that_waits_for_100_continue_gets_it(api: Site) -> None:
    with api.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hi")
        head, _ = response(client)
    assert head.startswith(b"HTTP/1.1 200 OK")


def test_100_continue_waits_for_the_answers_before_it(api: Site) -> None:
    with api.connect() as client:
        client.sendall(
            b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        assert b"/slow" in response(client)[0]
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hi")
        assert response(client)[0].startswith(b"HTTP/1.1 200 OK")


def test_head_has_a_length_and_no_body(api: Site) -> None:
    with api.connect() as client:
        client.sendall(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + LAST)
        head, _ = response(client, bodiless=True)
        assert b"Content-Length: " in head
        assert everything(client).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body_have_no_length(api: Site, status: int) -> None:
    answer = api.say(b"GET /%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % status)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-length" not in answer.lower()
    assert answer.endswith(b"\r\n\r\n")


def test_http_1_0_closes_unless_it_asks_to_be_kept(api: Site) -> None:
    answer = api.say(b"GET / HTTP/1.0\r\n\r\n")
    assert b"Connection: close" in answer
    with api.connect() as client:
        client.sendall(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert b"Connection: keep-alive" in response(client)[0]
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert everything(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nA\x00B: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        bytes(range(256)) * 20,
    ],
)
def test_garbage_gets_400_and_the_end_of_the_connection(api: Site, garbage: bytes) -> None:
    assert api.say(garbage).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert api.say(LAST).startswith(b"HTTP/1.1 200 OK")


def test_garbage_after_a_request_comes_after_its_answer(api: Site) -> None:
    answer = api.say(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n\x00\x01\x02\r\n\r\n")
    assert answer.index(b"HTTP/1.1 200 OK") < answer.index(b"HTTP/1.1 400 Bad Request")


@pytest.mark.parametrize(
    "start", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: a", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_half_a_request_is_never_served(api: Site, start: bytes) -> None:
    before = len(api.ears.exchanges)
    assert api.say(start, half_close=True) == b""
    with api.connect() as client:
        client.sendall(start)
    assert api.say(LAST).startswith(b"HTTP/1.1 200 OK")
    assert len(api.ears.exchanges) == before + 1


def test_a_client_that_closed_its_side_still_gets_its_answer(api: Site) -> None:
    assert api.say(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", half_close=True).startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_hangs_up_is_told_of_and_harms_nobody(api: Site) -> None:
    client = api.connect()
    client.sendall(b"GET /slow-and-gone HTTP/1.1\r\nHost: a\r\n\r\n")
    until(lambda: ECHO.running)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    until(lambda: any(e.request.target == "/slow-and-gone" and e.hung_up for e in api.ears.exchanges))
    assert api.say(LAST).startswith(b"HTTP/1.1 200 OK")


def test_an_endless_head_is_refused(api: Site) -> None:
    with api.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * (1024 * 1024 + 70000))
        assert everything(client).startswith(b"HTTP/1.1 431 ")


def test_a_head_too_long_for_the_door_is_the_doors_to_refuse(api: Site) -> None:
    answer = api.say(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: " + b"a" * 10_240 + b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 494 ", b"HTTP/1.1 400 "))
    assert api.ears.exchanges[-1].invocation is None


def test_a_thousand_headers_are_no_trouble(api: Site) -> None:
    headers = b"".join(b"h%d: v\r\n" % number for number in range(1000))
    assert api.say(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + b"\r\n").startswith(
        (b"HTTP/1.1 200 ", b"HTTP/1.1 431 ")
    )


def test_a_body_too_large_is_refused_before_it_is_sent(api: Site) -> None:
    with api.connect() as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n"
        )
        assert everything(client).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("framing", [b"Content-Length: 20000000", b"Transfer-Encoding: chunked"])
def test_a_client_that_sends_too_much_can_still_read_the_refusal(api: Site, framing: bytes) -> None:
    with api.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n")
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n" if b"chunked" in framing else b"x" * 65536
        for _ in range(200):
            client.sendall(piece)
        assert everything(client).startswith(b"HTTP/1.1 413 ")


def test_an_upgrade_is_not_followed(api: Site) -> None:
    answer = api.say(
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello"
    )
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_large_answer_to_a_slow_client_arrives_whole(api: Site) -> None:
    with api.connect() as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 2 + LAST)
        time.sleep(0.3)
        answer = everything(client)
    assert answer.count(b"x" * 3_000_000) == 2


def test_a_bug_of_ours_is_answered_told_and_survived(api: Site) -> None:
    answer = api.say(b"GET /bug HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert isinstance(api.ears.failures.pop(), ZeroDivisionError)
    assert api.say(LAST).startswith(b"HTTP/1.1 200 OK")


def test_a_real_client_is_content(api: Site) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{api.port}", cookies={"c": "d"}) as client:
        for _ in range(3):
            answer = client.post("/x", params={"a": "ä"}, json={"b": 1})
            event = answer.json()
            assert (answer.status_code, event["rawQueryString"]) == (200, "a=%C3%A4")
            assert (event["body"], event["cookies"]) == ('{"b":1}', ["c=d"])
            assert answer.headers["date"]


def test_silent_clients_are_let_go() -> None:
    with site(Entrance(), ECHO, patience=0.3) as place:
        assert place.say(b"") == b""
        assert place.say(b"GET / HTTP/1.1\r\nHos").startswith(b"HTTP/1.1 408 ")
        assert place.say(GET).startswith(b"HTTP/1.1 200 ")


def test_closing_lets_requests_finish_and_takes_no_more() -> None:
    with site(Entrance(), ECHO) as place, place.connect() as idle, place.connect() as busy:
        busy.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + GET)
        until(lambda: ECHO.running)
        place.close()
        assert everything(idle) == b""
        answer = everything(busy)
        assert answer.count(b"HTTP/1.1 200 OK") == 1


@pytest.mark.parametrize("evil", ["a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1"])
def test_a_line_break_in_an_answer_cannot_start_a_header(evil: str) -> None:
    for headers in ((("X-A", evil),), ((evil, "x"),)):
        (piece,) = wire.whole(HttpAnswer(200, headers, b""), keep_alive=True)
        assert b"\nX-Injected" not in piece
        assert b"\rX-Injected" not in piece
        assert b"X-Injected" in piece
