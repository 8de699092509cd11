"""What there is on AWS of one stack, before anything is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import NotOurs, Refused
from ..operate import deployment
from ..operate.deployment import PROJECT
from ..releases.history import History, read
from ..template.ids import ALIAS_NAME
from .bucket import bucket_name

if TYPE_CHECKING:
    from ..aws.cloud import Cloud


class Found(NamedTuple):
    """One look at a stack; empty fields where there is none."""

    stack: str
    account: str
    region: str
    arn: str = ""
    #: CloudFormation's status, "" when there is no such stack.
    status: str = ""
    #: When it was last changed, ISO 8601.
    updated: str = ""
    outputs: Mapping[str, str] = {}
    parameters: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}
    #: The template as it was deployed.
    document: Mapping[str, Any] = {}
    #: The version that serves, "" when none does.
    live: str = ""
    history: History = History()

    @property
    def deployed(self) -> bool:
        """Whether it has resources; a stack that was only planned has none."""
        return self.status not in ("", "REVIEW_IN_PROGRESS")

    @property
    def bucket(self) -> str:
        """The bucket of artifacts, templates and releases."""
        return bucket_name(self.account, self.region)


def look(cloud: Cloud, stack: str, project: str) -> Found:
    """One look at the stack ``stack``, which must be none or one of ``project``'s.

    :raises NotOurs: there is such a stack, and sameroom made it for another project, or not at all.
    """
    there = deployment.look(cloud, stack)
    if there is None:
        return Found(stack, cloud.account, cloud.region)
    _refuse_others(stack, project, there.tags)
    found = Found(
        stack,
        *(there.account, there.region, there.arn, there.status, there.updated),
        *(there.outputs, there.parameters, there.tags),
    )
    if not found.deployed:
        return found
    document = cloud.call("cloudformation", "get_template", StackName=stack)["TemplateBody"]
    return found._replace(
        document=document if isinstance(document, Mapping) else {},
        live=_live(cloud, found.outputs.get("FunctionName", "")),
        history=read(cloud, found.bucket, stack),
    )


def outputs_of(cloud: Cloud, stack: str) -> Mapping[str, str]:
    """The stack's outputs as they are now."""
    there = deployment.look(cloud, stack)
    return there.outputs if there else {}


def _refuse_others(stack: str, project: str, tags: Mapping[str, str]) -> None:
    if tags.get(PROJECT) == project:
        return
    raise NotOurs(
        f"There is a stack {stack} already, and it is not this project's.",
        why=f"It belongs to the project {tags.get(PROJECT)}.",
        next='Give this project another name in [tool.sameroom], name = "...": the other is left alone.',
    )


def _live(cloud: Cloud, function: str) -> str:
    if not function:
        return ""
    try:
        said = cloud.call("lambda", "get_alias", FunctionName=function, Name=ALIAS_NAME)
    except Refused as error:
        if error.code == "ResourceNotFoundException":
            return ""  # removed by hand
        raise
    return str(said["FunctionVersion"])
