"""Old versions deleted, several at a time. Each is a copy of the zip; an account has 75 GB in a region.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...errors import SameroomError
from ...releases.alias import published
from ...releases.values import Release

if TYPE_CHECKING:
    from ...aws.cloud import Cloud

#: Versions that one deploy deletes at most; the next one goes on.
_AT_ONCE = 20
#: States of releases that have served.
GOOD = ("live", "superseded", "rolled back")


class Pruned(NamedTuple):
    """The versions that are there now, and in words what did not go."""

    versions: tuple[str, ...]
    notes: tuple[str, ...]


def prune(
    cloud: Cloud, function: str, releases: Sequence[Release], keep: int, needed: Collection[str]
) -> Pruned:
    """Delete the versions beyond ``keep``, and none of ``needed``: with every ``keep``-th version, for each
    deploy would make two calls more for the sake of one."""
    notes: list[str] = []
    newest = max(int(version) for version in needed if version)
    if newest <= keep or newest % keep:
        return Pruned(tuple(str(number) for number in range(1, newest + 1)), ())
    try:
        there = published(cloud, function)
    except SameroomError as error:
        return Pruned(tuple(one.version for one in releases), (f"Old versions stay: {error.what}",))
    gone = set()
    for version in superfluous(there, releases, keep, needed)[:_AT_ONCE]:
        left = _delete(cloud, function, version)
        notes += left
        if not left:
            gone.add(version)
    return Pruned(tuple(version for version in there if version not in gone), tuple(notes))


def superfluous(
    there: Sequence[str], releases: Sequence[Release], keep: int, needed: Collection[str]
) -> list[str]:
    """Versions that can go, oldest first. What a rollback can go to stays before what never worked. Pure."""
    worked = {release.version for release in releases if release.state in GOOD}
    ranked = sorted(there, key=lambda version: (version in worked, int(version)), reverse=True)
    return sorted((version for version in ranked[keep:] if version not in needed), key=int)


def _delete(cloud: Cloud, function: str, version: str) -> list[str]:
    try:
        cloud.call("lambda", "delete_function", FunctionName=function, Qualifier=version)
    except SameroomError as error:
        return [f"Version {version} stays: {error.what}"]
    return []
