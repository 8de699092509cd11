"""``sameroom invoke --cloud``: one event through the live function."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .answered import result_text, said
from .cloud_options import CloudOptions
from .log_screen import Manner, body
from .screen import Printer

if TYPE_CHECKING:
    from ..operate.invoke import Invoked
    from ..operate.log_lines import Entry


def invoke_cloud(where: CloudOptions, event: str, *, as_json: bool) -> bool:
    """Send ``event``, JSON text, and print what the local command would; whether all went well."""
    from ..operate.invoke import invoke

    cloud = where.connect()
    invoked = invoke(cloud, where.here(cloud).output("AliasArn"), event)
    printer = Printer(sys.stdout)
    entries = _entries(invoked)
    if as_json:
        printer.line(_report(invoked, entries))
        return not invoked.failed
    errors = Printer(sys.stderr)
    manner = Manner(errors.paint, Path.cwd(), links=errors.paint.colour and sys.stderr.isatty())
    for entry in entries:
        for line in body(entry, manner):
            errors.line(line)
    printer.line(result_text(invoked.payload))
    return not invoked.failed


def _entries(invoked: Invoked) -> list[Entry]:
    """What the log's end says; of a failure also what the answer says of it, where the log does not."""
    from ..operate.log_lines import LogEvent, Reader, of_error

    lines = [line for line in invoked.log.split("\n") if line.strip("\r")]
    entries = list(Reader().read(LogEvent("", 0, "", line) for line in lines))
    if invoked.failed and not any(entry.traceback for entry in entries):
        error = said(invoked.payload)
        if isinstance(error, dict) and error.get("stackTrace"):
            entries.append(of_error(error))
    return entries


def _report(invoked: Invoked, entries: list[Entry]) -> str:
    """The local command's object, with the version that answered."""
    answer = said(invoked.payload)
    report = next((entry.report for entry in entries if entry.report), None)
    return json.dumps(
        {
            "result": None if invoked.failed else answer,
            "error": answer if invoked.failed else None,
            "request_id": invoked.request,
            "version": invoked.version,
            "duration_ms": report and report.duration,
            "init_ms": report and report.init,
            "max_memory_mb": report and report.memory,
            "log": invoked.log.splitlines(),
        },
        indent=2,
        ensure_ascii=False,
    )
