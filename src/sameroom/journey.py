"""The offline river, spelled out once: folder -> Project -> Artifact. Every command gets off at its station.

Template, Plan and stack follow when there is a deployer. Stations are loaded when they are reached.
"""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .artifact import seen
from .artifact.cache import whole
from .artifact.desk import add_output, unwritable
from .artifact.limits import guard_import, guard_size
from .artifact.record import Artifact, contents

if TYPE_CHECKING:
    from .artifact.image import Image
    from .artifact.job import Teller
    from .artifact.report import Report
    from .project import Choices


class Asked(NamedTuple):
    """What the command line says; empty where it says nothing."""

    app: str = ""
    stage: str = ""
    runtime: str | None = None
    architecture: str | None = None
    output: Path | None = None
    upgrade: bool = False
    #: A container image is to be made of it.
    for_image: bool = False

    def choices(self) -> Choices:
        """For ``project.load``."""
        from .project import Choices

        flags = {"runtime": self.runtime, "architecture": self.architecture}
        return Choices(self.app, "", self.stage, flags)


class Build(NamedTuple):
    """A project's artifact, and all that is to be said of it."""

    folder: Path
    asked: Asked
    artifact: Artifact
    report: Report


def build(folder: Path, asked: Asked, told: Teller) -> Build:
    """The artifact of the project in ``folder``; where nothing has changed, the one that is there.

    :raises SameroomError: something that the person at the keyboard can mend.
    """
    began, since = time.monotonic(), time.time_ns()
    _leave_out_standard_output(folder)
    answer = seen.place(folder, asked)
    artifact = None if asked.upgrade else seen.unchanged(answer)
    if artifact is None and not (asked.upgrade or asked.for_image):
        from .artifact.amend import amend

        artifact = amend(answer, since, told)
    if artifact is None:
        from .artifact.building import Remember, Wish
        from .artifact.building import build as build_artifact
        from .project import load

        wish = Wish(asked.output, asked.upgrade, asked.for_image, Remember(answer, since))
        artifact = build_artifact(load(folder, asked.choices()), wish, told)
    artifact = artifact._replace(seconds=time.monotonic() - began)
    from .artifact.report import explain

    return Build(folder, asked, artifact, explain(artifact, contents(artifact.place.contents)))


def _leave_out_standard_output(folder: Path) -> None:
    """``sameroom build --json > report.json``: the shell has made that file before we were started."""
    try:
        ours = os.fstat(1)
        if not stat.S_ISREG(ours.st_mode):
            return
        for entry in os.scandir(folder):
            if entry.inode() == ours.st_ino and entry.is_file(follow_symlinks=False):
                add_output(folder, Path(entry.path))
    except OSError:
        return


def image(built: Build, out: Path, base: str) -> Image:
    """A container image with the same files, on the OCI layout ``base``, in the folder ``out``.

    :raises ImageError: the base cannot be used.
    :raises OutputError: ``out`` cannot be written.
    """
    from .artifact.image import date_of, write_image
    from .project import load, runtime_variables

    add_output(built.folder, out)
    project = load(built.folder, built.asked.choices())
    variables = {**runtime_variables(project.app, project.settings), **project.settings.env}
    return write_image(built.artifact, base, out, variables, date_of(os.environ))


def write_page(built: Build, path: Path) -> None:
    """The report as one self-contained HTML page.

    :raises OutputError: ``path`` cannot be written.
    """
    from .artifact.report.page import page

    add_output(built.folder, path)
    text = page(built.report, contents(built.artifact.place.contents))
    try:
        with whole(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise unwritable(path, error) from error


def hold(artifact: Artifact, max_size: float | None, max_import_ms: float | None) -> None:
    """Hold the artifact to limits of one's own, in MB and milliseconds; None is no limit.

    :raises TooLarge: it is beyond one of them.
    """
    if max_size is not None:
        guard_size(artifact.parts, artifact.zipped, max_size)
    if max_import_ms is not None:
        guard_import(artifact.proof, max_import_ms)
