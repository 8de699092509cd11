"""A stack's events as they come: each once, page by page, through throttling, up to its own end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import Gate, toll

from sameroom.errors import Refused
from sameroom.stack.following import Event, follow

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc).timestamp()
STACK = "AWS::CloudFormation::Stack"
QUEUE = "AWS::SQS::Queue"


@pytest.fixture
def gate(stand: Stand) -> Iterator[Gate]:
    with toll(stand.endpoint) as found:
        yield found


def page(events: Sequence[tuple[str, str, str, float]], token: str = "") -> bytes:
    """Newest first, as AWS gives them: name, type, status, seconds after noon."""
    members = "".join(
        f"<member><StackId>s</StackId><StackName>s</StackName><EventId>{name}{status}{at}</EventId>"
        f"<LogicalResourceId>{name}</LogicalResourceId><ResourceType>{kind}</ResourceType>"
        f"<ResourceStatus>{status}</ResourceStatus>"
        f"<Timestamp>{datetime.fromtimestamp(NOON + at, timezone.utc).isoformat()}</Timestamp></member>"
        for name, kind, status, at in events
    )
    more = f"<NextToken>{token}</NextToken>" if token else ""
    return (
        '<DescribeStackEventsResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">'
        f"<DescribeStackEventsResult><StackEvents>{members}</StackEvents>{more}</DescribeStackEventsResult>"
        "</DescribeStackEventsResponse>"
    ).encode()


def followed(gate: Gate, pages: Sequence[bytes]) -> tuple[list[Event], list[float]]:
    """What is told, and the pauses, when AWS answers ``pages``."""
    answers = iter(pages)
    gate.rewrite("cloudformation", "DescribeStackEvents", lambda body: next(answers))
    told: list[Event] = []
    pauses: list[float] = []
    events = follow(gate.cloud(), "s", NOON, told.append, pauses.append)
    assert list(events) == told
    return told, pauses


BEGUN = ("s", STACK, "UPDATE_IN_PROGRESS", 1.0)
ENDED = ("s", STACK, "UPDATE_COMPLETE", 9.0)


def made(name: str, at: float) -> tuple[str, str, str, float]:
    return (name, QUEUE, "CREATE_COMPLETE", at)


def test_each_event_is_told_once_and_in_order(gate: Gate) -> None:
    told, pauses = followed(
        gate, [page([BEGUN]), page([made("A", 2), BEGUN]), page([ENDED, made("B", 3), made("A", 2), BEGUN])]
    )
    assert [event.resource for event in told] == ["s", "A", "B", "s"]
    assert len(pauses) == 2
    assert told[-1].of_stack
    assert told[-1].at == NOON + 9


def test_pages_are_read_back_to_the_beginning_and_no_further(gate: Gate) -> None:
    before = made("Old", -5)
    told, _ = followed(gate, [page([ENDED, made("B", 3)], "1"), page([made("A", 2), BEGUN, before], "2")])
    assert [event.resource for event in told] == ["s", "A", "B", "s"]
    assert gate.counts["cloudformation", "DescribeStackEvents"] == 2


def test_cleaning_up_is_not_the_end(gate: Gate) -> None:
    cleaning = ("s", STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", 5.0)
    told, pauses = followed(gate, [page([cleaning, BEGUN]), page([ENDED, cleaning, BEGUN])])
    assert told[-1].status == "UPDATE_COMPLETE"
    assert len(pauses) == 1


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "CREATE_FAILED"])
def test_a_stack_that_failed_has_come_to_its_end_too(gate: Gate, status: str) -> None:
    told, _ = followed(gate, [page([("s", STACK, status, 9.0), BEGUN])])
    assert told[-1].status == status


def test_throttled_looks_lose_nothing(stand: Stand, gate: Gate) -> None:
    name = fresh_name("followed")
    body = json.dumps({"Resources": {"Queue": {"Type": QUEUE}}})
    stand.cloud().call("cloudformation", "create_stack", StackName=name, TemplateBody=body)
    gate.refuse("cloudformation", "DescribeStackEvents", "Throttling", times=3)
    events = follow(gate.cloud(tries=1), name, 0.0, lambda event: None)
    assert {event.resource for event in events} == {name, "Queue"}
    assert events[-1].status == "CREATE_COMPLETE"


def test_another_refusal_is_told(gate: Gate) -> None:
    with pytest.raises(Refused, match="does not exist"):
        follow(gate.cloud(), fresh_name("nowhere"), 0.0, lambda event: None)
