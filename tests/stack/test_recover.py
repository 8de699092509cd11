"""Stacks that an earlier deploy left behind, in every state: brought back, or told what holds them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import Gate, toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, StackStuck
from sameroom.stack.found import Found, look
from sameroom.stack.recover import recover

TAGS = [{"Key": "sameroom:project", "Value": "köche"}]
QUEUE = {"Type": "AWS::SQS::Queue"}
#: A network with somebody's subnet in it cannot be deleted, here as on AWS.
NETWORK = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}
DONE = b"""<ContinueUpdateRollbackResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
<ContinueUpdateRollbackResult/></ContinueUpdateRollbackResponse>"""


class Told:
    """What was said on the way."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def stack() -> str:
    return fresh_name("left-behind")


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def gate(stand: Stand) -> Iterator[Gate]:
    with toll(stand.endpoint) as gate:
        yield gate


def template(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


def failing(seconds: int = 1) -> dict[str, Any]:
    """Resources that fail after that time: nobody gives the sign that they wait for."""
    waiting = {"Handle": {"Ref": "Handle"}, "Timeout": str(seconds)}
    return {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Sign": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": waiting},
    }


def make(cloud: Cloud, stack: str, **resources: Any) -> None:
    cloud.call(
        "cloudformation", "create_stack", StackName=stack, TemplateBody=template(**resources), Tags=TAGS
    )


def settled(cloud: Cloud, stack: str) -> str:
    while True:
        said = cloud.call("cloudformation", "describe_stacks", StackName=stack)["Stacks"][0]
        if not said["StackStatus"].endswith("_IN_PROGRESS"):
            return str(said["StackStatus"])
        time.sleep(0.05)


def found(cloud: Cloud, stack: str) -> Found:
    return look(cloud, stack, "köche")


def held_by_a_subnet(cloud: Cloud, stack: str) -> str:
    """A stack in DELETE_FAILED; the subnet that holds it."""
    make(cloud, stack, Network=NETWORK, Queue=QUEUE)
    settled(cloud, stack)
    said = cloud.call("cloudformation", "describe_stack_resources", StackName=stack)["StackResources"]
    network = next(one["PhysicalResourceId"] for one in said if one["LogicalResourceId"] == "Network")
    subnet = cloud.call("ec2", "create_subnet", VpcId=network, CidrBlock="10.1.1.0/24")["Subnet"]
    cloud.call("cloudformation", "delete_stack", StackName=stack)
    assert settled(cloud, stack) == "DELETE_FAILED"
    return str(subnet["SubnetId"])


def test_no_stack_and_a_good_one_are_left_as_they_are(cloud: Cloud, stack: str, told: Told) -> None:
    nothing = found(cloud, stack)
    assert recover(cloud, nothing, told) == nothing
    make(cloud, stack, Queue=QUEUE)
    settled(cloud, stack)
    good = found(cloud, stack)
    assert recover(cloud, good, told) == good
    assert told.lines == []


def test_a_first_deploy_that_failed_is_deleted_to_be_made_anew(cloud: Cloud, stack: str, told: Told) -> None:
    make(cloud, stack, Queue=QUEUE, **failing())
    assert settled(cloud, stack) == "ROLLBACK_COMPLETE"
    after = recover(cloud, found(cloud, stack), told)
    assert (after.status, after.deployed) == ("", False)
    assert told.lines == [
        "The first deploy failed and AWS has taken it back: the empty stack is deleted and made anew."
    ]


@pytest.mark.slow
def test_one_that_is_still_at_work_is_waited_for_to_its_end(cloud: Cloud, stack: str, told: Told) -> None:
    make(cloud, stack, Queue=QUEUE, **failing())
    before = found(cloud, stack)
    assert before.status == "CREATE_IN_PROGRESS"
    after = recover(cloud, before, told)
    assert after.status == ""
    assert [line.split(":")[0] for line in told.lines] == [
        "AWS is still making the stack for an earlier deploy",
        "The first deploy failed and AWS has taken it back",
    ]


