"""Back to a release that was: code, settings and static files together, by one move of the alias.

A version is the code with its settings, so nothing is built, uploaded or changed in the stack. Killed at any
point, the same rollback finishes it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from ..errors import NoRelease, SameroomError, StackBusy
from ..releases import alias, history
from ..releases.alias import Alias
from ..releases.asking import Answer as Answer
from ..releases.history import History
from ..releases.smoke import answer_of
from ..releases.values import Release as Release

if TYPE_CHECKING:
    from ..aws.cloud import Cloud
    from .deployment import Deployment

_SERVED = ("live", "superseded", "rolled back")


class Known(NamedTuple):
    """The stack's releases, where the alias points, and the versions that are still there."""

    stack: str
    history: History
    alias: Alias
    versions: tuple[str, ...]

    @property
    def left(self) -> Release | None:
        """The release that a rollback leaves: one that was interrupted after it got requests, or else the
        live one."""
        live, half = history.current(self.history), history.pending(self.history)
        if live and half and half.version != live.version and half.version in self.alias.versions:
            return half
        return live

    @property
    def before(self) -> Release | None:
        """The release that a rollback goes to where none is named."""
        left = self.left
        if left and left.state == "pending":
            return history.current(self.history)
        return history.previous(self.history)

    def to_be_had(self) -> tuple[Release, ...]:
        """Releases that can serve again, newest first."""
        left = self.left
        return tuple(
            release
            for release in reversed(self.history.releases)
            if release.state in _SERVED and release.version in self.versions and release != left
        )


def know(cloud: Cloud, deployment: Deployment, bucket: str) -> Known:
    """All that a rollback is decided by; ``bucket`` is the artifact bucket. Three calls.

    :raises NotDeployed: the stack is not whole, or its alias was deleted.
    """
    function = deployment.output("FunctionName")
    return Known(
        deployment.stack,
        history.read(cloud, bucket, deployment.stack),
        alias.read(cloud, function),
        alias.published(cloud, function),
    )


class Back(NamedTuple):
    """A rollback that has been done: what serves now, and what did before, both as the history has them."""

    release: Release
    left: Release | None


def rollback(cloud: Cloud, deployment: Deployment, bucket: str, to: int | None) -> Back:
    """Let release ``to`` serve again, None is the one before; ``bucket`` is the artifact bucket. Five calls,
    and those of the static files.

    :raises NoRelease: there is no such release, or it cannot serve any more.
    :raises StackBusy: the alias was moved by hand and nobody says where to, or somebody moves it now.
    """
    known = know(cloud, deployment, bucket)
    target, left = choose(known, to), known.left
    moved = alias.move(cloud, known.alias, target.version)
    try:
        _show_files(cloud, deployment, bucket, target)
    except SameroomError:
        alias.move(cloud, moved, known.alias.version, known.alias.weights)
        raise
    said = history.change(
        cloud, bucket, deployment.stack, lambda one: _settled(one, target, left), known.history
    )
    return Back(history.numbered(said, target.number) or target, left and history.numbered(said, left.number))


def asked(cloud: Cloud, deployment: Deployment, path: str) -> Answer | None:
    """What the door answers to a GET of ``path``; None when nothing is to be asked, or nobody answers."""
    return answer_of(cloud, deployment.outputs.get("Url", ""), path)


def choose(known: Known, to: int | None) -> Release:
    """The release to go to. Pure; errors as for ``rollback``."""
    target = known.before if to is None else history.numbered(known.history, to)
    left = known.left
    if target is None:
        raise NoRelease(
            "There is no release before this one to go back to."
            if to is None
            else f"There is no release {to}.",
            why=""
            if known.history.releases
            else "The history is empty: it was lost, or nothing was deployed.",
            next=_choices(known),
        )
    if target.version not in known.versions and target.state in _SERVED:
        raise NoRelease(
            f"Release {target.number} cannot serve any more: version {target.version} was deleted.",
            why="A deploy deletes versions beyond keep_versions of [tool.sameroom].",
            next=_choices(known),
        )
    if target.state not in _SERVED:
        raise NoRelease(
            f"Release {target.number} never served: it is {target.state}.",
            why=target.note,
            next=_choices(known),
        )
    _refuse_unclear(known, target, left, to)
    return target


def _refuse_unclear(known: Known, target: Release, left: Release | None, to: int | None) -> None:
    points = known.alias.version
    if to is None and left and points not in (left.version, target.version):
        raise StackBusy(
            f"The alias {alias.NAME} points to version {points}, and release {left.number} put it at "
            f"{left.version}: somebody has moved it by hand.",
            next=f"Say which release shall serve. {_choices(known)}",
        )
    if target == left and points == target.version and not known.alias.weights:
        raise StackBusy(f"Release {target.number} serves already.", next=_choices(known))


def _choices(known: Known) -> str:
    there = [f"{release.number} (version {release.version})" for release in known.to_be_had()]
    if there:
        return f"There are: {', '.join(there)}."
    if known.history.releases or not known.versions:
        return "There is no other release whose version is still there. Deploy the older code again."
    versions: Collection[str] = known.versions
    return (
        f"By hand: aws lambda update-alias --function-name {known.alias.function} --name {alias.NAME} "
        f"--function-version VERSION, of {', '.join(versions)}. The next deploy begins a new history."
    )


def _show_files(cloud: Cloud, deployment: Deployment, bucket: str, target: Release) -> None:
    """The release's static files, where it had some."""
    if not target.site or "SiteBucket" not in deployment.outputs:
        return
    from ..site import Place, activate

    outputs = deployment.outputs
    place = Place(deployment.stack, outputs["SiteBucket"], outputs["DistributionId"], bucket)
    activate(cloud, place, target.site)


def _settled(release: Release, target: Release, left: Release | None) -> Release:
    """``release`` after the rollback from ``left`` to ``target``."""
    if release.number == target.number:
        return release._replace(state="live")
    if left and release.number == left.number:
        if target.number > left.number:
            return release._replace(state="superseded")
        return release._replace(state="rolled back", note=f"Rolled back to release {target.number}.")
    return release._replace(state="superseded") if release.state == "live" else release
