"""``sameroom schema``: the JSON Schema of the settings, for editors."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ..errors import OutputError
from .screen import Printer


@click.command()
@click.option("--output", "-o", default="-", metavar="FILE", help="Where to write it; - is standard output.")
def schema(output: str) -> None:
    """Print the JSON Schema of pyproject.toml's [tool.sameroom], for editors."""
    from ..project.schema import schema as made

    text = json.dumps(made(), indent=2, ensure_ascii=False)
    if output == "-":
        Printer(sys.stdout).line(text)
        return
    try:
        Path(output).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{output} cannot be written.", why=f"{error.strerror}.", next="Name a file with --output."
        ) from None
    screen = Printer(sys.stderr)
    screen.line(f"{screen.paint('green', '✓')} {output}")
