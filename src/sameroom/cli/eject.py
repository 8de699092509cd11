"""``sameroom eject``: the stack as files that deploy without us."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import SettingsError
from .build_screen import BuildScreen
from .screen import Printer

FORMATS = click.Choice(("cloudformation", "sam", "terraform"))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--as", "form", type=FORMATS, required=True, help="What to eject as.")
@click.option("--stage", default="", metavar="NAME", help="The project's stage, and its settings.")
@click.option("--app", default="", metavar="APP", help="module:attribute, or path/file.py:attribute.")
@click.option("--region", default="", metavar="NAME", help="The AWS region, for instance eu-west-1.")
def eject(folder: Path, form: str, stage: str, app: str, region: str) -> None:
    """Write the stack into DIR as CloudFormation, SAM or Terraform, with the zip and a README.

    What is in DIR then deploys by AWS's or HashiCorp's own tool. Nothing is changed on AWS.
    """
    from .. import eject as room
    from .. import journey
    from ..project import load
    from ..project.naming import project_name, stack_name

    here = Path.cwd()
    asked = journey.Asked(app=app, stage=stage, path_stage=False)
    project = load(here, asked.choices())
    where = region or project.settings.region
    if not where:
        raise SettingsError(
            "It is not clear which region this is for.",
            next='Say which: --region eu-west-1, or region = "eu-west-1" in [tool.sameroom].',
        )
    with BuildScreen(sys.stderr) as screen:
        artifact = journey.build(here, asked, screen).artifact
    stack = stack_name(project_name(here, project.settings), stage)
    files = room.eject(room.source(project, stack, where, stage, artifact.sha256), form)
    room.write(folder, files, artifact.path)
    printer = Printer(sys.stdout)
    for name in [*files, "app.zip"]:
        printer.line(f"wrote  {folder / name}")
    printer.line(f"\n{folder / 'README.md'} says how to deploy it.")
