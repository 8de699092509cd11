"""A change set: made, waited for, executed. The one way in which a stack of ours is changed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..errors import Refused, StackFailed, StalePlan

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: What AWS says when there is nothing to change.
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_GONE = {
    "ChangeSetNotFound",
    "ChangeSetNotFoundException",
    "InvalidChangeSetStatus",
    "InvalidChangeSetStatusException",
}
#: Seconds between two looks at one that is being made; AWS takes some three seconds over it.
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.0)
#: Seconds after which we no longer believe that it will be made.
_MOST = 300


class Draft(NamedTuple):
    """What a change set is made of. ``body`` is the template's text, or ``url`` where it lies on S3."""

    stack: str
    kind: Literal["CREATE", "UPDATE"]
    body: str
    url: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    #: The same for the same content, so that a second try meets the first.
    name: str


class Drafted(NamedTuple):
    """A change set on AWS; ``arn`` is "" when there is nothing to change."""

    arn: str = ""
    changes: tuple[Mapping[str, Any], ...] = ()
    #: By AWS's clock, seconds since 1970.
    at: float = 0.0


def draft(cloud: Cloud, wanted: Draft, pause: Callable[[float], object] = time.sleep) -> Drafted:
    """Make the change set and wait until AWS has worked it out.

    :raises StackFailed: AWS cannot make one of this template.
    """
    arn = _created(cloud, wanted)
    said = _worked_out(cloud, wanted.stack, arn, pause)
    if said["Status"] == "FAILED":
        reason = said.get("StatusReason", "")
        cloud.call("cloudformation", "delete_change_set", StackName=wanted.stack, ChangeSetName=arn)
        if any(words in reason for words in _NOTHING):
            return Drafted()
        raise StackFailed(
            f"AWS cannot change the stack {wanted.stack} as the settings want it.",
            why=reason,
            next="Nothing was changed. Mend what AWS names, and plan again.",
        )
    return _drafted(cloud, wanted.stack, arn, said)


def drafted(cloud: Cloud, stack: str, arn: str) -> Drafted:
    """The change set ``arn`` that an earlier plan made for ``stack``; "" made none.

    :raises StalePlan: it is gone, or can no longer be executed.
    """
    if not arn:
        return Drafted()
    try:
        said = _described(cloud, stack, arn)
    except Refused as error:
        if error.code not in _GONE:
            raise
        raise _stale(error.reason) from error
    if said["ExecutionStatus"] != "AVAILABLE":
        raise _stale(f"Its change set is {said['ExecutionStatus']}.")
    return _drafted(cloud, stack, arn, said)


def _described(cloud: Cloud, stack: str, arn: str, **page: Any) -> Any:
    """With the stack's name, by which a role's permissions are limited; the ARN alone would do otherwise."""
    return cloud.call("cloudformation", "describe_change_set", StackName=stack, ChangeSetName=arn, **page)


def _drafted(cloud: Cloud, stack: str, arn: str, said: Mapping[str, Any]) -> Drafted:
    found, at = list(said.get("Changes", ())), said["CreationTime"].timestamp()
    while token := said.get("NextToken"):
        said = _described(cloud, stack, arn, NextToken=token)
        found += said.get("Changes", ())
    return Drafted(arn, tuple(found), at)


def _stale(why: str) -> StalePlan:
    return StalePlan(
        "The plan can no longer be carried out.",
        why=why,
        next="Plan again (sameroom plan), or deploy without --plan.",
    )


def _created(cloud: Cloud, wanted: Draft) -> str:
    where = {"TemplateURL": wanted.url} if wanted.url else {"TemplateBody": wanted.body}
    arguments: dict[str, Any] = {
        "StackName": wanted.stack,
        "ChangeSetName": wanted.name,
        "ChangeSetType": wanted.kind,
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value} for name, value in wanted.parameters.items()
        ],
        "Tags": [{"Key": name, "Value": value} for name, value in wanted.tags.items()],
        **where,
    }
    try:
        return str(cloud.call("cloudformation", "create_change_set", **arguments)["Id"])
    except Refused as error:
        if error.code not in ("AlreadyExistsException", "AlreadyExists"):
            raise
        # One of an earlier plan. What it was worked out from may have changed since.
        cloud.call("cloudformation", "delete_change_set", StackName=wanted.stack, ChangeSetName=wanted.name)
        return str(cloud.call("cloudformation", "create_change_set", **arguments)["Id"])


def _worked_out(cloud: Cloud, stack: str, arn: str, pause: Callable[[float], object]) -> Any:
    waited, turn = 0.0, 0
    while True:
        said = _described(cloud, stack, arn)
        if said["Status"] in ("CREATE_COMPLETE", "FAILED"):
            return said
        seconds = _PAUSES[min(turn, len(_PAUSES) - 1)]
        if waited > _MOST:
            raise StackFailed(
                "AWS has not worked out the change set.",
                why=f"Its status is {said['Status']} after {waited:.0f} seconds.",
                next="Try again; if it stays so, look at the stack in CloudFormation's console.",
            )
        pause(seconds)
        waited, turn = waited + seconds, turn + 1


def execute(cloud: Cloud, stack: str, arn: str) -> None:
    """Start the change set ``arn`` of ``stack``.

    :raises StalePlan: the stack has changed since the change set was made.
    """
    try:
        cloud.call("cloudformation", "execute_change_set", StackName=stack, ChangeSetName=arn)
    except Refused as error:
        if error.code not in _GONE:
            raise
        raise _stale(error.reason) from error
