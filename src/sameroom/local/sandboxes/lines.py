"""Lines of the log: what an app prints, and what Lambda itself says around it, in CloudWatch's wording.

Wording: AWS docs "Understanding the Lambda execution environment lifecycle" (failures during the invoke
phase, new style: Status and Error Type at the end of REPORT). Fields are parted by tabs.
"""

from __future__ import annotations

import math
import time
from typing import Literal, NamedTuple

#: CloudWatch's limit for one event.
LONGEST_LINE = 256 * 1024


class LogLine(NamedTuple):
    """One line, without its newline. ``request_id`` is "" between invocations, ``sandbox`` 0 without one.

    Kinds: "output" is the app's stdout and stderr, in the order it wrote them; "platform" is what Lambda
    says; "notice" is the toolkit speaking of itself. ``time`` is epoch seconds.
    """

    kind: Literal["output", "platform", "notice"]
    text: str
    sandbox: int = 0
    request_id: str = ""
    time: float = 0.0


class Lines:
    """Cuts a stream of bytes into lines of text. The last line is kept until it is finished, or flushed."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._rest = b""
        self._dropped = 0

    def feed(self, data: bytes) -> list[str]:
        """The lines that ``data`` completes. Invalid UTF-8 is shown as replacement characters."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        lines = [self._text(line) for line in whole]
        if len(self._rest) > self._longest:
            self._dropped += len(self._rest) - self._longest
            self._rest = self._rest[: self._longest]
        return lines

    def flush(self) -> list[str]:
        """The unfinished line, if there is one."""
        if not self._rest:
            return []
        line, self._rest = self._rest, b""
        return [self._text(line)]

    def _text(self, line: bytes) -> str:
        dropped = self._dropped + max(0, len(line) - self._longest)
        self._dropped = 0
        text = line[: self._longest].decode("utf-8", "replace")
        return f"{text} [sameroom: {dropped} more bytes of this line were cut]" if dropped else text


class Report(NamedTuple):
    """The figures of a REPORT line: milliseconds and MB. ``status`` is "", "timeout" or "error"."""

    request_id: str
    duration: float
    memory_size: int
    memory_used: int
    init: float | None = None
    status: str = ""
    error_type: str = ""


def start_line(request_id: str) -> str:
    return f"START RequestId: {request_id} Version: $LATEST"


def end_line(request_id: str) -> str:
    return f"END RequestId: {request_id}"


def billed(duration: float, init: float | None) -> int:
    """Whole milliseconds that AWS would bill; since August 2025 the init phase counts for every function."""
    return math.ceil(duration + (init or 0.0))


def report_line(report: Report) -> str:
    """``REPORT RequestId: ... Duration: 1.23 ms Billed Duration: 2 ms ...``"""
    init = "" if report.init is None else f"Init Duration: {report.init:.2f} ms\t"
    return (
        f"REPORT RequestId: {report.request_id}\tDuration: {report.duration:.2f} ms\t"
        f"Billed Duration: {billed(report.duration, report.init)} ms\tMemory Size: {report.memory_size} MB\t"
        f"Max Memory Used: {report.memory_used} MB\t{init}{_status(report.status, report.error_type)}"
    )


def init_report_line(
    duration: float, phase: Literal["init", "invoke"], status: str, error_type: str = ""
) -> str:
    """``INIT_REPORT Init Duration: 10000.00 ms Phase: init Status: timeout``"""
    return f"INIT_REPORT Init Duration: {duration:.2f} ms\tPhase: {phase}\t{_status(status, error_type)}"


def timed_out_line(request_id: str, timeout: float, now: float) -> str:
    """``2024-03-04T17:22:38.033Z b704... Task timed out after 3.00 seconds``; ``now`` in epoch seconds."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    return f"{stamp}.{int(now * 1000) % 1000:03d}Z {request_id} Task timed out after {timeout:.2f} seconds"


def _status(status: str, error_type: str) -> str:
    return "\t".join([f"Status: {status}"] * bool(status) + [f"Error Type: {error_type}"] * bool(error_type))
