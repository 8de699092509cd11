"""``sameroom status``: how the stack is."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import click

from .cloud_options import CloudOptions, cloud_options
from .screen import Printer


@click.command()
@cloud_options
@click.option(
    "--since", default="1h", metavar="SPAN", help="What the figures are of: 10m, 1h (the default), 2d."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(since: str, as_json: bool, **where: Any) -> int:
    """Show what serves, whether it is well, the last releases, and what requests took.

    Cold starts and durations are measured from the log's REPORT lines, errors and throttles are CloudWatch's.
    """
    from ..operate import status as state
    from ..operate.spans import seconds_back
    from ..stack.bucket import bucket_name

    span = seconds_back(since, time.time())
    options = CloudOptions(**where)
    cloud = options.connect()
    deployment = options.here(cloud)
    found = state.status(cloud, deployment, bucket_name(deployment.account, deployment.region), span)
    printer = Printer(sys.stdout)
    if as_json:
        from .status_screen import to_json

        printer.line(json.dumps(to_json(found), ensure_ascii=False, indent=2))
    else:
        from .status_screen import screen

        printer.write(screen(found, since, printer.paint))
    return 0
