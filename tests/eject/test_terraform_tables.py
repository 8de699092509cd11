"""Terraform's tables: nothing is left out unseen, and what has to be there first is."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sameroom.eject import Source, eject
from sameroom.errors import TemplateError

GOLDEN = sorted((Path(__file__).parent.parent / "template" / "golden").glob("*.json"))
#: Here every name goes: documents, and maps of the user's.
FREE = ("Variables", "PolicyDocument", "AssumeRolePolicyDocument", "RedrivePolicy", "Policy", "EventPattern")


def terraform(document: Any) -> str:
    return eject(Source("shop", "eu-west-1", document, "0" * 64), "terraform")["main.tf"]


def golden(name: str) -> Any:
    return json.loads(next(path for path in GOLDEN if path.stem == name).read_text())


def objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where an object is in ``value`` whose keys are properties."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from objects(one, (*path, number))
    elif isinstance(value, dict) and not any(key == "Ref" or key.startswith("Fn::") for key in value):
        yield path
        for key, one in value.items():
            if key not in FREE:
                yield from objects(one, (*path, key))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_property_that_no_table_knows_is_named_wherever_it_is(path: Path) -> None:
    document = json.loads(path.read_text())
    seen = set()
    for name, one in document["Resources"].items():
        for place in objects(one.get("Properties", {})):
            kind = (one["Type"], *(part for part in place if isinstance(part, str)))
            if kind in seen:
                continue
            seen.add(kind)
            changed = copy.deepcopy(document)
            inside = changed["Resources"][name]["Properties"]
            for part in place:
                inside = inside[part]
            inside["Unheard"] = "of"
            with pytest.raises(TemplateError, match=f"Unheard of {name}"):
                terraform(changed)
    assert len(seen) > 10


def test_what_a_property_is_taken_to_be_is_not_taken_for_granted() -> None:
    document = golden("full")
    notifications = document["Resources"]["Budget"]["Properties"]["NotificationsWithSubscribers"]
    notifications[0]["Subscribers"][0]["SubscriptionType"] = "SNS"
    with pytest.raises(TemplateError, match=r"'SNS' of Budget .*SubscriptionType"):
        terraform(document)


def resource(text: str, address: str) -> str:
    kind, name = address.split(".")
    found = re.search(rf'^resource "{kind}" "{name}" \{{\n.*?^\}}$', text, re.MULTILINE | re.DOTALL)
    assert found, address
    return found[0]


def test_the_function_waits_for_its_roles_policy() -> None:
    """CloudFormation makes both at once; a queue is refused to a function that may not read it yet."""
    text = terraform(golden("full"))
    assert "aws_iam_role_policy.FunctionRole-1" in resource(text, "aws_lambda_function.Function")


def test_a_rest_api_is_deployed_when_its_methods_lead_somewhere() -> None:
    document = golden("rest-api")
    (name,) = [key for key, one in document["Resources"].items() if one["Type"].endswith("::Deployment")]
    deployment = resource(terraform(document), f"aws_api_gateway_deployment.{name}")
    for method in ("RestApiProxyMethod", "RestApiRootMethod"):
        assert f"aws_api_gateway_method.{method}" in deployment
        assert f"aws_api_gateway_integration.{method}" in deployment


def test_data_is_not_destroyed_by_a_slip_of_the_hand() -> None:
    text = terraform(golden("full"))
    assert "prevent_destroy = true" in resource(text, "aws_dynamodb_table.TableUsers")
    assert "prevent_destroy" not in resource(text, "aws_sns_topic.AlarmTopic")


def test_the_alias_follows_the_newest_version_unless_told() -> None:
    alias = resource(terraform(golden("http-api")), "aws_lambda_alias.Live")
    assert "coalesce(var.live_version, aws_lambda_function.Function.version)" in alias


def test_a_long_name_of_a_stack_is_cut_where_aws_takes_less() -> None:
    document = golden("full")
    stack = "a-shop-with-a-very-long-name-of-which-there-are-several-prod"
    text = eject(Source(stack, "eu-west-1", document, "0" * 64), "terraform")["main.tf"]
    role = '"${trim(substr(var.name, -51, -1), "-")}-FunctionRole"'
    assert f"name = {role}" in resource(text, "aws_iam_role.FunctionRole")
    assert '"${var.name}-TableUsers"' in resource(text, "aws_dynamodb_table.TableUsers")
