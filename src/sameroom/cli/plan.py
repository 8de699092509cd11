"""``sameroom plan``: what a deploy would do, and nothing done."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from .cloud_options import CloudOptions, cloud_options
from .columns import columns
from .deploy_screen import DeployScreen
from .screen import Printer

#: Exit status when there are changes, as scripts know it from other tools.
CHANGES = 10


@click.command()
@cloud_options
@click.option("--app", default="", metavar="APP", help="module:attribute, or path/file.py:attribute.")
@click.option("--drift", is_flag=True, help="Also show what somebody has changed by hand, says AWS.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as one JSON object.")
def plan(app: str, drift: bool, as_json: bool, **where: Any) -> int:
    """Show what a deploy would change on AWS: code, settings, resources, permissions, files, cost.

    Exit status 0: nothing; 10: changes. `sameroom deploy --plan` executes this very plan, or refuses when
    project or stack have changed since.
    """
    from .. import journey

    options = CloudOptions(**where)
    asked = journey.Asked(app=app, stage=options.stage)
    with DeployScreen(sys.stderr) as screen:
        planned = journey.plan(Path.cwd(), asked, options.connect, screen, drift=drift)
    printer = Printer(sys.stdout)
    if as_json:
        from .plan_screen import to_json

        printer.line(json.dumps(to_json(planned), ensure_ascii=False))
    else:
        from .plan_screen import screen as drawn

        printer.write(drawn(planned, printer.paint, columns()))
    return CHANGES if planned.changes else 0
