"""``sameroom dev``: the app as a Lambda function behind a door, on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from .options import AppOptions, app_options

if TYPE_CHECKING:
    from ..local.develop import Local
    from ..project import Project


@click.command()
@app_options
@click.option("--door", metavar="DOOR", help="http-api, rest-api, function-url, alb ... (see the settings).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, help="0 takes any free port.")
@click.option("--plain", is_flag=True, help="The framework's own server instead of a Lambda.")
@click.option("--no-reload", is_flag=True, help="Do not watch the project's files.")
@click.option("--schedules", is_flag=True, help="Run the schedules at their times, too.")
@click.option("--files", is_flag=True, help="Show a line for each of the site's files, too.")
@click.option("--raw-log", is_flag=True, help="Print exactly the lines that CloudWatch would have.")
def dev(
    door: str | None,
    host: str,
    port: int,
    plain: bool,
    no_reload: bool,
    schedules: bool,
    files: bool,
    raw_log: bool,
    **app: Any,
) -> None:
    """Run the app of this folder as AWS Lambda would, behind one of AWS's doors.

    The app is found as Flask finds it. Saving a file loads it anew; the old code serves until the new one
    has been imported. Tables in the settings come up on a local stand-in for AWS.
    """
    if plain and app["artifact"] is not None:
        raise click.UsageError("--plain has no Lambda to run an artifact in: leave one of the two out.")
    if plain and schedules:
        raise click.UsageError("--plain has no Lambda to run schedules in: leave one of the two out.")
    if plain and files:
        raise click.UsageError("--plain serves the app alone, no files: leave one of the two out.")
    from ..local.develop import Local

    options = AppOptions(**app)
    local = Local(host, port, options.manner(access_log=raw_log), not no_reload, schedules)
    load = options.load(local.manner, options.choices(door=door))
    if plain:
        _serve_plainly(load, local)
    else:
        _serve(load, local, raw_log, files)


def _serve(load: Callable[[], Project], local: Local, raw_log: bool, files: bool) -> None:
    from ..local.develop import develop
    from ..local.event_loop import run
    from .dev_screen import DevScreen, RawScreen

    run(develop(load, local, RawScreen() if raw_log else DevScreen(files=files)))


def _serve_plainly(load: Callable[[], Project], local: Local) -> None:
    from ..local.event_loop import run
    from ..local.plain import serve_plainly
    from .plain_screen import PlainScreen

    run(serve_plainly(load(), local, PlainScreen()))
