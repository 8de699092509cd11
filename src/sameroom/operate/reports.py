"""Lambda's REPORT lines: what an invocation took. Pure.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

_NUMBERS = re.compile(
    r"(?<=\t)(Duration|Init Duration|Restore Duration|Max Memory Used|Memory Size): ([\d.]+) (?:ms|MB)"
)
_HEAD = re.compile(r"^REPORT RequestId: (\S+)\s")
_STATUS = re.compile(r"Status: (\S+)")
_TRACE = re.compile(r"XRAY TraceId: (\S+)")


class Report(NamedTuple):
    """One invocation's end. Milliseconds and MB; None where Lambda does not say."""

    request: str
    duration: float
    #: Of a cold start; a restore's with SnapStart.
    init: float | None = None
    memory: int | None = None
    of_memory: int | None = None
    #: "" when all went well; "timeout", "error".
    status: str = ""
    trace: str = ""


def parse(message: str) -> Report | None:
    """The report that ``message`` is, as text or as JSON; None for any other message."""
    if message.startswith("{"):
        return _of_json(message) if "platform.report" in message else None
    head = _HEAD.match(message)
    if head is None:
        return None
    said = dict(_NUMBERS.findall(message))
    status, trace = _STATUS.search(message), _TRACE.search(message)
    init = said.get("Init Duration") or said.get("Restore Duration")
    return Report(
        head[1],
        float(said.get("Duration", 0)),
        float(init) if init else None,
        int(float(said["Max Memory Used"])) if "Max Memory Used" in said else None,
        int(float(said["Memory Size"])) if "Memory Size" in said else None,
        status[1] if status else "",
        trace[1] if trace else "",
    )


def _of_json(message: str) -> Report | None:
    try:
        said: Any = json.loads(message)
        record = said["record"]
        metrics = record.get("metrics", {})
        if said["type"] != "platform.report":
            return None
        status = record.get("status", "success")
        init = metrics.get("initDurationMs", metrics.get("restoreDurationMs"))
        return Report(
            str(record["requestId"]),
            float(metrics.get("durationMs", 0)),
            None if init is None else float(init),
            metrics.get("maxMemoryUsedMB"),
            metrics.get("memorySizeMB"),
            "" if status == "success" else str(status),
            str(record.get("tracing", {}).get("value", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest of ``values`` that ``share`` (0 to 1) of them do not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
