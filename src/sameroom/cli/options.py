"""Options that several commands have: which app, and how its function is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from ..local.configure import Manner
    from ..local.packaged import Packaged
    from ..project import Choices, Project

#: ``--artifact`` without a zip.
LAST = ""
F = TypeVar("F", bound=Callable[..., Any])


class AppOptions(NamedTuple):
    """What ``app_options`` collects."""

    app: str
    python: str
    stage: str
    timeout: float | None
    memory: int | None
    ric: bool
    no_isolation: bool
    #: A zip's path, LAST, or None for the project's own files.
    artifact: str | None = None

    def choices(self, **flags: object) -> Choices:
        """For ``project.load``; ``flags`` are further settings that flags set, None where they do not."""
        from ..project import Choices

        chosen = {"timeout": self.timeout, "memory": self.memory, **flags}
        return Choices(self.app, self.python, self.stage, chosen)

    def manner(self, *, access_log: bool) -> Manner:
        from ..local.configure import Manner

        return Manner("ric" if self.ric else "loop", not self.no_isolation, access_log, self._packaged())

    def load(self, manner: Manner, choices: Choices) -> Callable[[], Project]:
        """What reads the project of this folder, or the artifact, each time that it is called."""
        from ..project import load

        folder, packaged = Path.cwd(), manner.packaged
        if packaged is None:
            return lambda: load(folder, choices)
        from ..local.packaged import load as load_packaged
        from .packaged import app_of

        return lambda: load_packaged(folder, choices, packaged._replace(app=app_of(folder, packaged)))

    def _packaged(self) -> Packaged | None:
        if self.artifact is None:
            return None
        from .packaged import packaged

        named = None if self.artifact == LAST else Path(self.artifact)
        return packaged(Path.cwd(), named, self.choices())


_OPTIONS = (
    click.option("--app", default="", metavar="APP", help="module:attribute, or path/file.py:attribute."),
    click.option("--python", default="", metavar="PYTHON", help="The app's interpreter."),
    click.option("--stage", default="", metavar="NAME", help="The API's stage, and its settings."),
    click.option("--timeout", type=float, metavar="SECONDS", help="What one request may take."),
    click.option("--memory", type=int, metavar="MB", help="The function's memory."),
    click.option("--ric", is_flag=True, help="Run AWS's own runtime client, awslambdaric."),
    click.option(
        "--artifact",
        is_flag=False,
        flag_value=LAST,
        metavar="[ZIP]",
        help="Run what `sameroom build` made, the last one unless named.",
    ),
    click.option("--no-isolation", is_flag=True, help="Let the app write where it likes."),
)


def app_options(command: F) -> F:
    """Give ``command`` the options that ``AppOptions`` has fields for."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
