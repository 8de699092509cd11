"""``sameroom open``: the app in the browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from typing import Any

import click

from .cloud_options import CloudOptions, cloud_options
from .screen import Printer


@click.command("open")
@cloud_options
@click.option("--print", "only_print", is_flag=True, help="Print the URL, and open nothing.")
def open(only_print: bool, **where: Any) -> int:  # noqa: A001
    """Print the app's URL, and open it in the browser where there is one."""
    url = CloudOptions(**where).here().output("Url")
    Printer(sys.stdout).line(url)
    if not only_print and sys.stdout.isatty() and _graphical():
        webbrowser.open(url)
    return 0


def _graphical() -> bool:
    """A browser in the terminal would take the terminal away."""
    if sys.platform == "darwin" or os.name == "nt" or os.environ.get("BROWSER"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
