"""A change set as AWS describes it -> what a person wants to know of it. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any, Literal, NamedTuple

from ..template.ids import ALIAS

Action = Literal["add", "change", "may replace", "replace", "remove", "leave"]
#: Those that hold what cannot be made again from the project.
DATA = frozenset({"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Logs::LogGroup"})
#: Those whose names others know: replaced, they answer under another address.
_KNOWN = frozenset(
    {
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
        "AWS::CloudFront::Distribution",
        "AWS::Lambda::Function",
        "AWS::Lambda::Url",
        "AWS::VpcLattice::Service",
    }
)


class Change(NamedTuple):
    """What happens to one resource; ``leave`` takes it out of the stack and keeps it on AWS."""

    action: Action
    id: str
    type: str
    #: AWS's name of it, "" before it is made.
    physical: str = ""
    #: Properties that change.
    properties: tuple[str, ...] = ()

    @property
    def risky(self) -> bool:
        """It may take data with it, or an address that others know."""
        replaced = self.action in ("replace", "may replace") and self.type in DATA | _KNOWN
        return replaced or (self.action == "remove" and self.type in DATA)


def changes(described: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """``Changes`` of DescribeChangeSet, less what every release does: the version before leaves the stack and
    stays on AWS, the alias is told the version that it has, and what refers to it might change, as far as AWS
    knows at that point."""
    said = [one["ResourceChange"] for one in described if one.get("Type") == "Resource"]
    left = {one["LogicalResourceId"]: one for one in said if not _of_every_release(_change(one))}
    same = {one["LogicalResourceId"] for one in said} - left.keys()
    while idle := {name for name, one in left.items() if _follows_nothing(one, left, same)}:
        same |= idle
        left = {name: one for name, one in left.items() if name not in idle}
    return tuple(_change(one) for one in left.values())


def _follows_nothing(said: Mapping[str, Any], left: Mapping[str, Mapping[str, Any]], same: Set[str]) -> bool:
    """Whether all that would change are names of other resources, none of which is replaced, and attributes
    of those that are found to stay the ``same``. ``Ref`` of a resource changes with its replacement alone."""
    details = said.get("Details", ())
    return bool(details) and all(_is_idle(detail, left, same) for detail in details)


def _is_idle(detail: Mapping[str, Any], left: Mapping[str, Mapping[str, Any]], same: Set[str]) -> bool:
    cause = str(detail.get("CausingEntity"))
    if detail.get("ChangeSource") == "ResourceAttribute":
        return cause.partition(".")[0] in same
    return detail.get("ChangeSource") == "ResourceReference" and not _is_replaced(left.get(cause))


def _is_replaced(said: Mapping[str, Any] | None) -> bool:
    return said is not None and _action(said) in ("replace", "may replace")


def _change(said: Mapping[str, Any]) -> Change:
    return Change(
        _action(said),
        said["LogicalResourceId"],
        said["ResourceType"],
        said.get("PhysicalResourceId", ""),
        tuple(sorted({_property(detail) for detail in said.get("Details", ())} - {""})),
    )


def _action(said: Mapping[str, Any]) -> Action:
    action = said["Action"]
    if action == "Add":
        return "add"
    if action in ("Remove", "Dynamic", "Import"):
        return "leave" if said.get("PolicyAction") == "Retain" or action != "Remove" else "remove"
    return {"True": "replace", "Conditional": "may replace"}.get(str(said.get("Replacement")), "change")  # type: ignore[return-value]


def _property(detail: Mapping[str, Any]) -> str:
    target = detail.get("Target", {})
    return str(target.get("Name") or target.get("Attribute") or "")


def _of_every_release(change: Change) -> bool:
    if change.type == "AWS::Lambda::Version":
        return change.action in ("leave", "remove")
    return change.id == ALIAS and change.action != "add" and set(change.properties) <= {"FunctionVersion"}
