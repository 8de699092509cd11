"""Part of the requests for the new version, and a watch kept for some minutes.

https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from ...errors import ReleaseFailed, SameroomError
from ...releases.alias import NAME, Alias, move
from ...releases.clock import Clock
from ...template.alarms import FAILURES

if TYPE_CHECKING:
    from ...aws.cloud import Cloud

#: Seconds between two looks.
PAUSE = 15.0


class Trial(NamedTuple):
    """``share``, 0 to 1, of the requests for ``version``, and for how many seconds."""

    stack: str
    version: str
    share: float
    seconds: float
    #: Failed invocations of the new version that end it.
    errors: int


def canary(cloud: Cloud, alias: Alias, trial: Trial, clock: Clock) -> Alias:
    """The alias, with its weights, when the time has passed and nothing went wrong.

    :raises ReleaseFailed: the errors' alarm has fired, or the new version failed too often. The weights are
        off by then, as they are after any other error.
    :raises StackBusy: somebody else has moved the alias.
    """
    alarms = _alarms(cloud, trial.stack)
    # One that rings already says nothing about the new version.
    watched = [name for name in alarms if not _ringing(cloud, [name])]
    began, until = clock.time(), clock.monotonic() + trial.seconds
    weighted = move(cloud, alias, alias.version, {trial.version: round(trial.share, 4)})
    try:
        while clock.monotonic() < until:
            clock.sleep(min(PAUSE, max(0.0, until - clock.monotonic())))
            _refuse_failing(cloud, alias.function, trial, watched, began)
    except BaseException:
        with contextlib.suppress(SameroomError):
            move(cloud, weighted, alias.version)
        raise
    return weighted


def _refuse_failing(cloud: Cloud, function: str, trial: Trial, alarms: list[str], began: float) -> None:
    ringing = _ringing(cloud, alarms)
    if ringing:
        raise ReleaseFailed(
            f"The alarm {ringing[0]} fired while version {trial.version} had {trial.share:.0%} of requests.",
            next="sameroom logs --since 15m shows what failed.",
        )
    failed = _failed(cloud, function, trial.version, began)
    if failed >= trial.errors:
        raise ReleaseFailed(
            f"Version {trial.version} failed {failed} times with {trial.share:.0%} of the requests.",
            next="sameroom logs --since 15m shows what failed.",
        )


def _alarms(cloud: Cloud, stack: str) -> list[str]:
    """The stack's alarms of failed invocations and answers."""
    names = [
        resource["PhysicalResourceId"]
        for page in cloud.pages("cloudformation", "list_stack_resources", StackName=stack)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::CloudWatch::Alarm" and resource.get("PhysicalResourceId")
    ]
    if not names:
        return []
    found = cloud.call("cloudwatch", "describe_alarms", AlarmNames=names)["MetricAlarms"]
    return [alarm["AlarmName"] for alarm in found if alarm.get("MetricName") in FAILURES]


def _ringing(cloud: Cloud, alarms: list[str]) -> list[str]:
    if not alarms:
        return []
    found = cloud.call("cloudwatch", "describe_alarms", AlarmNames=alarms, StateValue="ALARM")["MetricAlarms"]
    return [alarm["AlarmName"] for alarm in found]


def _failed(cloud: Cloud, function: str, version: str, began: float) -> int:
    """Failed invocations of ``version`` by way of the alias, since then.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    dimensions = {"FunctionName": function, "Resource": f"{function}:{NAME}", "ExecutedVersion": version}
    said = cloud.call(
        "cloudwatch",
        "get_metric_statistics",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        # Sums of whole minutes: the one in which it began belongs to it.
        StartTime=datetime.fromtimestamp(began // 60 * 60, timezone.utc),
        EndTime=datetime.fromtimestamp(began // 60 * 60 + 7200, timezone.utc),
        Period=60,
        Statistics=["Sum"],
    )
    return int(sum(point["Sum"] for point in said["Datapoints"]))
