"""A stack as it is on AWS: found by one call, for every command that operates one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import NotDeployed, NotOurs, Refused

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: The tags by which a stack of ours is known.
PROJECT, STAGE = "sameroom:project", "sameroom:stage"
#: A change set was planned and never executed: there is a stack's name, and nothing else.
_PLANNED = "REVIEW_IN_PROGRESS"


class Deployment(NamedTuple):
    """One stack of ours."""

    stack: str
    region: str
    #: Twelve digits, out of the stack's ARN.
    account: str
    #: CloudFormation's: "UPDATE_COMPLETE".
    status: str
    outputs: Mapping[str, str]
    tags: Mapping[str, str]
    #: When it was last changed, UTC, ISO 8601 with seconds: "2026-11-21T06:18:38Z".
    updated: str
    arn: str = ""
    #: CloudFormation's word on ``status``, "" where it has none.
    reason: str = ""
    parameters: Mapping[str, str] = {}
    #: Nobody can delete it before that is taken off.
    protected: bool = False

    def output(self, name: str) -> str:
        """An output that every whole stack has.

        :raises NotDeployed: the stack is not whole: its first deploy failed or has not ended, or it is
            being destroyed.
        """
        if name in self.outputs:
            return self.outputs[name]
        why = f"It is {self.status}. {self.reason}".rstrip()
        if self.status.endswith("_IN_PROGRESS"):
            raise NotDeployed(
                f"The stack {self.stack} is not there as a whole.", why=why, next="Wait until that has ended."
            )
        raise NotDeployed(
            f"The stack {self.stack} is not there as a whole: it has no output {name}.",
            why=why,
            next=f"Deploy it again: {self.command('deploy')}",
        )

    def command(self, name: str) -> str:
        """``sameroom deploy --stage prod``, to be typed."""
        return command(name, self.tags.get(STAGE, ""))


def command(name: str, stage: str) -> str:
    """A command of ours, to be typed for ``stage``."""
    return f"sameroom {name} --stage {stage}" if stage else f"sameroom {name}"


def find(cloud: Cloud, stack: str, stage: str = "") -> Deployment:
    """The stack ``stack``; ``stage`` is for the advice alone. One call.

    :raises NotDeployed: there is none, it has been destroyed, or it was only planned.
    :raises NotOurs: sameroom did not make it.
    """
    found = look(cloud, stack)
    if found is None or found.status == _PLANNED:
        why = (
            "A deploy was planned and never executed."
            if found
            else f"CloudFormation knows none in {cloud.region}: it was never deployed there, or it has been "
            "destroyed."
        )
        raise NotDeployed(
            f"There is no stack {stack}.",
            why=why,
            next=f"Deploy it: {command('deploy', stage)}. If it is somewhere else, say where: "
            "--region, --profile.",
        )
    return found


def look(cloud: Cloud, stack: str) -> Deployment | None:
    """The stack ``stack``, None where there is none. One call.

    :raises NotOurs: sameroom did not make it.
    """
    try:
        stacks = cloud.call("cloudformation", "describe_stacks", StackName=stack)["Stacks"]
    except Refused as error:
        if error.code == "ValidationError" and "does not exist" in error.reason:
            return None
        raise
    if not stacks or stacks[0]["StackStatus"] == "DELETE_COMPLETE":
        return None
    found = _deployment(stacks[0], cloud.region)
    if PROJECT not in found.tags:
        raise NotOurs(
            f"The stack {stack} is not sameroom's.",
            why=f"It has no tag {PROJECT}: somebody made it by another tool.",
            next='It is left alone. Give this project another name in [tool.sameroom]: name = "..."',
        )
    cloud.belongs_to(found.account)
    return found


def _deployment(said: Mapping[str, Any], region: str) -> Deployment:
    arn = said["StackId"]
    return Deployment(
        said["StackName"],
        region,
        arn.split(":")[4],
        said["StackStatus"],
        {one["OutputKey"]: one["OutputValue"] for one in said.get("Outputs", ())},
        {one["Key"]: one["Value"] for one in said.get("Tags", ())},
        moment(said.get("LastUpdatedTime") or said["CreationTime"]),
        arn,
        said.get("StackStatusReason", ""),
        {one["ParameterKey"]: one["ParameterValue"] for one in said.get("Parameters", ())},
        said.get("EnableTerminationProtection", False),
    )


def moment(at: datetime) -> str:
    """A moment of boto3's as we write it: UTC, ISO 8601 with seconds."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
