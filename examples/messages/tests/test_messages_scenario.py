"""One scenario through every way in: the answers are right, and equal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
import stand_in
from doors import WAYS, Call, Setting
from play import Seen, play, read
from scenario import STEPS, STEPS_WITHOUT_TABLE
from stand_in import StandIn


@pytest.fixture(scope="module")
def expected(dynamodb: StandIn, request: pytest.FixtureRequest) -> Iterator[list[Seen]]:
    """What Flask's test client sees."""
    with stand_in.table(dynamodb) as environment:
        setting = Setting(request.path.parent.parent, environment)
        with WAYS["flask"](setting) as call:
            yield play(STEPS, call)


def test_the_whole_scenario_gives_equal_answers_through_every_way_in(
    call: Call, expected: list[Seen]
) -> None:
    assert play(STEPS, call) == expected


def test_without_a_table_every_way_in_says_503_and_keeps_the_reason_to_itself(
    way: str, setting: Setting
) -> None:
    def opened(name: str) -> AbstractContextManager[Call]:
        environment = {**setting.environment, "DDB_TABLE_NAME": "messages-that-are-not-there"}
        return WAYS[name](setting._replace(environment=environment))

    with opened(way) as call, opened("flask") as flask:
        seen = play(STEPS_WITHOUT_TABLE, call)
        assert seen == play(STEPS_WITHOUT_TABLE, flask)
    assert not any("not-there" in answer.body or "Resource" in answer.body for answer in seen)


def test_pages_hold_every_message_once_and_always_in_the_same_order(call: Call) -> None:
    for n in range(7):
        assert call("POST", "/message", {"Content-Type": "application/json"}, b'{"n":%d}' % n).status == 201
    whole = _ids(call, 100)
    assert len(whole) == len(set(whole)) == 7
    for limit in (1, 2, 3, 7):
        assert _ids(call, limit) == whole


def _ids(call: Call, limit: int) -> list[str]:
    ids: list[str] = []
    after = ""
    while True:
        page = read(call("GET", f"/message?limit={limit}{after}", {}, b"").body)
        assert page["messages"], "a page after the end"
        ids += [message["message_id"] for message in page["messages"]]
        if page["next"] is None:
            return ids
        assert len(page["messages"]) == limit
        after = f"&next={page['next']}"
