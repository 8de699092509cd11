"""Every status that CloudFormation knows has a meaning for a deploy, and a plan leaves the bad ones alone."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from sameroom.errors import SameroomError, StackBusy, StackStuck
from sameroom.stack.found import Found
from sameroom.stack.recover import refuse_stuck
from sameroom.stack.states import meaning


def all_states() -> list[str]:
    shape: Any = botocore.session.get_session().get_service_model("cloudformation").shape_for("StackStatus")
    return list(shape.enum)


@pytest.mark.parametrize("status", all_states())
def test_every_status_of_the_api_has_a_meaning(status: str) -> None:
    means = meaning(status)
    assert means.act in ("go", "wait", "delete", "take back", "continue", "stuck")
    assert f"The stack is {status}" not in means.says, "the table has it"
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        assert means.act == "wait"
    if means.act != "go":
        assert means.says


def test_a_status_of_the_future_is_waited_for_or_left_alone() -> None:
    assert meaning("TELEPORT_IN_PROGRESS").act == "wait"
    assert meaning("TELEPORT_FAILED").act == "stuck"
    assert meaning("").act == "go"


@pytest.mark.parametrize("status", ["", *all_states()])
def test_a_plan_is_made_where_a_deploy_would_go_at_once(status: str) -> None:
    found = Found("shop", "1", "eu-west-1", status=status)
    act = meaning(status).act
    if act == "go":
        refuse_stuck(found)
        return
    with pytest.raises(StackBusy if act == "wait" else StackStuck) as refused:
        refuse_stuck(found)
    error: SameroomError = refused.value
    assert "shop" in error.what
    assert status in error.what
    assert error.why
    assert error.next
