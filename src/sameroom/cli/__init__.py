"""The ``sameroom`` command. Each subcommand has its file; heavy rooms are loaded when one is run."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import click

import sameroom

from ..errors import SameroomError
from .screen import complain, confess

#: Exit statuses: yours to mend, ours to mend, and a shell's own for Ctrl-C.
YOURS, OURS, INTERRUPTED = 1, 2, 130


#: In the order of a project's life. Each is the one command of the module of its name.
COMMANDS = {
    "init": "Find the app, and write its settings.",
    "dev": "Run the app on this machine as Lambda would.",
    "invoke": "Send one event to the app, here or in the cloud.",
    "check": "Tell what would break on Lambda.",
    "build": "Build the zip that Lambda runs.",
    "plan": "Show what a deploy would change.",
    "deploy": "Make the project what runs on AWS.",
    "status": "Show what serves, and whether it is well.",
    "logs": "Show the log, or follow it.",
    "run": "Run one of the app's commands in the cloud.",
    "rollback": "Let an earlier release serve again.",
    "secrets": "Set, list and compare the app's secrets.",
    "open": "Open the app in the browser.",
    "destroy": "Remove the stack; data stays unless asked twice.",
    "ci": "Write a workflow that plans and deploys.",
    "eject": "Write the stack for CloudFormation, SAM or Terraform.",
    "schema": "Print the settings' JSON Schema, for editors.",
}


class _Group(click.Group):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f".{cmd_name}", __package__)
        return getattr(module, cmd_name)  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table: help for all of them is no reason to load any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(sameroom.__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """One unchanged Flask or WSGI app behind every AWS Lambda door, and the same on your laptop."""


def run_command_line(arguments: Sequence[str] | None = None) -> int:
    """The exit status. Not called run: that is a command here, and its module's name."""
    try:
        status = cli.main(arguments, prog_name="sameroom", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return YOURS
    except SameroomError as error:
        complain(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ModuleNotFoundError:
        # Perhaps a part of the toolkit that is not installed: __main__ knows.
        raise
    except Exception as error:
        confess(error)
        return OURS
    return status if isinstance(status, int) else 0
