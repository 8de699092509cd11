"""What a function's requests took: counted by CloudWatch, measured from its REPORT lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from .reports import Report, percentile

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

_COUNTS = ("Invocations", "Errors", "Throttles")
#: CloudWatch's longest period, in seconds.
_DAY = 86400


class Counted(NamedTuple):
    """CloudWatch's figures of one span; milliseconds, None where it has none."""

    invocations: int
    errors: int
    throttles: int
    p50: float | None
    p99: float | None


class Figures(NamedTuple):
    """A span's figures. Milliseconds; None where nothing was measured."""

    invocations: int
    #: None where CloudWatch could not be asked.
    errors: int | None
    throttles: int | None
    p50: float | None
    p99: float | None
    #: Where the durations are from: "log", "metrics" or "".
    source: str
    cold_starts: int
    init_p50: float | None
    init_max: float | None


def read(cloud: Cloud, function: str, span: float) -> Counted:
    """The figures of ``function`` over the last ``span`` seconds. One call.

    Counts are sums of periods. Percentiles cannot be summed: of several periods the worst one's is taken.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """
    period = min(_DAY, math.ceil(span / 60) * 60)
    end = datetime.now(timezone.utc).replace(second=0, microsecond=0) + timedelta(minutes=1)
    said = cloud.call(
        "cloudwatch",
        "get_metric_data",
        StartTime=end - timedelta(seconds=math.ceil(span / period) * period),
        EndTime=end,
        MetricDataQueries=[
            *(_query(name.lower(), function, name, "Sum", period) for name in _COUNTS),
            *(_query(share, function, "Duration", share, period) for share in ("p50", "p99")),
        ],
    )
    values = {one["Id"]: one.get("Values", []) for one in said["MetricDataResults"]}
    invocations, errors, throttles = (int(sum(values.get(name.lower(), []))) for name in _COUNTS)
    p50, p99 = (max(values.get(share, []), default=None) for share in ("p50", "p99"))
    return Counted(invocations, errors, throttles, p50, p99)


def together(counted: Counted | None, reports: Sequence[Report] | None) -> Figures | None:
    """Counts from CloudWatch, times from the log where it has any: REPORT lines are exact and at once there,
    metrics come some minutes late. None when neither could be seen."""
    if counted is None and reports is None:
        return None
    durations = [report.duration for report in reports or ()]
    inits = [report.init for report in reports or () if report.init is not None]
    p50, p99, source = percentile(durations, 0.5), percentile(durations, 0.99), "log"
    if not durations:
        p50, p99 = (counted.p50, counted.p99) if counted else (None, None)
        source = "" if p50 is None else "metrics"
    return Figures(
        max(counted.invocations if counted else 0, len(durations)),
        counted.errors if counted else None,
        counted.throttles if counted else None,
        p50,
        p99,
        source,
        len(inits),
        percentile(inits, 0.5),
        max(inits, default=None),
    )


def _query(name: str, function: str, metric: str, statistic: str, period: int) -> dict[str, Any]:
    dimensions = [{"Name": "FunctionName", "Value": function}]
    wanted = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": wanted, "Period": period, "Stat": statistic}}
