"""A release's second half, on one page: CloudFormation has published a version, and now it comes to serve.

It may be killed anywhere. What it has done is in the history and in the alias, so the next deploy goes on
from there: a release that is pending is taken up again, and only a release command that was not seen to end
is run twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import ReleaseFailed, SameroomError
from ...releases.values import Release
from .steps import Steps
from .values import Told, Turn

if TYPE_CHECKING:
    from ...aws.cloud import Cloud


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
