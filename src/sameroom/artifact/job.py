"""One build, where everything about it is known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, Protocol

from ..own import secrets_file
from ..project import Project, Settings, variable
from .desk import Desk, desk
from .pythons import Python, find
from .target import Target


class Teller(Protocol):
    """Told how far the build is."""

    def stage(self, name: str) -> None: ...

    def progress(self, done: int, total: int) -> None: ...


class Job(NamedTuple):
    """What is built, for what, with what, where."""

    project: Project
    target: Target
    place: Desk
    #: Of the target's minor version, None where there is none here.
    python: Python | None
    output: Path


def job(project: Project, target: Target, output: Path | None) -> Job:
    """``output`` is the zip's path, None for the desk's own.

    :raises OutputError: the project's folder cannot be written.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]", "-", project.folder.name) or "app"
    stage = f"-{project.settings.stage}" if project.settings.stage else ""
    place = desk(project.folder, f"{name}{stage}-{target.runtime}-{target.architecture}")
    return Job(project, target, place, find(target.python), (output or place.zip).absolute())


def target_of(settings: Settings) -> Target:
    major, minor = settings.runtime.removeprefix("python").split(".")
    return Target((int(major), int(minor)), settings.architecture)


def settings_variables(project: Project) -> dict[str, str]:
    """What the settings give the function: its tables' names, where secrets are, variables of its own."""
    settings = project.settings
    tables = {variable(name, table): name for name, table in settings.tables.items()}
    secrets = {
        "SAMEROOM_SECRETS": ",".join(sorted(settings.secrets)),
        # Whatever the stage: this machine has seldom seen the secrets of others.
        "SAMEROOM_SECRETS_FILE": str(secrets_file(project.folder)),
    }
    return {**tables, **(secrets if settings.secrets else {}), **settings.env}
