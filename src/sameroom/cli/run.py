"""``sameroom run``: a command that the app registered, in the cloud."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from ..errors import CommandFailed
from .cloud_options import CloudOptions, cloud_options
from .screen import Printer

if TYPE_CHECKING:
    from ..operate.run import Ran


@click.command(context_settings={"allow_interspersed_args": False})
@cloud_options
@click.option("--list", "listing", is_flag=True, help="List the commands that may be run.")
@click.option("--json", "as_json", is_flag=True, help="Print status and output as one JSON object.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND ...")
def run(listing: bool, as_json: bool, command: tuple[str, ...], **where: Any) -> None:
    """Run a Flask command on the version that serves: sameroom run -- db upgrade

    Its output is shown while it runs, and its exit status is this command's. Only what the app and its
    extensions registered can be run, and of that what the setting `commands` allows.
    """
    if listing == bool(command):
        raise click.UsageError("Say what to run, as after `flask`: sameroom run -- db upgrade")
    from ..operate.run import command_line
    from ..operate.run import run as run_there

    options = CloudOptions(**where)
    words = ("--help",) if listing else command
    cloud = options.connect()
    deployed = options.here(cloud)
    out, errors = Printer(sys.stdout), Printer(sys.stderr)
    try:
        ran = run_there(cloud, deployed, words, (lambda line: None) if as_json else out.line)
    except KeyboardInterrupt:
        errors.line(f"\n{command_line(words)} goes on in the cloud. Watch it: {deployed.command('logs')} -f")
        raise
    if as_json:
        out.line(json.dumps(ran._asdict(), ensure_ascii=False))
    if ran.exit_code:
        raise _failed(ran, command_line(words))


def _failed(ran: Ran, typed: str) -> CommandFailed:
    """Why it failed is the end of the output, which has been shown."""
    return CommandFailed(
        f"{typed} ended with status {ran.exit_code}.",
        next=f"sameroom logs --request {ran.request}" if ran.error and ran.request else "",
        exit_code=ran.exit_code,
    )
