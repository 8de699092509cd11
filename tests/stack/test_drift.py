"""What somebody changed by hand, read as a sentence; what a release moves is none of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, NotDeployed, Refused, Throttled
from sameroom.stack.drift import Difference, Drift, drifted

RESOURCES: dict[str, Any] = {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}},
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}},
}


@pytest.fixture
def cloud(stand: Stand) -> Cloud:
    return stand.cloud()


@pytest.fixture
def stack(cloud: Cloud) -> str:
    name = fresh_name("drifting")
    body = json.dumps({"Resources": RESOURCES})
    cloud.call("cloudformation", "create_stack", StackName=name, TemplateBody=body)
    while not cloud.call("cloudformation", "describe_stacks", StackName=name)["Stacks"][0][
        "StackStatus"
    ].endswith("COMPLETE"):
        pass
    return name


def physical(cloud: Cloud, stack: str) -> dict[str, str]:
    said = cloud.call("cloudformation", "describe_stack_resources", StackName=stack)["StackResources"]
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in said}


def test_a_stack_that_nobody_touched_has_no_drift(cloud: Cloud, stack: str) -> None:
    assert drifted(cloud, stack) == ()


def test_what_was_changed_and_deleted_by_hand_is_told(cloud: Cloud, stack: str) -> None:
    names = physical(cloud, stack)
    cloud.call("sqs", "set_queue_attributes", QueueUrl=names["Queue"], Attributes={"VisibilityTimeout": "99"})
    cloud.call("logs", "delete_log_group", logGroupName=names["Logs"])
    logs, queue = drifted(cloud, stack)
    assert (logs.status, logs.id, logs.type) == ("deleted", "Logs", "AWS::Logs::LogGroup")
    assert (queue.status, queue.id, queue.physical) == ("changed", "Queue", names["Queue"])
    assert list(map(str, queue.differences)) == ["VisibilityTimeout is 99 instead of 30"]


def test_a_difference_reads_as_a_sentence() -> None:
    assert str(Difference("/Tags/0/Value", "", "x")) == "Tags.0.Value was added: x"
    assert str(Difference("/Timeout", "30", "")) == "Timeout was removed; it was 30"
    assert len(str(Difference("/Policy", "a" * 999, "b"))) < 120


@pytest.mark.parametrize(
    ("status", "kind"), [("DETECTION_FAILED", Refused), ("DETECTION_IN_PROGRESS", Throttled)]
)
def test_a_comparison_without_an_end_is_told(
    stand: Stand, stack: str, status: str, kind: type[Refused]
) -> None:
    with toll(stand.endpoint) as gate:
        gate.rewrite(
            "cloudformation",
            "DescribeStackDriftDetectionStatus",
            lambda body: body.replace(b"DETECTION_COMPLETE", status.encode()).replace(b"IN_SYNC", b"UNKNOWN"),
        )
        with pytest.raises(kind) as refused:
            drifted(gate.cloud(), stack, lambda seconds: None)
    assert refused.value.why
    assert "--drift" in refused.value.next


@pytest.mark.parametrize(
    "operation", ["DetectStackDrift", "DescribeStackDriftDetectionStatus", "DescribeStackResourceDrifts"]
)
def test_a_denial_names_the_call_of_drift(stand: Stand, stack: str, operation: str) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("cloudformation", operation, "AccessDenied")
        with pytest.raises(AccessDenied, match=f"cloudformation:{operation}"):
            drifted(gate.cloud(), stack)


def test_the_alias_that_a_release_moved_is_no_drift(stand: Stand, stack: str) -> None:
    def of_the_alias(*paths: str) -> tuple[Drift, ...]:
        differences = "".join(
            f"<member><PropertyPath>{path}</PropertyPath><ExpectedValue>1</ExpectedValue>"
            "<ActualValue>2</ActualValue><DifferenceType>NOT_EQUAL</DifferenceType></member>"
            for path in paths
        )
        one = (
            "<LogicalResourceId>Live</LogicalResourceId><ResourceType>AWS::Lambda::Alias</ResourceType>"
            "<StackResourceDriftStatus>MODIFIED</StackResourceDriftStatus>"
            f"<PropertyDifferences>{differences}</PropertyDifferences>"
        )
        said = f"<R><DescribeStackResourceDriftsResult><StackResourceDrifts><member>{one}</member>"
        whole = f"{said}</StackResourceDrifts></DescribeStackResourceDriftsResult></R>"
        with toll(stand.endpoint) as gate:
            gate.rewrite("cloudformation", "DescribeStackResourceDrifts", lambda body: whole.encode())
            return drifted(gate.cloud(), stack)

    assert of_the_alias("/FunctionVersion", "/RoutingConfig") == ()
    (drift,) = of_the_alias("/FunctionVersion", "/Description")
    assert drift.id == "Live"


def test_no_stack_has_no_drift(cloud: Cloud) -> None:
    with pytest.raises((Refused, NotDeployed), match="does not exist"):
        drifted(cloud, fresh_name("nowhere"))
