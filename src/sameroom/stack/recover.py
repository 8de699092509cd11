"""A stack that an earlier deploy left unfinished: waited for, taken back or deleted, until it is of use."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..errors import Refused, StackBusy, StackStuck
from ..operate.deployment import PROJECT
from .found import Found, look
from .states import meaning

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Seconds between looks at AWS's work, which may take half an hour.
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
#: Things to be done before a stack can be deployed: wait, take back, wait, delete, wait.
_STEPS = 6
_CONSOLE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"


class Told(Protocol):
    """Told what happened."""

    def line(self, text: str) -> None: ...


class Holding(NamedTuple):
    """A resource that holds the stack where it is."""

    id: str
    type: str
    reason: str

    def __str__(self) -> str:
        return f"{self.id} ({self.type}): {self.reason or 'AWS gives no reason.'}"


def recover(cloud: Cloud, found: Found, told: Told, pause: Callable[[float], object] = time.sleep) -> Found:
    """The stack as it can be deployed to: what AWS still does is waited for, what failed is taken back.

    :raises StackStuck: AWS cannot take it back; the resources that hold it are named.
    """
    for _ in range(_STEPS):
        means = meaning(found.status)
        if means.says:
            told.line(means.says)
        if means.act == "go":
            return found
        if means.act == "stuck":
            break
        status = _done(cloud, found, means.act, pause)
        if status == found.status and means.act != "wait":
            break
        found = look(cloud, found.stack, found.tags.get(PROJECT, ""))
    raise _stuck(found, _holding(cloud, found.arn))


def refuse_stuck(found: Found) -> None:
    """A plan changes nothing, so it leaves such a stack to the next deploy. Pure.

    :raises StackBusy: something is under way.
    :raises StackStuck: the stack must be taken back or deleted first.
    """
    means = meaning(found.status)
    if means.act == "go":
        return
    if means.act == "wait":
        raise StackBusy(
            f"The stack {found.stack} is at work: {found.status}.",
            why="What a deploy would do depends on how that ends.",
            next="Wait until it has ended, and plan again; `sameroom deploy` waits by itself.",
        )
    if means.act == "stuck":
        raise _stuck(found, ())
    raise StackStuck(
        f"The stack {found.stack} cannot be planned for: {found.status}.",
        why="An earlier deploy or its undoing failed. AWS makes no change set for a stack in this state.",
        next="sameroom deploy mends it first, says how, and deploys then.",
    )


def _done(cloud: Cloud, found: Found, act: str, pause: Callable[[float], object]) -> str:
    """Do it, wait for AWS to end, and say the status then."""
    operation = {
        "delete": "delete_stack",
        "take back": "rollback_stack",
        "continue": "continue_update_rollback",
    }
    if act in operation:
        try:
            cloud.call("cloudformation", operation[act], StackName=found.arn)
        except Refused as error:
            if error.code == "ValidationError" and "TerminationProtection" in error.reason:
                raise StackStuck(
                    f"The stack {found.stack} must be deleted and made anew, and it is protected.",
                    why=error.reason,
                    next="Take the protection off: aws cloudformation update-termination-protection "
                    f"--no-enable-termination-protection --stack-name {found.stack}",
                ) from error
            raise
    turn = 0
    while True:
        status = _status(cloud, found.arn)
        if not status.endswith("_IN_PROGRESS"):
            return status
        pause(_PAUSES[min(turn, len(_PAUSES) - 1)])
        turn += 1


def _status(cloud: Cloud, arn: str) -> str:
    """By its ARN a deleted stack can be described, too."""
    try:
        return str(cloud.call("cloudformation", "describe_stacks", StackName=arn)["Stacks"][0]["StackStatus"])
    except Refused as error:
        if error.code == "ValidationError" and "does not exist" in error.reason:
            return "DELETE_COMPLETE"
        raise


def _holding(cloud: Cloud, arn: str) -> tuple[Holding, ...]:
    said = cloud.call("cloudformation", "describe_stack_resources", StackName=arn)
    return tuple(
        Holding(one["LogicalResourceId"], one["ResourceType"], one.get("ResourceStatusReason", ""))
        for one in said["StackResources"]
        if one["ResourceStatus"].endswith("_FAILED")
    )


def _stuck(found: Found, holding: tuple[Holding, ...]) -> StackStuck:
    names = " ".join(one.id for one in holding)
    way = {
        "UPDATE_ROLLBACK_FAILED": "Mend that by hand and deploy again. Or let AWS leave it as it is: aws "
        f"cloudformation continue-update-rollback --stack-name {found.stack}"
        + (f" --resources-to-skip {names}" if names else ""),
        "DELETE_FAILED": "Mend that by hand and deploy again. Or leave it on AWS, out of the stack: aws "
        f"cloudformation delete-stack --stack-name {found.stack}"
        + (f" --retain-resources {names}" if names else ""),
    }
    return StackStuck(
        f"The stack {found.stack} is {found.status}, and AWS cannot bring it out of that.",
        why="\n".join(map(str, holding)) or "AWS names no resource that holds it.",
        next=way.get(found.status, f"Look at the stack in CloudFormation's console; {_CONSOLE}"),
    )
