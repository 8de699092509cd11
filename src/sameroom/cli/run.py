"""``sameroom run``: a command that the app registered, in the cloud."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import CommandFailed
from .cloud_options import CloudOptions, cloud_options
from .screen import Printer

if TYPE_CHECKING:
    from ..operate.run import Ran


@click.command(context_settings={"allow_interspersed_args": False})
@cloud_options
@click.option("--local", "here", is_flag=True, help="In a sandbox on this machine, in place of AWS.")
@click.option("--list", "listing", is_flag=True, help="List the commands that may be run.")
@click.option("--json", "as_json", is_flag=True, help="Print status and output as one JSON object.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND ...")
def run(here: bool, listing: bool, as_json: bool, command: tuple[str, ...], **where: Any) -> None:
    """Run a Flask command on the version that serves: sameroom run -- db upgrade

    Its output is shown while it runs, and its exit status is this command's. Only what the app and its
    extensions registered can be run, and of that what the setting `commands` allows.
    """
    if listing == bool(command):
        raise click.UsageError("Say what to run, as after `flask`: sameroom run -- db upgrade")
    from ..operate.run import command_line

    options = CloudOptions(**where)
    words = ("--help",) if listing else command
    out = Printer(sys.stdout)
    ran = (_here if here else _there)(options, words, (lambda line: None) if as_json else out.line)
    if as_json:
        out.line(json.dumps(ran._asdict(), ensure_ascii=False))
    if ran.exit_code:
        raise _failed(ran, command_line(words), here=here)


def _here(options: CloudOptions, words: Sequence[str], show: Callable[[str], None]) -> Ran:
    if options.profile or options.region:
        raise click.UsageError("--local asks no AWS: leave --profile and --region out.")
    from .run_local import run_local

    return run_local(options.stage, words, show)


def _there(options: CloudOptions, words: Sequence[str], show: Callable[[str], None]) -> Ran:
    from ..operate.run import command_line, run

    cloud = options.connect()
    deployed = options.here(cloud)
    try:
        return run(cloud, deployed, words, show)
    except KeyboardInterrupt:
        logs = f"{deployed.command('logs')} -f"
        Printer(sys.stderr).line(f"\n{command_line(words)} goes on in the cloud. Watch it: {logs}")
        raise


def _failed(ran: Ran, typed: str, *, here: bool) -> CommandFailed:
    """Why it failed is the end of the output, which has been shown."""
    return CommandFailed(
        f"{typed} ended with status {ran.exit_code}.",
        next=f"sameroom logs --request {ran.request}" if ran.error and ran.request and not here else "",
        exit_code=ran.exit_code,
    )
