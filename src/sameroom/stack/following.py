"""A stack operation followed to its end by its events.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Throttled

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Seconds between two looks.
_PAUSES = (0.2, 0.4, 0.8, 1.5)


class Event(NamedTuple):
    """One event of the stack's resources, the stack itself among them."""

    id: str
    resource: str
    type: str
    physical: str
    #: "CREATE_IN_PROGRESS" ...
    status: str
    reason: str
    #: UTC, seconds since 1970.
    at: float

    @property
    def of_stack(self) -> bool:
        return self.type == "AWS::CloudFormation::Stack"


def follow(
    cloud: Cloud,
    stack: str,
    since: float,
    told: Callable[[Event], object],
    pause: Callable[[float], object] = time.sleep,
) -> tuple[Event, ...]:
    """Tell every event after ``since`` (seconds since 1970, by AWS's clock) as it comes, until the operation
    on the stack itself has ended. All of them, oldest first; the last is the stack's own."""
    seen: dict[str, Event] = {}
    turn = 0
    while True:
        try:
            new = [event for event in _since(cloud, stack, since) if event.id not in seen]
        except Throttled:
            new = []  # it goes on without our looking
        for event in new:
            seen[event.id] = event
            told(event)
        ended = [event for event in new if _is_the_end(event)]
        if ended:
            return tuple(seen.values())
        pause(_PAUSES[min(turn, len(_PAUSES) - 1)])
        turn += 1


def _since(cloud: Cloud, stack: str, since: float) -> list[Event]:
    """Events after ``since``, oldest first."""
    found: list[Event] = []
    arguments: dict[str, Any] = {"StackName": stack}
    while True:
        said = cloud.call("cloudformation", "describe_stack_events", **arguments)
        for one in said["StackEvents"]:
            event = _event(one)
            if event.at < since:
                return found[::-1]
            found.append(event)
        if not said.get("NextToken"):
            return found[::-1]
        arguments["NextToken"] = said["NextToken"]


def _event(said: Mapping[str, Any]) -> Event:
    return Event(
        said["EventId"],
        said["LogicalResourceId"],
        said["ResourceType"],
        said.get("PhysicalResourceId", ""),
        said["ResourceStatus"],
        said.get("ResourceStatusReason", ""),
        said["Timestamp"].timestamp(),
    )


def _is_the_end(event: Event) -> bool:
    status = event.status
    return event.of_stack and status.endswith(("_COMPLETE", "_FAILED")) and "CLEANUP" not in status
