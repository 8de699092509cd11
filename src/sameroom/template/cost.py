"""What a stack costs a month when nobody uses it. Pure, and read from the document.

Prices of us-east-1 in US dollars as of November 2026; other regions differ by some tenths.

- alarms, 0.10 each after the account's first ten: https://aws.amazon.com/cloudwatch/pricing/
- SnapStart, 0.0000015046 per GB and second for every version: https://aws.amazon.com/lambda/pricing/
- a Lattice service, 0.025 an hour: https://aws.amazon.com/vpc/lattice/pricing/
- budgets that only notify, nothing: https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/

All else here costs by use: tables on demand and their backups by the GB, functions, queues, topics, rules,
schedules, logs, API Gateway (without its cache), CloudFront. SSM's standard parameters and the keys that AWS
owns are free. A hosted zone, a load balancer, a NAT gateway and the service network are yours before the
stack is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from .ids import FUNCTION

_HOURS = 730
_ALARM = 0.10
_FREE_ALARMS = 10
_LATTICE_HOUR = 0.025
#: Per GB and second that a version's snapshot is kept.
_SNAPSHOT = 0.0000015046


class Line(NamedTuple):
    """One thing that costs by being there."""

    what: str
    dollars: float
    note: str = ""


def monthly(document: Mapping[str, Any]) -> tuple[Line, ...]:
    """The fixed cost of a month, largest first; lines of 0.00 say what is free only up to a number."""
    resources = document.get("Resources", {})
    kinds = Counter(resource.get("Type", "") for resource in resources.values())
    lines = []
    if alarms := kinds["AWS::CloudWatch::Alarm"]:
        beyond = max(0, alarms - _FREE_ALARMS)
        note = f"the account's first {_FREE_ALARMS} are free; ${_ALARM:.2f} each beyond"
        lines.append(Line(f"{alarms} alarms", beyond * _ALARM, note))
    if services := kinds["AWS::VpcLattice::Service"]:
        lines.append(
            Line("Lattice service", services * _LATTICE_HOUR * _HOURS, "and by the GB and the request")
        )
    if kinds["AWS::Budgets::Budget"]:
        lines.append(Line("budget", 0.0, "budgets that only notify are free"))
    function = resources.get(FUNCTION, {}).get("Properties", {})
    if function.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions":
        gigabytes = function["MemorySize"] / 1024
        dollars = gigabytes * _SNAPSHOT * 3600 * _HOURS
        lines.append(
            Line("SnapStart, each version", dollars, "for every version that is kept, and per restore")
        )
    return tuple(sorted(lines, key=lambda line: -line.dollars))
