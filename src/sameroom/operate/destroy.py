"""A stack taken away: what goes and what stays is known before, and an interrupted one is continued.

Tables and buckets are retained by the template, so that no slip takes data along. Where data shall go too, it
goes first: as long as there is a stack, it is known which tables and buckets are its.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Refused, StackBusy, StackFailed, StackStuck
from ..releases import history
from . import secrets
from .deployment import Deployment
from .resources import Resource, resources

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Seconds between two looks at a stack that is being deleted.
PAUSE = 2.0
_RETAINED = ("Retain", "RetainExceptOnCreate")
#: Retained in templates so that rollbacks find them; they go with their function.
_VERSION = "AWS::Lambda::Version"
_GONE = {"ResourceNotFoundException", "NoSuchBucket", "404"}


class Doomed(NamedTuple):
    """What a destroy would do, by physical names."""

    deployment: Deployment
    removed: tuple[Resource, ...]
    #: Retained by the template: tables and buckets.
    kept: tuple[Resource, ...]
    secrets: tuple[str, ...]


#: Told what is being done, and how much of how much.
Told = Callable[[str, int, int], None]


def doomed(cloud: Cloud, deployment: Deployment) -> Doomed:
    """What destroying ``deployment`` would remove, and what it would keep. Removes nothing.

    :raises StackBusy: a deploy works on it.
    :raises StackStuck: it is protected against deletion.
    """
    status = deployment.status
    if status.endswith("_IN_PROGRESS") and status not in ("DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS"):
        raise StackBusy(
            f"The stack {deployment.stack} is {status}.",
            why="A deploy works on it, and CloudFormation does one thing at a time.",
            next="Wait until it has ended (sameroom status), and repeat.",
        )
    if deployment.protected:
        raise StackStuck(
            f"The stack {deployment.stack} is protected against deletion.",
            why="Somebody switched CloudFormation's termination protection on.",
            next="If it shall go all the same: aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {deployment.stack}",
        )
    parts = [part for part in resources(cloud, deployment.arn) if part.status != "DELETE_COMPLETE"]
    retained = _retained(cloud, deployment.arn)
    kept = [part for part in parts if part.logical in retained and part.type != _VERSION and part.physical]
    return Doomed(
        deployment,
        tuple(part for part in parts if part not in kept and part.physical),
        tuple(kept),
        tuple(secret.name for secret in secrets.listed(cloud, deployment.stack)),
    )


def destroy(
    cloud: Cloud, what: Doomed, bucket: str, told: Told, *, data: bool = False, pause: float = PAUSE
) -> None:
    """Remove ``what``; with ``data`` what would be kept, too. ``bucket`` is the artifacts'.

    :raises StackFailed: AWS could not delete a resource; the rest is gone.
    """
    deployment = what.deployment
    if site := deployment.outputs.get("SiteBucket"):
        told("emptying the site", 0, 0)
        empty(cloud, site)
    if data:
        for number, part in enumerate(what.kept):
            told("deleting data", number, len(what.kept))
            _delete_data(cloud, part)
        secrets.unset(cloud, deployment.stack, what.secrets)
    told("deleting the stack", 0, len(what.removed))
    if deployment.status != "DELETE_IN_PROGRESS":
        cloud.call("cloudformation", "delete_stack", StackName=deployment.arn)
    _wait(cloud, what, told, pause)
    told("forgetting its releases", 0, 0)
    forget(cloud, bucket, deployment.stack)


def empty(cloud: Cloud, bucket: str) -> None:
    """Delete every object of ``bucket`` in every version. A bucket that is not there is empty."""
    try:
        for page in cloud.pages("s3", "list_object_versions", **_mine(cloud, bucket)):
            found = [
                {"Key": one["Key"], "VersionId": one["VersionId"]}
                for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            ]
            if found:
                _delete_objects(cloud, bucket, found)
    except Refused as error:
        if error.code not in _GONE:
            raise


def _delete_objects(cloud: Cloud, bucket: str, found: Sequence[Mapping[str, str]]) -> None:
    asked = {"Objects": list(found), "Quiet": True}
    said = cloud.call("s3", "delete_objects", Delete=asked, **_mine(cloud, bucket))
    for error in said.get("Errors", ()):
        raise StackFailed(
            f"{error['Key']} of the bucket {bucket} could not be deleted.",
            why=f"{error.get('Code', '')}: {error.get('Message', '')}",
            next="Delete it by hand, and repeat.",
        )


def _delete_data(cloud: Cloud, part: Resource) -> None:
    try:
        if part.type == "AWS::DynamoDB::Table":
            cloud.call("dynamodb", "delete_table", TableName=part.physical)
        elif part.type == "AWS::S3::Bucket":
            empty(cloud, part.physical)
            cloud.call("s3", "delete_bucket", **_mine(cloud, part.physical))
        elif part.type == "AWS::SQS::Queue":
            cloud.call("sqs", "delete_queue", QueueUrl=part.physical)
        elif part.type == "AWS::Logs::LogGroup":
            cloud.call("logs", "delete_log_group", logGroupName=part.physical)
    except Refused as error:
        if error.code not in _GONE and "NonExistent" not in error.code:
            raise


def _wait(cloud: Cloud, what: Doomed, told: Told, pause: float) -> None:
    arn = what.deployment.arn
    while True:
        said = _described(cloud, arn)
        status = said.get("StackStatus", "DELETE_COMPLETE")
        if status == "DELETE_COMPLETE":
            return
        parts = resources(cloud, arn)
        if status == "DELETE_FAILED":
            raise _failed(what.deployment, parts, said.get("StackStatusReason", ""))
        if not status.startswith("DELETE"):
            raise StackFailed(
                f"The stack {what.deployment.stack} is not being deleted: it is {status}.",
                why=said.get("StackStatusReason", "") or "Somebody else works on it.",
                next="Repeat: sameroom destroy",
            )
        done = sum(part.status in ("DELETE_COMPLETE", "DELETE_SKIPPED") for part in parts)
        told("deleting the stack", done, len(parts))
        time.sleep(pause)


def _described(cloud: Cloud, arn: str) -> Mapping[str, Any]:
    try:
        stacks = cloud.call("cloudformation", "describe_stacks", StackName=arn)["Stacks"]
    except Refused as error:
        if error.code == "ValidationError" and "does not exist" in error.reason:
            return {}
        raise
    return stacks[0] if stacks else {}


def _failed(deployment: Deployment, parts: Sequence[Resource], reason: str) -> StackFailed:
    stuck = [part for part in parts if part.status == "DELETE_FAILED"]
    why = "\n".join(
        f"{part.type} {part.physical or part.logical}: {part.reason}".rstrip(": ") for part in stuck
    )
    retain = " ".join(part.logical for part in stuck)
    return StackFailed(
        f"AWS could not delete all of the stack {deployment.stack}.",
        why=why or reason,
        next=f"{_advice(stuck)} Then {deployment.command('destroy')} goes on from there.\n"
        "To leave them behind: "
        f"aws cloudformation delete-stack --stack-name {deployment.stack} --retain-resources {retain}",
    )


def _advice(stuck: Sequence[Resource]) -> str:
    reasons = " ".join(part.reason for part in stuck).lower()
    if "not empty" in reasons:
        return "Empty the bucket."
    if "network interface" in reasons or "subnet" in reasons:
        return "Lambda needs up to 20 minutes to leave a VPC: wait."
    if "not authorized" in reasons or "accessdenied" in reasons.replace(" ", ""):
        return "Give your role that permission."
    return "Mend what AWS says."


def forget(cloud: Cloud, bucket: str, stack: str) -> None:
    """The history of a stack that is gone would lead a rollback astray. The bucket keeps old versions.
    A bucket that is not there has no history."""
    keys = [history.key(stack), f"locks/{stack}.json"]
    try:
        for page in cloud.pages("s3", "list_objects_v2", Prefix=f"sites/{stack}/", **_mine(cloud, bucket)):
            keys += [one["Key"] for one in page.get("Contents", ())]
        for start in range(0, len(keys), 1000):
            _delete_objects(cloud, bucket, [{"Key": key} for key in keys[start : start + 1000]])
    except Refused as error:
        if error.code not in _GONE:
            raise


def _mine(cloud: Cloud, bucket: str) -> dict[str, Any]:
    return {"Bucket": bucket, "ExpectedBucketOwner": cloud.account}


def _retained(cloud: Cloud, arn: str) -> frozenset[str]:
    """Logical ids that CloudFormation leaves when the stack goes."""
    try:
        body = cloud.call("cloudformation", "get_template", StackName=arn)["TemplateBody"]
    except Refused as error:
        if error.code != "ValidationError":
            raise
        return frozenset()  # only planned: there is no template yet
    document = json.loads(body) if isinstance(body, str) else body
    return frozenset(
        logical
        for logical, resource in document.get("Resources", {}).items()
        if resource.get("DeletionPolicy") in _RETAINED
    )
