"""``sameroom init``: the section that this folder's pyproject.toml needs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .screen import Printer

if TYPE_CHECKING:
    from ..project.begin import Candidate, Plan, Trial


@click.command()
@click.option("--app", default="", metavar="APP", help="module:attribute, or path/file.py:attribute.")
@click.option("--door", default="", metavar="DOOR", help="http-api, rest-api, function-url, alb ...")
@click.option(
    "--from", "source", default="", metavar="FILE", help="zappa_settings.json, serverless.yml or none."
)
@click.option("--python", default="", metavar="PYTHON", help="The app's interpreter.")
@click.option("--no-import", is_flag=True, help="Do not import the app to see that it is there.")
@click.option("--force", is_flag=True, help="Replace the section that is there.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def init(
    app: str, door: str, source: str, python: str, no_import: bool, force: bool, dry_run: bool, as_json: bool
) -> None:
    """Find the app of this folder and write [tool.sameroom] into pyproject.toml.

    The app is found as Flask finds it. What a zappa_settings.json or a serverless.yml with serverless-wsgi
    says is carried over, as far as it can be; what cannot is listed.
    """
    from ..project.begin import Trial, Wishes, only, prepare, save, tried
    from .init_screen import asked, report

    out, err = Printer(sys.stdout), Printer(sys.stderr)
    alone = as_json or not (sys.stdin.isatty() and sys.stdout.isatty())

    def choose(found: tuple[Candidate, ...]) -> Candidate:
        return only(found) if alone else asked(found, out)

    plan = prepare(Path.cwd(), Wishes(app, door, python, source, force), choose)
    trial = Trial(False) if no_import else tried(plan)
    written = not dry_run and plan.before != plan.after
    if written:
        save(plan.file, plan.after)
    if as_json:
        out.line(json.dumps(as_values(plan, trial, written), indent=2, ensure_ascii=False))
    else:
        report(plan, trial, written, (out, err))


def as_values(plan: Plan, trial: Trial, written: bool) -> dict[str, object]:
    """``--json``: all that was decided, for scripts. ``import`` is null when it was not tried."""
    tried = {"app": trial.app or None, "error": trial.error or None} if trial.ran else None
    return {
        "file": str(plan.file),
        "written": written,
        "section": plan.section,
        "app": plan.app.spec if plan.app else None,
        "app_by": plan.app.source if plan.app else None,
        "runtime": plan.runtime.runtime,
        "python": plan.python,
        "import": tried,
        "lock": plan.lock or None,
        "from": plan.source or None,
        "not_carried_over": [left._asdict() for left in plan.left],
        "warnings": [plan.runtime.warning] if plan.runtime.warning else [],
    }
