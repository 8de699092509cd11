"""The roles: by cfn-lint, whom they trust, and that they allow what is needed and no more."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sameroom.errors import TemplateError
from sameroom.pipeline import Pipeline, role_template, types_of
from sameroom.pipeline.permissions import BY_TYPE
from sameroom.project.settings import Settings

SHOP = Pipeline("you/shop", "main", "", "shop", "eu-west-1")


def document(pipeline: Pipeline, settings: Settings, types: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(role_template(pipeline, settings, types))
    return found


def statements(said: dict[str, Any], policy: str = "DeployPolicy") -> list[dict[str, Any]]:
    return [
        statement
        for name, resource in said["Resources"].items()
        if name.startswith(policy)
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


def test_the_template_passes_cfn_lint_for_every_type_there_is(tmp_path: Path) -> None:
    path = tmp_path / "roles.json"
    path.write_text(role_template(SHOP._replace(environment="prod"), Settings(secrets=("KEY",)), BY_TYPE))
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    ended = subprocess.run([str(cfn_lint), str(path)], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_every_policy_fits_and_a_role_takes_them_all() -> None:
    said = document(SHOP, Settings(), set(BY_TYPE))
    policies = [one for one in said["Resources"].values() if one["Type"] == "AWS::IAM::ManagedPolicy"]
    for policy in policies:
        assert len(json.dumps(policy["Properties"]["PolicyDocument"], separators=(",", ":"))) < 6144
    assert len(said["Resources"]["DeployRole"]["Properties"]["ManagedPolicyArns"]) <= 10


@pytest.mark.parametrize(
    ("environment", "subject"),
    [("", "repo:you/shop:ref:refs/heads/main"), ("prod", "repo:you/shop:environment:prod")],
)
def test_one_repository_and_branch_or_environment_is_trusted(environment: str, subject: str) -> None:
    said = document(SHOP._replace(environment=environment), Settings(), set())
    for role, trusted in (("DeployRole", subject), ("PlanRole", "repo:you/shop:pull_request")):
        properties = said["Resources"][role]["Properties"]
        (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Condition"] == {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": trusted,
            }
        }
        # Outside of the names that the roles may change.
        assert properties["Path"] == "/sameroom-ci/"


def test_only_services_of_the_stack_are_allowed() -> None:
    plain = {
        s
        for one in statements(document(SHOP, Settings(), types_of(Settings(), "shop")))
        for s in one["Action"]
    }
    services = {action.partition(":")[0] for action in plain}
    assert services == {"apigateway", "cloudformation", "cloudwatch", "iam", "lambda", "logs", "s3"}
    tables = {"notes": {"partition_key": "id"}}
    more = Settings.model_validate({"tables": tables, "secrets": ["KEY"]})
    said = document(SHOP, more, types_of(more, "shop"))
    added = {action for one in statements(said) for action in one["Action"]} - plain
    assert {action.partition(":")[0] for action in added} == {"dynamodb", "ssm"}


def test_the_role_that_plans_can_execute_nothing_and_change_no_code() -> None:
    actions = {
        action
        for one in statements(document(SHOP, Settings(), set()), "PlanPolicy")
        for action in one["Action"]
    }
    assert "cloudformation:CreateChangeSet" in actions
    assert not [
        action
        for action in actions
        if action.startswith(("iam:", "lambda:U", "lambda:I", "lambda:C"))
        or action in ("cloudformation:ExecuteChangeSet", "cloudformation:DeleteStack")
    ]
    writes = [
        one
        for one in statements(document(SHOP, Settings(), set()), "PlanPolicy")
        if "s3:PutObject" in one["Action"]
    ]
    assert "/templates/*" in str(writes)
    assert "artifacts" not in str(writes)


def test_no_statement_changes_anything_everywhere() -> None:
    for one in statements(document(SHOP, Settings(), set(BY_TYPE))):
        assert "*" not in one["Action"]
        assert not [action for action in one["Action"] if action.endswith(":*")]
        if one["Resource"] == ["*"] and "Condition" not in one:
            changing = [
                a for a in one["Action"] if not a.partition(":")[2].startswith(("Describe", "List", "Get"))
            ]
            # These take no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/
            assert set(changing) <= {
                "acm:RequestCertificate",
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:PutResourcePolicy",
                "logs:UpdateLogDelivery",
            }


def test_roles_may_be_passed_to_services_of_the_stack_alone() -> None:
    said = statements(document(SHOP, Settings(), {"AWS::IAM::Role"}))
    (passing,) = [one for one in said if "iam:PassRole" in one["Action"]]
    assert passing["Action"] == ["iam:PassRole"]
    assert passing["Resource"] == [{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/shop-*"}]
    assert "lambda.amazonaws.com" in passing["Condition"]["StringEquals"]["iam:PassedToService"]


GOLDEN = sorted((Path(__file__).parent.parent / "template" / "golden").glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_type_that_a_stack_may_have_is_known(path: Path) -> None:
    types = {one["Type"] for one in json.loads(path.read_text())["Resources"].values()}
    assert types <= set(BY_TYPE)


def test_a_type_that_nobody_knows_is_named() -> None:
    with pytest.raises(TemplateError, match="AWS::Glue::Job"):
        role_template(SHOP, Settings(), {"AWS::Glue::Job"})


def test_a_long_name_is_cut_as_cloudformation_cuts_it() -> None:
    long = "a-shop-of-many-fine-things-prod"
    said = statements(document(SHOP._replace(stack=long), Settings(), {"AWS::Lambda::Function"}))
    (creating,) = [one for one in said if "lambda:CreateFunction" in one["Action"]]
    assert creating["Resource"][0]["Fn::Sub"].endswith(f":function:{long[:24]}*")
    assert f"stack/{long}/*" in json.dumps(said)
