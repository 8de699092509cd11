"""Change sets as AWS describes them, read for people."""

from __future__ import annotations

from typing import Any

import pytest

from sameroom.stack.changes import changes


def said(action: str, kind: str = "AWS::SQS::Queue", name: str = "Queue", **more: Any) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more}
    return {"Type": "Resource", "ResourceChange": change}


def touching(*names: str) -> list[dict[str, Any]]:
    return [{"Target": {"Attribute": "Properties", "Name": name}} for name in names]


@pytest.mark.parametrize(
    ("one", "action"),
    [
        (said("Add"), "add"),
        (said("Modify", Replacement="False"), "change"),
        (said("Modify", Replacement="True"), "replace"),
        (said("Modify", Replacement="Conditional"), "may replace"),
        (said("Modify"), "change"),
        (said("Remove"), "remove"),
        (said("Remove", PolicyAction="Retain"), "leave"),
    ],
)
def test_each_action_of_cloudformation_has_a_word(one: dict[str, Any], action: str) -> None:
    assert [change.action for change in changes([one])] == [action]


def test_a_change_names_its_properties_once_and_sorted() -> None:
    details = touching("VisibilityTimeout", "KmsKeyId", "VisibilityTimeout")
    (change,) = changes([said("Modify", Details=details, PhysicalResourceId="https://queue")])
    assert change.properties == ("KmsKeyId", "VisibilityTimeout")
    assert change.physical == "https://queue"


def test_tags_that_change_are_named_as_tags() -> None:
    (change,) = changes([said("Modify", Details=[{"Target": {"Attribute": "Tags"}}])])
    assert change.properties == ("Tags",)


def test_what_every_release_does_is_not_news() -> None:
    assert (
        changes(
            [
                said("Remove", "AWS::Lambda::Version", "VersionOld", PolicyAction="Retain"),
                said("Modify", "AWS::Lambda::Alias", "Live", Details=touching("FunctionVersion")),
            ]
        )
        == ()
    )


def test_an_alias_that_changes_otherwise_is_shown() -> None:
    details = touching("FunctionVersion", "ProvisionedConcurrencyConfig")
    assert changes([said("Modify", "AWS::Lambda::Alias", "Live", Details=details)])


@pytest.mark.parametrize(
    ("one", "risky"),
    [
        (said("Modify", Replacement="True"), True),
        (said("Modify", "AWS::Lambda::Permission", Replacement="True"), False),
        (said("Modify", "AWS::Lambda::Function", Replacement="Conditional"), True),
        (said("Remove", "AWS::DynamoDB::Table"), True),
        (said("Remove", "AWS::Lambda::Permission"), False),
        (said("Remove", "AWS::DynamoDB::Table", PolicyAction="Retain"), False),
        (said("Add", "AWS::DynamoDB::Table"), False),
    ],
)
def test_what_may_lose_data_or_a_name_is_risky(one: dict[str, Any], risky: bool) -> None:
    (change,) = changes([one])
    assert change.risky is risky


def referring(name: str, kind: str, cause: str, source: str = "ResourceReference") -> dict[str, Any]:
    target = {"Attribute": "Properties", "Name": "Target"}
    detail = {"Target": target, "ChangeSource": source, "CausingEntity": cause, "Evaluation": "Dynamic"}
    return said("Modify", kind, name, Replacement="Conditional", Details=[detail])


def test_what_only_names_a_resource_that_is_not_replaced_is_not_news() -> None:
    alias = said("Modify", "AWS::Lambda::Alias", "Live", Details=touching("FunctionVersion"))
    integration = referring("Integration", "AWS::ApiGatewayV2::Integration", "Live")
    route = referring("Route", "AWS::ApiGatewayV2::Route", "Integration")
    assert changes([route, integration, alias]) == ()


def test_what_names_a_replaced_resource_stays_and_so_does_what_names_that() -> None:
    table = said("Modify", "AWS::DynamoDB::Table", "Table", Replacement="True", Details=touching("KeySchema"))
    integration = referring("Integration", "AWS::ApiGatewayV2::Integration", "Table")
    route = referring("Route", "AWS::ApiGatewayV2::Route", "Integration")
    assert [one.id for one in changes([route, integration, table])] == ["Route", "Integration", "Table"]


def test_what_takes_an_attribute_of_a_resource_that_only_names_the_alias_is_not_news() -> None:
    alias = said("Modify", "AWS::Lambda::Alias", "Live", Details=touching("FunctionVersion"))
    role = referring("SchedulesRole", "AWS::IAM::Role", "Live")
    schedule = referring("Prices", "AWS::Scheduler::Schedule", "SchedulesRole.Arn", "ResourceAttribute")
    assert changes([schedule, role, alias]) == ()
    changed = said("Modify", "AWS::IAM::Role", "SchedulesRole", Details=touching("Policies"))
    assert [one.id for one in changes([schedule, changed, alias])] == ["Prices", "SchedulesRole"]


def test_what_takes_an_attribute_of_a_changed_resource_stays() -> None:
    one = referring("Alarm", "AWS::CloudWatch::Alarm", "Queue.QueueName", "ResourceAttribute")
    assert changes([one])
