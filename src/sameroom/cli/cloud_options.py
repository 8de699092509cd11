"""Options of every command that talks to AWS: which stage of the project, whose account, which region."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from .options import F

if TYPE_CHECKING:
    from ..operate.here import Cloud, Deployment
    from ..project import Settings


class CloudOptions(NamedTuple):
    """What ``cloud_options`` collects; "" where the command line says nothing."""

    stage: str = ""
    profile: str = ""
    region: str = ""

    def settings(self) -> Settings:
        """The settings of the project in this folder, the stage's among them.

        :raises SettingsError: they cannot be used, or there is no such stage.
        """
        from ..project import settings

        return settings.fold(settings.read(Path.cwd()), {}, stage=self.stage)

    def stack(self) -> str:
        """The stack's name."""
        from ..project.naming import project_name, stack_name

        return stack_name(project_name(Path.cwd(), self.settings()), self.stage)

    def connect(self, settings_region: str = "") -> Cloud:
        """The account and region; where neither --region nor ``settings_region`` says which region, the
        project's settings do, and then AWS's own.

        :raises CredentialsError: there is no such profile, or no region anywhere.
        """
        from ..operate.here import connect

        return connect(self.profile, self.region or settings_region or self.settings().region)

    def here(self, cloud: Cloud | None = None) -> Deployment:
        """The project's stack as it is on AWS; ``cloud`` saves connecting twice.

        :raises NotDeployed, NotOurs: there is none, or one that is not ours.
        """
        from ..operate.here import deployment

        return deployment(cloud or self.connect(), Path.cwd(), self.stack(), self.stage)


_OPTIONS = (
    click.option("--stage", default="", metavar="NAME", help="The project's stage, and its settings."),
    click.option("--profile", default="", metavar="NAME", help="A profile of AWS's own configuration."),
    click.option("--region", default="", metavar="NAME", help="The AWS region, for instance eu-west-1."),
)


def cloud_options(command: F) -> F:
    """Give ``command`` the options that ``CloudOptions`` has fields for."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
