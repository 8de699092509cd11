"""Project -> how its function and its door are configured on this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from ..own import secrets_file
from ..project import Project, Settings, runtime_variables
from ..project.variables import command_patterns
from ..runtime.background.queueing import QUEUE
from .cors import Cors
from .folder import bytecode_folder, data_folder
from .http import Entrance
from .packaged import Packaged
from .sandboxes.function import FunctionConfig

REGION = "us-east-1"

#: What .env may not decide: the function's own variables, and whose AWS account it is.
_NOT_FROM_DOTENV = re.compile(r"SAMEROOM_|AWS_LAMBDA_|AWS_PROFILE$|AWS_REGION$|_HANDLER$")
_NOT_FROM_DOTENV_BESIDE_A_STAND_IN = re.compile(r"SAMEROOM_|AWS_|_HANDLER$")


class Manner(NamedTuple):
    """How sandboxes are run; the same for every app."""

    runtime: Literal["loop", "ric"] = "loop"
    isolate: bool = True
    #: The runtime writes a line per request into the log.
    access_log: bool = True
    #: The artifact that is run in place of the project's files.
    packaged: Packaged | None = None

    def settled(self, settings: Settings) -> Manner:
        """The same, where the artifact and the settings decide: AWS's client runs an artifact, and ours one
        that streams, which AWS's cannot."""
        if self.packaged is None:
            return self
        return self._replace(runtime="loop" if settings.response_mode == "streaming" else "ric")


def function_config(
    project: Project, manner: Manner, stand_in: Mapping[str, str], jobs: str = ""
) -> FunctionConfig:
    """The function; ``stand_in`` are the variables by which the app reaches a local AWS, if there is one, and
    ``jobs`` is the URL of the queue for its background jobs."""
    settings = project.settings
    manner = manner.settled(settings)
    packaged = manner.packaged
    return FunctionConfig(
        root=project.app.root,
        python=project.python,
        environment={**({QUEUE: jobs} if jobs else {}), **_environment(project, manner, stand_in)},
        runtime=manner.runtime,
        name=re.sub(r"[^A-Za-z0-9_-]", "-", project.folder.name)[:64] or "app",
        region=REGION,
        timeout=settings.timeout,
        memory=settings.memory,
        concurrency=settings.concurrency,
        isolate=manner.isolate,
        # Beside an artifact nothing may be compiled anew: what is stale in it has to be seen.
        bytecode=None if packaged else bytecode_folder(project.folder),
        managed=packaged.runtime if packaged else (),
    )


def entrance(settings: Settings) -> Entrance:
    """The door, and how it is configured."""
    cors = settings.cors
    return Entrance(
        door=settings.door,
        stage=settings.stage,
        base_path=settings.base_path,
        multi_value_headers=settings.multi_value_headers,
        binary_media_types=settings.binary_media_types,
        cors=Cors(**cors.model_dump()) if cors is not None else None,
        response_mode=settings.response_mode,
        region=REGION,
    )


def mount(settings: Settings) -> str:
    """What clients' paths begin with: ``/stage``, ``/base``, both, or "" at the root.

    On a custom domain an HTTP API hides its stage; a REST API's mapping may leave it in sight. The other
    doors know neither.
    """
    stage = f"/{settings.stage}" if settings.stage else ""
    if settings.door in ("http-api", "http-api-v1"):
        return settings.base_path or stage
    return settings.base_path + stage if settings.door == "rest-api" else ""


def _environment(project: Project, manner: Manner, stand_in: Mapping[str, str]) -> dict[str, str]:
    settings = project.settings
    # With a local AWS nothing of a real account may come between.
    refused = _NOT_FROM_DOTENV_BESIDE_A_STAND_IN if stand_in else _NOT_FROM_DOTENV
    dotenv = {name: value for name, value in project.dotenv.items() if not refused.match(name)}
    patterns = command_patterns(settings)
    return {
        **dotenv,
        **runtime_variables(project.app, settings),
        **secrets(project),
        **_data(project),
        **({"SAMEROOM_COMMANDS": ",".join(patterns)} if patterns else {}),
        "SAMEROOM_ACCESS_LOG": "on" if manner.access_log else "off",
        **stand_in,
        **settings.env,
    }


def _data(project: Project) -> dict[str, str]:
    """The one folder that the app may write besides /tmp: its database's, while it has no server."""
    folder = data_folder(project.folder)
    return {} if folder is None else {"SAMEROOM_DATA": str(folder)}


def secrets(project: Project) -> dict[str, str]:
    """Which secrets are declared, and where they are: the values themselves are in no variable, as on AWS."""
    return {
        "SAMEROOM_SECRETS": ",".join(sorted(project.settings.secrets)),
        "SAMEROOM_SECRETS_FILE": str(secrets_file(project.folder, project.stage)),
    }
