"""The roles of ``sameroom ci github`` are enough to plan and to deploy, as a stand that asks IAM says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from fakes.cloud import REGION, Stand
from fakes.deploying import Typed

from sameroom.pipeline import Pipeline, role_template, types_of
from sameroom.project import settings
from sameroom.stack.bucket import ensure_bucket

MESSAGES = Path(__file__).parents[2] / "examples" / "messages"
#: Whoever has GitHub's word may take the roles; the stand knows no OIDC provider, so here everybody may.
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
#: More types of resources than the message API has by itself.
MORE = """
[tool.sameroom.topics.news]
subscribe = true

[tool.sameroom.rules.orders]
source = "shop.orders"

[tool.sameroom.queues.orders]
consumer = true
"""


class Pipes:
    """The message API's project, and its two roles on the stand."""

    def __init__(self, stand: Stand, folder: Path) -> None:
        self.root = stand.cloud()
        shutil.copytree(MESSAGES, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__"))
        with (folder / "pyproject.toml").open("a") as file:
            file.write(MORE)
        self.typed = Typed(folder, stand.environ())
        # The bucket's policy refuses all that is not TLS, as a stand on loopback is not.
        self.root.call("s3", "delete_bucket_policy", Bucket=ensure_bucket(self.root))
        self.roles = self._made()

    def as_role(self, name: str) -> None:
        """Commands are typed with the credentials of that role from now on."""
        said = self.root.call("sts", "assume_role", RoleArn=self.roles[name], RoleSessionName="github")
        self.typed.environ |= {
            "AWS_ACCESS_KEY_ID": said["Credentials"]["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": said["Credentials"]["SecretAccessKey"],
            "AWS_SESSION_TOKEN": said["Credentials"]["SessionToken"],
        }

    def _made(self) -> dict[str, str]:
        chosen, stack = settings.read(self.typed.folder), self.typed.name
        pipeline = Pipeline("you/shop", "main", "", stack, REGION)
        document: dict[str, Any] = json.loads(role_template(pipeline, chosen, types_of(chosen, stack)))
        resources = document["Resources"]
        for name in [name for name, one in resources.items() if one["Type"] == "AWS::IAM::OIDCProvider"]:
            del resources[name]
        for one in resources.values():
            if one["Type"] == "AWS::IAM::Role":
                one["Properties"]["AssumeRolePolicyDocument"] = TRUST
        # What the stand takes GetAlias for; the role that deploys may list anyway.
        statements = resources["PlanPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        next(one for one in statements if "lambda:GetAlias" in one["Action"])["Action"].append(
            "lambda:ListAliases"
        )
        name = f"{stack}-roles"
        self.root.call(
            "cloudformation",
            "create_stack",
            StackName=name,
            TemplateBody=json.dumps(document),
            Capabilities=["CAPABILITY_IAM"],
        )
        said = self.root.call("cloudformation", "describe_stacks", StackName=name)["Stacks"][0]
        return {one["OutputKey"]: one["OutputValue"] for one in said["Outputs"]}


@pytest.fixture
def pipes(guarded_stand: Stand, tmp_path: Path) -> Pipes:
    return Pipes(guarded_stand, tmp_path / "messages")


def test_the_written_roles_are_enough_to_plan_and_to_deploy_and_for_no_more(pipes: Pipes) -> None:
    pipes.as_role("PlanRole")
    planned = pipes.typed("plan")
    assert planned.status == 10, planned.err
    refused = pipes.typed("deploy")
    assert refused.status == 1
    assert "AWS does not allow" in refused.err

    pipes.as_role("DeployRole")
    first = pipes.typed("deploy", "--json")
    assert first.status == 0, first.err
    pipes.typed.edit()
    second = pipes.typed("deploy", "--json")
    assert second.status == 0, second.err
    assert second.json["release"]["version"] == "2"

    pipes.as_role("PlanRole")
    assert pipes.typed("plan").status == 0
    pipes.typed.declare('[tool.sameroom.stages.other]\nname = "somebody-elses"')
    outside = pipes.typed("plan", "--stage", "other")
    assert outside.status == 1
    assert "AWS does not allow cloudformation" in outside.err