def test_one_that_ends_well_meanwhile_is_gone_on_from(cloud: Cloud, stack: str, told: Told) -> None:
    make(cloud, stack, Queue=QUEUE)
    settled(cloud, stack)
    cloud.call(
        "cloudformation",
        "update_stack",
        StackName=stack,
        TemplateBody=template(Queue=QUEUE, **failing()),
        Tags=TAGS,
    )
    after = recover(cloud, found(cloud, stack)._replace(status="UPDATE_IN_PROGRESS"), told)
    assert after.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "waiting for it" in told.lines[0]
    assert "AWS took it back" in told.lines[-1]


@pytest.mark.slow
def test_a_failed_first_deploy_that_was_left_is_deleted(cloud: Cloud, stack: str, told: Told) -> None:
    body = template(Queue=QUEUE, **failing())
    cloud.call(
        "cloudformation", "create_stack", StackName=stack, TemplateBody=body, Tags=TAGS, DisableRollback=True
    )
    assert settled(cloud, stack) == "CREATE_FAILED"
    assert recover(cloud, found(cloud, stack), told).status == ""
    assert "left as it was" in told.lines[0]


@pytest.mark.slow
def test_a_failed_update_that_was_left_is_taken_back(cloud: Cloud, stack: str, told: Told) -> None:
    make(cloud, stack, Queue=QUEUE)
    settled(cloud, stack)
    body = template(Queue=QUEUE, **failing())
    cloud.call(
        "cloudformation", "update_stack", StackName=stack, TemplateBody=body, Tags=TAGS, DisableRollback=True
    )
    assert settled(cloud, stack) == "UPDATE_FAILED"
    after = recover(cloud, found(cloud, stack), told)
    assert after.status == "UPDATE_ROLLBACK_COMPLETE"
    assert after.deployed
    assert "AWS takes it back first" in told.lines[0]


def test_a_planned_stack_is_said_to_be_one_and_used(cloud: Cloud, stack: str, told: Told) -> None:
    cloud.call(
        "cloudformation",
        "create_change_set",
        StackName=stack,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=template(Queue=QUEUE),
        Tags=TAGS,
    )
    planned = found(cloud, stack)
    assert planned.status == "REVIEW_IN_PROGRESS"
    assert recover(cloud, planned, told) == planned
    assert told.lines == ["The stack was planned and never deployed; this is its first deploy."]


def test_what_cannot_be_deleted_is_named_with_aws_reason(cloud: Cloud, stack: str, told: Told) -> None:
    subnet = held_by_a_subnet(cloud, stack)
    with pytest.raises(StackStuck) as stuck:
        recover(cloud, found(cloud, stack), told)
    assert f"{stack} is DELETE_FAILED" in stuck.value.what
    assert "Network (AWS::EC2::VPC)" in stuck.value.why
    assert "has dependencies" in stuck.value.why
    assert stuck.value.next.endswith("--retain-resources Network")
    cloud.call("ec2", "delete_subnet", SubnetId=subnet)
    assert recover(cloud, found(cloud, stack), told).status == "", "mended by hand, it goes on"


def test_a_stack_that_is_being_destroyed_is_waited_for(
    cloud: Cloud, stack: str, told: Told, gate: Gate
) -> None:
    make(cloud, stack, Queue=QUEUE)
    settled(cloud, stack)
    before = found(cloud, stack)._replace(status="DELETE_IN_PROGRESS")
    gate.rewrite(
        "cloudformation",
        "DescribeStacks",
        lambda b: b.replace(b"CREATE_COMPLETE", b"DELETE_IN_PROGRESS"),
        times=2,
    )
    gate.after(
        "cloudformation",
        "DescribeStacks",
        lambda: cloud.call("cloudformation", "delete_stack", StackName=stack),
        skip=1,
    )
    assert recover(gate.cloud(), before, told, lambda seconds: time.sleep(0.01)).status == ""
    assert told.lines == ["The stack is being destroyed: waiting for it, to make it anew."]


