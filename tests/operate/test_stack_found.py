"""A stack found on AWS, or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, CredentialsError, NotDeployed, NotOurs, Throttled, Unreachable
from sameroom.operate.deployment import find, look
from sameroom.operate.here import deployment, remember

QUEUE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"A": {"Value": "é"}}})


def make(cloud: Cloud, **tags: str) -> str:
    name = fresh_name("found")
    told = [{"Key": f"sameroom:{key}", "Value": value} for key, value in tags.items()]
    cloud.call("cloudformation", "create_stack", StackName=name, TemplateBody=QUEUE, Tags=told)
    return name


def test_a_stack_is_found_by_one_call_and_nobody_is_asked_for_the_account(stand: Stand) -> None:
    name = make(stand.cloud(), project="shop", stage="prod")
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud()
        found = find(cloud, name)
        assert cloud.account == found.account == "000000000000"
    assert gate.calls == [("cloudformation", "DescribeStacks")]
    assert (found.stack, found.status, found.output("A")) == (name, "CREATE_COMPLETE", "é")
    assert found.command("deploy") == "sameroom deploy --stage prod"


def test_a_stack_that_is_not_there_is_named_with_the_way_to_deploy_it(stand: Stand) -> None:
    with pytest.raises(NotDeployed) as caught:
        find(stand.cloud(), "never-was", "prod")
    assert "never-was" in caught.value.what
    assert "eu-west-1" in caught.value.why
    assert "sameroom deploy --stage prod" in caught.value.next


def test_advice_for_this_folders_stack_names_its_stage(stand: Stand, tmp_path: Path) -> None:
    with pytest.raises(NotDeployed) as caught:
        deployment(stand.cloud(), tmp_path, "never-was", "prod")
    assert "sameroom deploy --stage prod" in caught.value.next
    remember(tmp_path, "never-was", "us-east-1")
    with pytest.raises(NotDeployed) as caught:
        deployment(stand.cloud(), tmp_path, "never-was", "prod")
    assert caught.value.next == (
        "Say --region us-east-1, or deploy it here too: sameroom deploy --stage prod --region eu-west-1"
    )


def test_a_destroyed_stack_is_not_deployed(stand: Stand) -> None:
    cloud = stand.cloud()
    name = make(cloud, project="shop")
    cloud.call("cloudformation", "delete_stack", StackName=name)
    assert look(cloud, name) is None
    with pytest.raises(NotDeployed, match="destroyed"):
        find(cloud, name)


def test_a_stack_of_another_region_is_not_here(stand: Stand) -> None:
    name = make(stand.cloud(), project="shop")
    with pytest.raises(NotDeployed, match="us-east-1"):
        find(stand.cloud("us-east-1"), name)


def test_somebody_elses_stack_is_left_alone(stand: Stand) -> None:
    cloud = stand.cloud()
    name = make(cloud)
    with pytest.raises(NotOurs, match=f"{name} is not sameroom's"):
        find(cloud, name)


def test_a_stack_that_was_only_planned_is_not_deployed(stand: Stand) -> None:
    cloud, name = stand.cloud(), fresh_name("planned")
    cloud.call(
        "cloudformation",
        "create_change_set",
        StackName=name,
        ChangeSetName="one",
        ChangeSetType="CREATE",
        TemplateBody=QUEUE,
        Tags=[{"Key": "sameroom:project", "Value": "shop"}],
    )
    with pytest.raises(NotDeployed, match="planned"):
        find(cloud, name)


def test_an_output_of_a_stack_that_is_not_whole_says_what_to_do(stand: Stand) -> None:
    found = find(stand.cloud(), make(stand.cloud(), project="shop"))
    with pytest.raises(NotDeployed, match="no output Url") as caught:
        found.output("Url")
    assert "sameroom deploy" in caught.value.next
    with pytest.raises(NotDeployed, match="CREATE_IN_PROGRESS"):
        found._replace(status="CREATE_IN_PROGRESS").output("Url")


@pytest.mark.parametrize(
    ("code", "error"),
    [("AccessDenied", AccessDenied), ("ExpiredToken", CredentialsError), ("Throttling", Throttled)],
)
def test_what_aws_refuses_is_said_in_our_words(stand: Stand, code: str, error: type[Exception]) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("cloudformation", "DescribeStacks", code)
        with pytest.raises(error):
            find(gate.cloud(tries=1), "shop")


def test_an_endpoint_where_nobody_is_says_so(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(tries=1)
    with pytest.raises(Unreachable, match="cloudformation"):
        find(cloud, "shop")
