"""This folder's stack: whose account, which region, and where it was last deployed to from here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotDeployed
from ..own import NAME, own_folder

if TYPE_CHECKING:
    from ..aws.cloud import Cloud as Cloud
    from .deployment import Deployment as Deployment

#: In the project's ``.sameroom``: where each stack was last deployed to.
_FILE = "deployed.json"


def connect(profile: str, region: str) -> Cloud:
    """The account of ``profile``, in ``region``; "" leaves the choice to AWS's own settings. Loads boto3.

    :raises CredentialsError: there is no such profile, or no region anywhere.
    """
    from ..aws.cloud import connect

    return connect(profile, region)


def deployment(cloud: Cloud, folder: Path, stack: str, stage: str = "") -> Deployment:
    """The stack of the project in ``folder``, as it is on AWS; ``stage`` is for the advice alone.

    :raises NotDeployed: it is not there; where it was deployed to another region from here, that is said.
    :raises NotOurs: sameroom did not make it.
    """
    from .deployment import command, find

    try:
        return find(cloud, stack, stage)
    except NotDeployed as error:
        region = last_region(folder, stack)
        if region in ("", cloud.region):
            raise
        raise NotDeployed(
            f"There is no stack {stack} in {cloud.region}.",
            why=f"It was last deployed from here to {region}.",
            next=f"Say --region {region}, or deploy it here too: {command('deploy', stage)} "
            f"--region {cloud.region}",
        ) from error


def remember(folder: Path, stack: str, region: str) -> None:
    """Keep in ``.sameroom`` that ``stack`` was deployed to ``region``. Without it, only a hint is lost."""
    try:
        path = own_folder(folder, "stacks") / _FILE
        path.write_text(json.dumps({**_known(folder), stack: region}), encoding="utf-8")
    except OSError:
        return


def last_region(folder: Path, stack: str) -> str:
    """Where ``stack`` was last deployed to from this folder, "" when nobody knows."""
    region = _known(folder).get(stack, "")
    return region if isinstance(region, str) else ""


def _known(folder: Path) -> dict[str, object]:
    try:
        said = json.loads((folder / NAME / "stacks" / _FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
