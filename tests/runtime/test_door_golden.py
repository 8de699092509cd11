"""The golden events of every door, one request that a client sent, read as the app sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from fakes.serving import Context, Recorder

from sameroom import make_handler
from sameroom.runtime.doors import DOORS, name_of

EVENTS = Path(__file__).parent.parent / "events"
#: The doors that hand over the last of several values: AWS's loss.
LAST_VALUE = ("alb",)


def _event(door: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{door.replace('-', '_')}.json").read_text())
    return event


@pytest.mark.parametrize("door", DOORS)
def test_a_golden_event_is_known_by_its_door(door: str) -> None:
    assert name_of(_event(door)) == door


@pytest.mark.parametrize("door", DOORS)
def test_every_door_makes_the_same_request_of_its_golden_event(door: str) -> None:
    app = Recorder()
    make_handler(app)(_event(door), Context())
    environ = app.environ
    assert environ["REQUEST_METHOD"] == "POST"
    assert (environ["SCRIPT_NAME"] + environ["PATH_INFO"]).endswith("/messages/space and/slash")
    every = {
        "tag": ["one", "two"],
        "to": ["https://example.com/a"],
        "plus": ["a b"],
        "encoded": ["a+b"],
        "empty": [""],
    }
    last = {key: values[-1:] for key, values in every.items()}
    single = door in LAST_VALUE
    assert parse_qs(environ["QUERY_STRING"], keep_blank_values=True) == (last if single else every)
    assert environ["HTTP_X_PROBE"].replace(" ", "") == ("second" if single else "first,second")
    assert environ["HTTP_COOKIE"] == "session=abc123; theme=dark"
    assert environ["CONTENT_TYPE"] == "application/json"
    assert environ["REMOTE_ADDR"] == "203.0.113.18"
    assert json.loads(app.body) == {"message": "hello", "unicode": "lambda-λ"}
    assert environ["CONTENT_LENGTH"] == str(len(app.body))