@pytest.mark.slow
def test_a_protected_stack_is_not_deleted_and_the_way_is_told(cloud: Cloud, stack: str, told: Told) -> None:
    make(cloud, stack, Queue=QUEUE, **failing())
    cloud.call(
        "cloudformation", "update_termination_protection", StackName=stack, EnableTerminationProtection=True
    )
    settled(cloud, stack)
    with pytest.raises(StackStuck, match="is protected") as stuck:
        recover(cloud, found(cloud, stack), told)
    assert "--no-enable-termination-protection" in stuck.value.next


def in_failed_rollback(cloud: Cloud, gate: Gate, stack: str) -> list[bool]:
    """A stack that AWS could not take back. No stand gets into that state, so the gate says so, until the
    list that is returned has something in it."""
    make(cloud, stack, Queue=QUEUE)
    settled(cloud, stack)
    mended: list[bool] = []

    def said(body: bytes) -> bytes:
        status = b"UPDATE_ROLLBACK_COMPLETE" if mended else b"UPDATE_ROLLBACK_FAILED"
        return body.replace(b"CREATE_COMPLETE", status)

    gate.rewrite("cloudformation", "DescribeStacks", said)
    gate.rewrite(
        "cloudformation", "DescribeStackResources", lambda b: b.replace(b"CREATE_COMPLETE", b"UPDATE_FAILED")
    )
    return mended


def test_a_failed_way_back_is_gone_again(cloud: Cloud, gate: Gate, stack: str, told: Told) -> None:
    mended = in_failed_rollback(cloud, gate, stack)
    before = found(gate.cloud(), stack)
    assert before.status == "UPDATE_ROLLBACK_FAILED"

    def done(body: bytes) -> bytes:
        mended.append(True)
        return DONE

    gate.rewrite("cloudformation", "ContinueUpdateRollback", done)
    after = recover(gate.cloud(), before, told)
    assert after.status == "UPDATE_ROLLBACK_COMPLETE"
    assert told.lines[0] == "The last deploy failed, and AWS could not take it back: trying that again."


def test_a_way_back_that_fails_again_names_what_holds_it(
    cloud: Cloud, gate: Gate, stack: str, told: Told
) -> None:
    in_failed_rollback(cloud, gate, stack)
    gate.rewrite("cloudformation", "ContinueUpdateRollback", lambda body: DONE)
    with pytest.raises(StackStuck) as stuck:
        recover(gate.cloud(), found(gate.cloud(), stack), told)
    assert "Queue (AWS::SQS::Queue)" in stuck.value.why
    assert stuck.value.next.endswith(f"--stack-name {stack} --resources-to-skip Queue")


@pytest.mark.parametrize("operation", ["DeleteStack", "DescribeStacks"])
def test_a_denied_recovery_names_the_call(
    cloud: Cloud, gate: Gate, stack: str, told: Told, operation: str
) -> None:
    make(cloud, stack, Queue=QUEUE)
    settled(cloud, stack)
    before = found(cloud, stack)._replace(status="ROLLBACK_COMPLETE")
    gate.refuse("cloudformation", operation, "AccessDenied")
    with pytest.raises(AccessDenied, match=f"cloudformation:{operation}"):
        recover(gate.cloud(), before, told)


def test_pauses_grow_while_aws_is_at_work(cloud: Cloud, gate: Gate, stack: str, told: Told) -> None:
    make(cloud, stack, Queue=QUEUE)
    settled(cloud, stack)
    before = found(cloud, stack)._replace(status="UPDATE_IN_PROGRESS")
    gate.rewrite(
        "cloudformation",
        "DescribeStacks",
        lambda b: b.replace(b"CREATE_COMPLETE", b"UPDATE_IN_PROGRESS"),
        times=6,
    )
    paused: list[float] = []
    recover(gate.cloud(), before, told, paused.append)
    assert paused == [0.2, 0.5, 1.0, 2.0, 5.0, 5.0]
