"""``sameroom deploy``: the project of this folder onto AWS."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from .cloud_options import CloudOptions, cloud_options
from .deploy_screen import DeployScreen, asker, summary, to_json
from .screen import Printer


@click.command()
@cloud_options
@click.option("--app", default="", metavar="APP", help="module:attribute, or path/file.py:attribute.")
@click.option("--plan", "of_plan", is_flag=True, help="Execute what `sameroom plan` showed, or refuse.")
@click.option("--yes", is_flag=True, help="Replace and remove resources that hold data without asking.")
@click.option("--wait", type=float, default=0, metavar="SECONDS", help="Wait for somebody else's deploy.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
def deploy(app: str, of_plan: bool, yes: bool, wait: float, as_json: bool, **where: Any) -> None:
    """Build the project, and make it what runs on AWS.

    Shows its plan and carries it out; asks only before it replaces or removes something that holds data. If
    it fails, what served before serves on. If it is interrupted, run it again.
    """
    from .. import journey

    options = CloudOptions(**where)
    manner = journey.Manner(wait, of_plan)
    asked = journey.Asked(app=app, stage=options.stage)
    with DeployScreen(sys.stderr, yes=yes, ask=asker()) as screen:
        done = journey.deploy(Path.cwd(), asked, options.connect, manner, screen)
    printer = Printer(sys.stdout)
    if as_json:
        printer.line(json.dumps(to_json(done), ensure_ascii=False))
    else:
        printer.write(summary(done, screen.seconds, printer.paint))
