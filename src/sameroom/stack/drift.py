"""What somebody has changed by hand: each resource of the stack, compared by AWS with its template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..errors import Refused, Throttled
from ..template.ids import ALIAS

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

_PAUSES = (0.2, 0.5, 1.0, 2.0)
#: Seconds after which we believe no more that AWS will say.
_MOST = 300.0
_SHORT = 80
#: What a release moves without the template's knowing: the alias, to another version and by weights.
_RELEASED = ("/FunctionVersion", "/RoutingConfig")


class Difference(NamedTuple):
    """One property, by its path: "/MemorySize". A text that is "" is not there on that side."""

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        name = self.path.strip("/").replace("/", ".")
        if not self.expected:
            return f"{name} was added: {_short(self.actual)}"
        if not self.actual:
            return f"{name} was removed; it was {_short(self.expected)}"
        return f"{name} is {_short(self.actual)} instead of {_short(self.expected)}"


class Drift(NamedTuple):
    """One resource that is not as the template has it."""

    status: Literal["changed", "deleted"]
    id: str
    type: str
    physical: str
    differences: tuple[Difference, ...] = ()


def drifted(cloud: Cloud, stack: str, pause: Callable[[float], object] = time.sleep) -> tuple[Drift, ...]:
    """Resources that were changed or deleted by hand, sorted by their logical ids. It takes AWS some seconds
    and sees those types alone that support it; the alias's version is a release's business and no drift.

    :raises Throttled: AWS did not come to an end.
    :raises Refused: AWS cannot compare.
    """
    started = cloud.call("cloudformation", "detect_stack_drift", StackName=stack)
    _compared(cloud, started["StackDriftDetectionId"], pause)
    found: list[Drift] = []
    arguments: dict[str, Any] = {
        "StackName": stack,
        "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"],
    }
    while True:
        said = cloud.call("cloudformation", "describe_stack_resource_drifts", **arguments)
        found += map(_drift, said["StackResourceDrifts"])
        if not said.get("NextToken"):
            return tuple(sorted((one for one in found if _by_hand(one)), key=lambda one: one.id))
        arguments["NextToken"] = said["NextToken"]


def _compared(cloud: Cloud, detection: str, pause: Callable[[float], object]) -> None:
    waited, turn = 0.0, 0
    while True:
        said = cloud.call(
            "cloudformation", "describe_stack_drift_detection_status", StackDriftDetectionId=detection
        )
        status = said["DetectionStatus"]
        if status == "DETECTION_COMPLETE":
            return
        reason = said.get("DetectionStatusReason", "")
        if status == "DETECTION_FAILED":
            # Those that could be compared have been: https://docs.aws.amazon.com/AWSCloudFormation/latest/
            # APIReference/API_DescribeStackDriftDetectionStatus.html
            if said.get("StackDriftStatus") in ("DRIFTED", "IN_SYNC"):
                return
            raise Refused(
                "AWS could not compare the stack with its template.",
                why=reason or "It gives no reason.",
                next="Plan without --drift, or look at the stack's drift in CloudFormation's console.",
                code=status,
                operation="DetectStackDrift",
            )
        if waited > _MOST:
            raise Throttled(
                "AWS has not ended comparing the stack with its template.",
                why=f"It is {status} after {waited:.0f} seconds.",
                next="Try again later, or plan without --drift.",
                code=status,
                operation="DetectStackDrift",
            )
        seconds = _PAUSES[min(turn, len(_PAUSES) - 1)]
        pause(seconds)
        waited, turn = waited + seconds, turn + 1


def _drift(said: Mapping[str, Any]) -> Drift:
    differences = (
        Difference(one["PropertyPath"], _value(one.get("ExpectedValue")), _value(one.get("ActualValue")))
        for one in said.get("PropertyDifferences", ())
    )
    return Drift(
        "deleted" if said["StackResourceDriftStatus"] == "DELETED" else "changed",
        said["LogicalResourceId"],
        said["ResourceType"],
        said.get("PhysicalResourceId", ""),
        tuple(differences),
    )


def _value(said: object) -> str:
    return "" if said in (None, "null") else str(said)


def _by_hand(drift: Drift) -> bool:
    if drift.id != ALIAS or drift.status == "deleted":
        return True
    return any(not difference.path.startswith(_RELEASED) for difference in drift.differences)


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
