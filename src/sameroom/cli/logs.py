"""``sameroom logs``: what the app said in the cloud."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import SameroomError
from .cloud_options import CloudOptions, cloud_options
from .screen import Printer

if TYPE_CHECKING:
    from ..operate.here import Cloud
    from ..operate.log_lines import Entry

#: How far --request looks back, where nobody says.
_REQUEST_SINCE = "1d"


class _Screen:
    """Prints entries as they come, those with ``wanted`` in them."""

    def __init__(self, as_json: bool, wanted: str) -> None:
        from .log_screen import Manner

        self._printer = Printer(sys.stdout)
        colour = self._printer.paint.colour
        self._manner = Manner(self._printer.paint, Path.cwd(), links=colour and sys.stdout.isatty())
        self._as_json, self._wanted, self._day = as_json, wanted.casefold(), ""
        self.count = 0

    def show(self, entries: Iterable[Entry]) -> None:
        from . import log_screen

        for entry in entries:
            if self._wanted and self._wanted not in entry.text().casefold():
                continue
            self.count += 1
            if self._as_json:
                self._printer.line(json.dumps(log_screen.to_json(entry), ensure_ascii=False))
                continue
            if self._day != log_screen.day(entry.at):
                self._day = log_screen.day(entry.at)
                self._printer.line(self._printer.paint("bold", self._day))
            self._printer.write(log_screen.lines(entry, self._manner))


@click.command()
@cloud_options
@click.option("-f", "--follow", is_flag=True, help="Go on as lines come, until Ctrl-C.")
@click.option("--since", default="", metavar="SPAN", help="How far back: 90s, 10m (the default), 2h, 3d.")
@click.option("--filter", "wanted", default="", metavar="TEXT", help="Only what has TEXT in it.")
@click.option(
    "--request", default="", metavar="ID", help="All of one request, by the id that its client got."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each entry.")
def logs(follow: bool, since: str, wanted: str, request: str, as_json: bool, **where: Any) -> int:
    """Show the function's log: time, level, request and message, tracebacks with the files of this folder.

    What Lambda says about a request (START, END, REPORT) is one dim line at its end.
    """
    if follow and request:
        raise click.UsageError("--follow and --request do not go together: a request has come to its end.")
    from ..operate import logs as log
    from ..operate.spans import seconds_back

    now = time.time()
    back = seconds_back(since or (_REQUEST_SINCE if request else "10m"), now)
    options = CloudOptions(**where)
    cloud = options.connect()
    group = options.here(cloud).output("LogGroup")
    screen = _Screen(as_json, wanted)
    if request:
        screen.show(log.of_request(cloud, group, request, now - back))
        if not screen.count:
            raise SameroomError(
                f"No line of {group} has {request} in it.",
                why=f"Looked at: the last {since or _REQUEST_SINCE}.",
                next="Is it older (--since 3d), or another stage's (--stage)? API Gateway answers some "
                "errors by itself, and asks no function.",
            )
    elif follow:
        _follow(cloud, group, now - back, screen)
    else:
        screen.show(log.read(cloud, group, log.Look(now - back)))
        if not screen.count and sys.stderr.isatty():
            printer = Printer(sys.stderr)
            printer.line(printer.paint("dim", f"Nothing in the last {since or '10m'}."))
    return 0


def _follow(cloud: Cloud, group: str, since: float, screen: _Screen) -> None:
    from ..operate import logs as log

    errors = Printer(sys.stderr)
    try:
        waited = "▲ {} Waiting, then going on."
        for entries in log.follow(
            cloud, group, since, waited=lambda why: errors.line(errors.paint("yellow", waited.format(why)))
        ):
            screen.show(entries)
    except KeyboardInterrupt:
        errors.write("\n" if sys.stderr.isatty() else "")
