"""The alias ``live``: which version serves, and how another comes to.

Every door, schedule and event source invokes the alias, so one call moves all of them at once.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import NotDeployed, Refused, StackBusy, StackStuck

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: The alias's name on AWS; the template gives it.
NAME = "live"


class Alias(NamedTuple):
    """Where the alias points. ``revision`` changes with every move."""

    function: str
    version: str
    #: Shares of the requests, 0 to 1, that go to other versions.
    weights: Mapping[str, float]
    revision: str

    def __str__(self) -> str:
        shares = (f", {share:.0%} of the requests to {version}" for version, share in self.weights.items())
        return f"version {self.version}" + "".join(shares)

    @property
    def versions(self) -> set[str]:
        """Every version that gets requests."""
        return {self.version, *self.weights}


def read(cloud: Cloud, function: str) -> Alias:
    """Where the alias of ``function`` points now.

    :raises NotDeployed: there is no such function, or somebody deleted its alias.
    """
    try:
        return _alias(cloud.call("lambda", "get_alias", FunctionName=function, Name=NAME), function)
    except Refused as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise NotDeployed(
            f"The function {function} has no alias {NAME}.",
            why="The stack makes it; somebody deleted it, or the function, by hand.",
            next=f"Make it again, and deploy: aws lambda create-alias --function-name {function} "
            f"--name {NAME} --function-version VERSION",
        ) from error


def move(cloud: Cloud, alias: Alias, version: str, weights: Mapping[str, float] | None = None) -> Alias:
    """Point the alias to ``version``, and to others by ``weights``. Nothing is asked where it points there.

    :raises StackBusy: somebody has moved it since ``alias`` was read.
    :raises StackStuck: there is no such version.
    """
    wanted = dict(weights or {})
    if (alias.version, dict(alias.weights)) == (version, wanted):
        return alias
    try:
        moved = cloud.call(
            "lambda",
            "update_alias",
            FunctionName=alias.function,
            Name=NAME,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": wanted},
            RevisionId=alias.revision,
        )
        return _alias(moved, alias.function)
    except Refused as error:
        if error.code == "ResourceNotFoundException":
            raise StackStuck(
                f"The alias {NAME} cannot move to version {version} of {alias.function}.",
                why=error.reason,
                next="Somebody deleted that version by hand. sameroom rollback --list shows those there are.",
            ) from error
        if error.code != "PreconditionFailedException":
            raise
        now = read(cloud, alias.function)
        # Ours: AWS's answer to the try before was lost on its way.
        if (now.version, dict(now.weights)) == (version, wanted):
            return now
        raise StackBusy(
            f"Somebody else has moved the alias {NAME} of {alias.function} meanwhile.",
            why=f"It pointed to {alias}, and now points to {now}.",
            next="Wait until the other deploy or rollback has ended, and repeat.",
        ) from error


def published(cloud: Cloud, function: str) -> tuple[str, ...]:
    """The function's versions that there are, oldest first."""
    found: list[str] = []
    for page in cloud.pages("lambda", "list_versions_by_function", FunctionName=function):
        found += [version["Version"] for version in page["Versions"] if version["Version"] != "$LATEST"]
    return tuple(sorted(found, key=int))


def _alias(said: Any, function: str) -> Alias:
    weights = (said.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(function, said["FunctionVersion"], dict(weights), said["RevisionId"])
