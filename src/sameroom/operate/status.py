"""How a stack is: what serves, whether it is well, what it took.

Everything but the stack itself may be forbidden to whoever asks: then the rest is shown, and what could not
be seen is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..errors import AccessDenied, NotDeployed, Refused, StackStuck, Throttled
from ..releases import alias, history
from ..releases.alias import Alias
from ..releases.values import Release as Release
from . import metrics
from .deployment import Deployment, moment
from .logs import Look, events
from .metrics import Figures
from .reports import Report, parse
from .resources import Resource, resources

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: REPORT lines that are measured at most; ten thousand are one page.
_REPORTS = 20_000
T = TypeVar("T")


class Alarm(NamedTuple):
    """One alarm. ``state`` is OK, ALARM or INSUFFICIENT_DATA; ``since`` UTC, ISO 8601."""

    name: str
    state: str
    since: str
    reason: str


class DeadLetters(NamedTuple):
    """A dead-letter queue, and how many messages lie in it."""

    queue: str
    messages: int


class Status(NamedTuple):
    """All that is known; None and () where it could not be seen, and ``unseen`` says why."""

    deployment: Deployment
    live: Alias | None
    #: Newest first.
    releases: tuple[Release, ...]
    alarms: tuple[Alarm, ...]
    queues: tuple[DeadLetters, ...]
    figures: Figures | None
    #: Seconds that the figures are of.
    span: float
    unseen: tuple[str, ...]

    @property
    def release(self) -> Release | None:
        """The release that is live, as the history has it."""
        return next((release for release in self.releases if release.state == "live"), None)

    @property
    def moved(self) -> str:
        """A sentence when the alias is not where the last release put it, else ""."""
        if self.live is None or self.release is None or self.live.version == self.release.version:
            return ""
        if any(release.state == "pending" for release in self.releases):
            return ""  # a deploy is on its way, and moves it
        return (
            f"Version {self.live.version} serves, and release {self.release.number} put version "
            f"{self.release.version} there: somebody moved the alias {alias.NAME} by hand."
        )

    @property
    def well(self) -> bool:
        """Whether there is nothing to look after."""
        troubled = [one for one in self.alarms if one.state == "ALARM"]
        return not (troubled or self.moved or any(queue.messages for queue in self.queues))


def status(cloud: Cloud, deployment: Deployment, bucket: str, span: float) -> Status:
    """How ``deployment`` is, and what it took in the last ``span`` seconds.

    :raises CredentialsError, Unreachable: see ``aws.faults``; what AWS refuses is in ``unseen``.
    """
    unseen: list[str] = []

    def seen(what: str, look: Callable[[], T]) -> T | None:
        try:
            return look()
        except (AccessDenied, Throttled, NotDeployed, StackStuck) as error:
            unseen.append(f"{what}: {error.what} {error.why}".strip())
        except Refused as error:
            unseen.append(f"{what}: {error.what} {error.reason}".strip())
        return None

    function = deployment.outputs.get("FunctionName", "")
    group = deployment.outputs.get("LogGroup", "")
    parts = seen("resources", lambda: resources(cloud, deployment.stack)) or ()
    live = seen("alias", lambda: alias.read(cloud, function)) if function else None
    known = seen("releases", lambda: history.read(cloud, bucket, deployment.stack).releases) or ()
    alarms = seen("alarms", lambda: _alarms(cloud, _named(parts, "AWS::CloudWatch::Alarm")))
    queues = seen("dead letters", lambda: _dead_letters(cloud, _named(parts, "AWS::SQS::Queue")))
    counted = seen("metrics", lambda: metrics.read(cloud, function, span)) if function else None
    measured = seen("log", lambda: _reports(cloud, group, span)) if group else None
    return Status(
        deployment,
        live,
        tuple(reversed(known)),
        alarms or (),
        queues or (),
        metrics.together(counted, measured),
        span,
        tuple(unseen),
    )


def _named(parts: Sequence[Resource], kind: str) -> list[str]:
    return [part.physical for part in parts if part.type == kind and part.physical]


def _alarms(cloud: Cloud, names: Sequence[str]) -> tuple[Alarm, ...]:
    found: list[Alarm] = []
    for start in range(0, len(names), 100):
        said = cloud.call("cloudwatch", "describe_alarms", AlarmNames=list(names[start : start + 100]))
        for one in said.get("MetricAlarms", ()):
            at = one.get("StateTransitionedTimestamp") or one.get("StateUpdatedTimestamp")
            reason = one.get("StateReason", "")
            found.append(Alarm(one["AlarmName"], one["StateValue"], moment(at) if at else "", reason))
    return tuple(sorted(found, key=lambda alarm: (alarm.state != "ALARM", alarm.name)))


def _dead_letters(cloud: Cloud, urls: Sequence[str]) -> tuple[DeadLetters, ...]:
    """Of the queues those that hand on to no other: in a stack of ours every queue that is worked on has a
    dead-letter queue."""
    found = []
    for url in urls:
        wanted = ["ApproximateNumberOfMessages", "RedrivePolicy"]
        said = cloud.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=wanted)
        told: Mapping[str, str] = said.get("Attributes", {})
        if not told.get("RedrivePolicy"):
            name = url.rpartition("/")[2]
            found.append(DeadLetters(name, int(told.get("ApproximateNumberOfMessages", 0))))
    return tuple(sorted(found))


def _reports(cloud: Cloud, group: str, span: float) -> tuple[Report, ...]:
    """REPORT lines of the text format; where there are none, those of the JSON format."""
    since = time.time() - span
    for pattern in ("REPORT", '"platform.report"'):
        lines = islice(events(cloud, group, Look(since, pattern=pattern)), _REPORTS)
        if found := tuple(report for line in lines if (report := parse(line.message))):
            return found
    return ()
