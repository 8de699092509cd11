"""A release's second half, on one page: CloudFormation has published a version, and now it comes to serve.

It may be killed anywhere. What it has done is in the history and in the alias, so the next deploy goes on
from there: a release that is pending is taken up again, and only a release command that was not seen to end
is run twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ...errors import ReleaseFailed, SameroomError
from ...releases.clock import Clock
from ...releases.smoke import Asks
from ...releases.values import Release
from .static import Static
from .steps import Steps

if TYPE_CHECKING:
    from ...aws.cloud import Cloud
    from ..found import Found
    from ..wanted import Wanted


class Turn(NamedTuple):
    """What a release's second half is made of."""

    wanted: Wanted
    found: Found
    #: The artifact bucket.
    bucket: str
    #: The stack's, as they are now.
    outputs: Mapping[str, str]
    #: The project's, for the places in a traceback.
    folder: Path = Path()
    clock: Clock = Clock()
    #: None asks over the network, and takes the site of ``wanted``.
    asks: Asks | None = None
    static: Static | None = None


class Told(Protocol):
    """Told which step begins, and what is worth a line."""

    def stage(self, name: str) -> None: ...

    def line(self, text: str) -> None: ...


def release(cloud: Cloud, turn: Turn, told: Told) -> Release:
    """Let the new version serve, if it can.

    :raises ReleaseFailed: it cannot; the version before serves, with its static files.
    :raises StackBusy: somebody else has moved the alias meanwhile.
    :raises NotDeployed: somebody has deleted the alias.
    """
    steps = Steps(cloud, turn, told)
    try:
        if not steps.proven:
            steps.try_out()
            steps.run_command()
        steps.publish()
        steps.try_on_some()
        steps.switch()
        steps.activate()
        steps.ask()
    except ReleaseFailed as error:
        raise steps.failed(error) from error
    except SameroomError:
        steps.take_back()
        raise
    steps.settle()
    steps.tidy()
    return steps.release
