"""``sameroom ci``: the pipeline that plans pull requests and deploys the branch."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import SameroomError, SettingsError
from .screen import Printer

if TYPE_CHECKING:
    from ..pipeline import Pipeline
    from ..project import Settings

FILE = Path(".github/workflows/sameroom.yml")


@click.group()
def ci() -> None:
    """Write the pipeline that plans pull requests and deploys the branch."""


@ci.command()
@click.option("--stage", default="", metavar="NAME", help="The stage that is deployed.")
@click.option("--branch", default="main", metavar="NAME", help="What is pushed to it is deployed. [main]")
@click.option("--environment", default="", metavar="NAME", help="GitHub's environment of the deploy.")
@click.option("--region", default="", metavar="NAME", help="The AWS region, for instance eu-west-1.")
@click.option("--repository", default="", metavar="OWNER/NAME", help="Where git's origin does not say.")
@click.option("--role", default="", metavar="ARN", help="The role that deploys.")
@click.option("--plan-role", default="", metavar="ARN", help="The role that plans pull requests.")
@click.option(
    "--role-template", type=click.Path(path_type=Path), metavar="FILE", help="Write the roles here."
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
def github(role_template: Path | None, force: bool, stage: str, **said: str) -> None:
    """Write .github/workflows/sameroom.yml: tests, a plan on pull requests, a deploy of the branch.

    The plan is one comment, changed in place. There are no keys to keep: GitHub's identity opens a role.
    --role-template writes that role, and one that can only plan, as a CloudFormation template.
    """
    from .. import pipeline
    from ..project import settings

    folder = Path.cwd()
    chosen = settings.fold(settings.read(folder), {}, stage=stage)
    wanted = _pipeline(folder, chosen, stage, said)
    file = folder / FILE.with_name(f"sameroom-{stage}.yml" if stage else FILE.name)
    printer = Printer(sys.stdout)
    _say(printer, file, pipeline.write(file, pipeline.workflow(wanted), force=force))
    if role_template is not None:
        text = pipeline.role_template(wanted, chosen, pipeline.types_of(chosen, wanted.stack))
        _say(printer, role_template, pipeline.write(role_template, text, force=force))
        printer.line("\nMake the roles once, as somebody who may:")
        printer.line(
            f"  aws cloudformation deploy --stack-name ci-{wanted.stack} --region {wanted.region} \\\n"
            f"    --template-file {role_template} --capabilities CAPABILITY_IAM"
        )
    if not (wanted.role and wanted.plan_role):
        printer.line("\nThe workflow reads the roles' ARNs from the repository's variables:")
        printer.line(
            "  gh variable set SAMEROOM_ROLE --body ARN\n  gh variable set SAMEROOM_PLAN_ROLE --body ARN"
        )


def _pipeline(folder: Path, settings: Settings, stage: str, said: dict[str, str]) -> Pipeline:
    from .. import pipeline
    from ..project.naming import project_name, stack_name

    region = said["region"] or settings.region
    if not region:
        raise SettingsError(
            "It is not clear which region is deployed to.",
            next='Say which: --region eu-west-1, or region = "eu-west-1" in [tool.sameroom].',
        )
    for arn in (said["role"], said["plan_role"]):
        if arn and not re.match(r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$", arn):
            raise SameroomError(
                f"{arn!r} is no role's ARN.", next="It looks like arn:aws:iam::123456789012:role/name."
            )
    return pipeline.Pipeline(
        pipeline.repository(folder, said["repository"]),
        pipeline.branch(said["branch"]),
        stage,
        stack_name(project_name(folder, settings), stage),
        region,
        said["environment"],
        said["role"],
        said["plan_role"],
        settings.runtime.removeprefix("python"),
        pipeline.install(folder, settings.lock),
        pipeline.how_tested(folder),
    )


def _say(printer: Printer, path: Path, written: bool) -> None:
    printer.line(f"{'wrote' if written else 'unchanged'}  {path}")
