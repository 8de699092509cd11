"""Change sets: made, met again, read page by page, refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import Gate, toll

from sameroom.errors import StackFailed, StalePlan
from sameroom.stack.change_set import Draft, draft, drafted, execute
from sameroom.stack.following import follow


@pytest.fixture
def gate(stand: Stand) -> Iterator[Gate]:
    with toll(stand.endpoint) as found:
        yield found


def a_draft(*, seconds: int = 30, kind: Any = "CREATE", stack: str = "") -> Draft:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}
    body = json.dumps({"Resources": {"Queue": queue}})
    return Draft(stack or fresh_name("drafted"), kind, body, "", {}, {"sameroom:project": "x"}, "sameroom-1")


def made(gate: Gate) -> Draft:
    """A stack of one queue."""
    wanted, cloud = a_draft(), gate.cloud()
    first = draft(cloud, wanted)
    execute(cloud, wanted.stack, first.arn)
    follow(cloud, wanted.stack, first.at, lambda event: None)
    return wanted


def answer(operation: str, inside: str) -> bytes:
    space = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
    return (
        f'<{operation}Response xmlns="{space}"><{operation}Result>{inside}</{operation}Result>'
        f"</{operation}Response>"
    ).encode()


def described(status: str, reason: str = "", more: str = "") -> bytes:
    return answer(
        "DescribeChangeSet",
        f"<Status>{status}</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>"
        f"<StatusReason>{reason}</StatusReason><CreationTime>2026-11-21T08:00:00Z</CreationTime>{more}",
    )


def test_the_same_draft_made_twice_is_made_anew(gate: Gate) -> None:
    wanted, cloud = a_draft(), gate.cloud()
    first, second = draft(cloud, wanted), draft(cloud, wanted)
    assert [one["ResourceChange"]["LogicalResourceId"] for one in second.changes] == ["Queue"]
    assert gate.counts["cloudformation", "DeleteChangeSet"] == 1
    assert first.at <= second.at


def test_nothing_to_change_is_no_change_set(gate: Gate) -> None:
    wanted = made(gate)
    assert draft(gate.cloud(), wanted._replace(kind="UPDATE", name="sameroom-2")).arn == ""
    assert gate.counts["cloudformation", "DeleteChangeSet"] == 1


def test_a_change_set_that_aws_cannot_make_is_told_with_its_reason(gate: Gate) -> None:
    reason = "Template error: instance of Fn::GetAtt references undefined resource Nobody"
    gate.rewrite("cloudformation", "DescribeChangeSet", lambda body: described("FAILED", reason))
    with pytest.raises(StackFailed, match="undefined resource Nobody") as failed:
        draft(gate.cloud(), a_draft())
    assert "Nothing was changed" in str(failed.value)
    assert gate.counts["cloudformation", "DeleteChangeSet"] == 1


def test_a_change_set_that_takes_its_time_is_waited_for_and_not_for_ever(gate: Gate) -> None:
    pauses: list[float] = []
    gate.rewrite("cloudformation", "DescribeChangeSet", lambda body: described("CREATE_PENDING"), times=6)
    assert draft(gate.cloud(), a_draft(), pauses.append).arn
    assert pauses == sorted(pauses)
    assert len(pauses) == 6
    pauses.clear()
    gate.rewrite("cloudformation", "DescribeChangeSet", lambda body: described("CREATE_IN_PROGRESS"))
    with pytest.raises(StackFailed, match="CREATE_IN_PROGRESS after 300 seconds"):
        draft(gate.cloud(), a_draft(), pauses.append)


def test_every_page_of_changes_is_read(gate: Gate) -> None:
    def page(name: str, token: str) -> bytes:
        change = f"<Action>Add</Action><LogicalResourceId>{name}</LogicalResourceId>"
        member = f"<member><Type>Resource</Type><ResourceChange>{change}</ResourceChange></member>"
        more = f"<NextToken>{token}</NextToken>" if token else ""
        return described("CREATE_COMPLETE", more=f"<Changes>{member}</Changes>{more}")

    pages = iter([page("One", "1"), page("Two", "2"), page("Three", "")])
    gate.rewrite("cloudformation", "DescribeChangeSet", lambda body: next(pages))
    found = draft(gate.cloud(), a_draft()).changes
    assert [one["ResourceChange"]["LogicalResourceId"] for one in found] == ["One", "Two", "Three"]


def test_a_plan_whose_change_set_is_gone_or_was_used_is_stale(gate: Gate) -> None:
    wanted, cloud = made(gate), gate.cloud()
    update = wanted._replace(body=a_draft(seconds=60).body, kind="UPDATE", name="sameroom-2")
    used = draft(cloud, update)
    execute(cloud, wanted.stack, used.arn)
    follow(cloud, wanted.stack, used.at, lambda event: None)
    for again in (
        lambda: drafted(cloud, wanted.stack, used.arn),
        lambda: execute(cloud, wanted.stack, used.arn),
    ):
        with pytest.raises(StalePlan, match="sameroom plan"):
            again()
    gate.rewrite(
        "cloudformation",
        "DescribeChangeSet",
        lambda body: described("CREATE_COMPLETE").replace(b"AVAILABLE", b"OBSOLETE"),
    )
    with pytest.raises(StalePlan, match="OBSOLETE"):
        drafted(cloud, wanted.stack, used.arn)


def test_a_plan_without_a_change_set_asks_nobody(gate: Gate) -> None:
    assert drafted(gate.cloud(), "shop", "").changes == ()
    assert not gate.calls
