"""The ``sameroom`` command. Each subcommand has its file; heavy rooms are loaded when one is run."""

from __future__ import annotations

from collections.abc import Sequence

import click

import sameroom

from ..errors import SameroomError
from .build import build
from .check import check
from .dev import dev
from .init import init
from .invoke import invoke
from .schema import schema
from .screen import complain, confess

#: Exit statuses: yours to mend, ours to mend, and a shell's own for Ctrl-C.
YOURS, OURS, INTERRUPTED = 1, 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(sameroom.__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """One unchanged Flask or WSGI app behind every AWS Lambda door, and the same on your laptop."""


cli.add_command(init)
cli.add_command(dev)
cli.add_command(invoke)
cli.add_command(build)
cli.add_command(check)
cli.add_command(schema)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; the exit status."""
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
