"""Template -> files that deploy the same without us: CloudFormation, SAM or Terraform."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..errors import OutputError
from ..project import Project, runtime_variables
from ..template import Code, Wish, template
from .values import Source

FORMATS = ("cloudformation", "sam", "terraform")


def source(project: Project, stack: str, region: str, stage: str, sha256: str) -> Source:
    """The stack of ``project``, whose zip has the SHA-256 ``sha256``, in hex.

    :raises TemplateError: no template can be made of the settings.
    """
    settings = project.settings
    code = Code("code", "app.zip", sha256, settings.runtime, settings.architecture)
    variables = {**runtime_variables(project.app, settings), **settings.env}
    return Source(stack, region, template(Wish(stack, settings, code, variables, stage)).document, sha256)


def eject(source: Source, form: str) -> dict[str, str]:
    """The files of ``form``, one of ``FORMATS``, by name.

    :raises TemplateError: something in the template has no counterpart; it is named.
    """
    if form == "terraform":
        from .terraform import terraform

        return terraform(source)
    if form == "sam":
        from .sam import sam

        return sam(source)
    from .cloudformation import cloudformation

    return cloudformation(source)


def write(folder: Path, files: dict[str, str], zipped: Path) -> None:
    """``files``, and the zip as ``app.zip``, into ``folder``, which is empty or not there yet.

    :raises OutputError: there is something in it, or the disk refuses.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OutputError(
                f"{folder} is not empty.",
                why="What is there is not overwritten.",
                next="Name another folder.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
            if name.endswith(".sh"):
                (folder / name).chmod(0o755)
        shutil.copyfile(zipped, folder / "app.zip")
    except OSError as error:
        raise OutputError(f"{folder} cannot be written.", why=str(error)) from error


__all__ = ["FORMATS", "Source", "eject", "source", "write"]
