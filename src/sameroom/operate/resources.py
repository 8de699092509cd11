"""What a stack is made of, as it is on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..aws.cloud import Cloud


class Resource(NamedTuple):
    """One resource: CloudFormation's logical id, type ("AWS::SQS::Queue"), physical id and status."""

    logical: str
    type: str
    #: "" until it was made.
    physical: str
    status: str
    reason: str = ""


def resources(cloud: Cloud, stack: str) -> tuple[Resource, ...]:
    """The resources of ``stack``, a name or an ARN; a call for every hundred."""
    return tuple(
        Resource(
            one["LogicalResourceId"],
            one["ResourceType"],
            one.get("PhysicalResourceId", ""),
            one["ResourceStatus"],
            one.get("ResourceStatusReason", ""),
        )
        for page in cloud.pages("cloudformation", "list_stack_resources", StackName=stack)
        for one in page["StackResourceSummaries"]
    )
