"""``sameroom build``: the project as a zip that Lambda runs."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .build_screen import BuildScreen
from .screen import Printer

if TYPE_CHECKING:
    from ..artifact.image import Image

MB = 1 << 20


@click.command()
@click.option("--app", default="", metavar="APP", help="module:attribute, or path/file.py:attribute.")
@click.option("--stage", default="", metavar="NAME", help="The API's stage, and its settings.")
@click.option("--runtime", metavar="NAME", help="python3.10 to python3.14.")
@click.option("--architecture", metavar="NAME", help="arm64 or x86_64.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="ZIP", help="Where the zip goes.")
@click.option("--upgrade", is_flag=True, help="Newest versions, where nothing is locked.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the report as a page.")
@click.option("--max-size", type=float, metavar="MB", help="Fail when the zip is larger.")
@click.option("--max-import-ms", type=float, metavar="MS", help="Fail when importing the app takes longer.")
@click.option("--image", type=click.Path(path_type=Path), metavar="DIR", help="Write a container image too.")
@click.option("--base", metavar="LAYOUT[:TAG]", help="The OCI layout that the image is based on.")
def build(
    output: Path | None,
    upgrade: bool,
    as_json: bool,
    html: Path | None,
    max_size: float | None,
    max_import_ms: float | None,
    image: Path | None,
    base: str | None,
    **app: Any,
) -> None:
    """Build the project of this folder into a zip that AWS Lambda runs.

    The lock file says which distributions, hashes and all; the app is imported from the result before it
    is called good; the same lock and sources give the same bytes on every machine.
    """
    if bool(image) != bool(base):
        raise click.UsageError("--image DIR and --base LAYOUT go together: the image is built on the base.")
    from .. import journey

    made: Image | None = None
    with BuildScreen(sys.stderr) as screen:
        built = journey.build(
            Path.cwd(), journey.Asked(**app, output=output, upgrade=upgrade, for_image=bool(image)), screen
        )
        if image is not None and base is not None:
            screen.stage("image")
            made = journey.image(built, image, base)
    if html is not None:
        journey.write_page(built, html)
    if as_json:
        from ..artifact.report import to_json

        told = {**to_json(built.report), "image": made and {**made._asdict(), "path": str(made.path)}}
        Printer(sys.stdout).line(json.dumps(told, ensure_ascii=False))
    else:
        BuildScreen(sys.stdout).done(built.report, shutil.get_terminal_size((100, 24)).columns)
        _say_what_else(made, html)
    journey.hold(built.artifact, max_size, max_import_ms)


def _say_what_else(image: Image | None, html: Path | None) -> None:
    printer = Printer(sys.stdout)
    if image is not None:
        printer.line(
            f"image  {image.path}  {image.size / MB:.1f} MB, of which {image.own / MB:.1f} MB are yours"
        )
        printer.line(f"       {image.digest}")
    if html is not None:
        printer.line(f"page   {html}")
