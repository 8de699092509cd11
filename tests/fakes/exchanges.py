"""Requests and results as the gateways' tests need them, with everything they do not care for filled in."""

from __future__ import annotations

import json
from typing import Any

from sameroom.local.gateways import DOORS, gateway
from sameroom.local.http import Entrance, HttpAnswer, HttpRequest, Outcome

REQUEST_ID = "7c2af7db-31f3-42b5-8a6d-9ffc74e3b9e0"
TIME = 1783711144.836

HTTP_APIS = ("http-api", "http-api-v1")
PAYLOAD_V2 = ("http-api", "function-url")
PAYLOAD_V1 = ("http-api-v1", "rest-api")
LATTICES = ("lattice", "lattice-v1")
#: Every door, and the ALB with its other setting.
ENTRANCES = {
    **{door: Entrance(door=door) for door in DOORS},
    "alb-multi": Entrance(door="alb", multi_value_headers=True),
}


def request(
    target: str = "/",
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    client: str = "203.0.113.18",
) -> HttpRequest:
    """A request with a Host header, a day in July 2026, and nothing else that was not asked for."""
    return HttpRequest(method, target, (("Host", "127.0.0.1:3000"), *headers), body, client, 3000, TIME)


def entrance(name: str, **settings: Any) -> Entrance:
    """The entrance of a door, or of "alb-multi"."""
    base = ENTRANCES[name]
    given = {"door": base.door, "multi_value_headers": base.multi_value_headers, **settings}
    return Entrance(**given)


def admitted(name: str, asked: HttpRequest, **settings: Any) -> dict[str, Any]:
    """The event; fails the test where the door refuses."""
    place = entrance(name, **settings)
    event = gateway(place.door).admit(asked, place, REQUEST_ID)
    assert isinstance(event, dict), event
    json.dumps(event)
    return event


def refused(name: str, asked: HttpRequest, **settings: Any) -> HttpAnswer:
    """The door's own answer; fails the test where it asks the function."""
    place = entrance(name, **settings)
    answer = gateway(place.door).admit(asked, place, REQUEST_ID)
    assert isinstance(answer, HttpAnswer), answer
    return answer


def answered(name: str, result: Any, asked: HttpRequest | None = None, **settings: Any) -> HttpAnswer:
    """The door's answer to a result, which is JSON or, given as bytes, a payload as it is."""
    payload = result if isinstance(result, bytes) else json.dumps(result).encode()
    return concluded(name, Outcome("result", payload), asked, **settings)


def concluded(name: str, outcome: Outcome, asked: HttpRequest | None = None, **settings: Any) -> HttpAnswer:
    """The door's answer to an outcome of any kind."""
    place = entrance(name, **settings)
    return gateway(place.door).answer(outcome, asked or request(), place, REQUEST_ID)


def values(answer: HttpAnswer, name: str) -> list[str]:
    """Every value of one of the answer's headers."""
    return [value for key, value in answer.headers if key.lower() == name.lower()]


def header(event: dict[str, Any], name: str) -> list[str]:
    """Every value that an event has of a header, in whichever map and spelling."""
    found = event.get("multiValueHeaders") or event["headers"]
    return [
        value
        for key, entry in found.items()
        if key.lower() == name.lower()
        for value in (entry if isinstance(entry, list) else [entry])
    ]


def ok(name: str, **result: Any) -> dict[str, Any]:
    """The plainest result that a door takes, with whatever is put in or put over it."""
    made: dict[str, Any] = {"statusCode": 200, "body": "hello", "isBase64Encoded": False}
    if name.startswith(("alb", "lattice")):
        made["statusDescription"] = "200 OK"
    made.update(result)
    return made


def with_headers(name: str, headers: dict[str, Any]) -> dict[str, Any]:
    """Headers of a result in the map that the door reads."""
    if name in ("alb-multi", *PAYLOAD_V1):
        return {"multiValueHeaders": {key: [value] for key, value in headers.items()}}
    return {"headers": headers}


#: What each door answers when the result is none, or the function failed.
BROKEN = {
    "http-api": (500, b'{"message":"Internal Server Error"}'),
    "http-api-v1": (500, b'{"message":"Internal Server Error"}'),
    "rest-api": (502, b'{"message": "Internal server error"}'),
    "function-url": (502, b"Internal Server Error"),
    "alb": (502, b"<h1>502 Bad Gateway</h1>"),
    "alb-multi": (502, b"<h1>502 Bad Gateway</h1>"),
    "lattice": (502, b"Bad Gateway"),
    "lattice-v1": (502, b"Bad Gateway"),
}


def is_broken(name: str, answer: HttpAnswer) -> bool:
    status, body = BROKEN[name]
    return answer.status == status and body in answer.body
