"""What is ejected, and into what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..template.ids import ALIAS, FUNCTION, LIVE_VERSION

Json = dict[str, Any]
#: The template's condition that asks for ``LIVE_VERSION``.
_FIRST = "FirstDeploy"


class Source(NamedTuple):
    """A stack's template, and what belongs to it. ``document`` is as ``template`` makes it."""

    stack: str
    region: str
    document: Json
    #: SHA-256 of the zip, in hex.
    sha256: str


def settled(document: Json) -> Json:
    """``document`` without what a deploy of ours moves itself: the alias follows the newest version."""

    def chosen(value: Json) -> Any:
        if list(value) == ["Fn::If"] and value["Fn::If"][0] == _FIRST:
            return value["Fn::If"][1]
        return value

    found: Json = mapped(document, chosen)
    for section, name in (("Parameters", LIVE_VERSION), ("Conditions", _FIRST)):
        kept = {key: value for key, value in found.get(section, {}).items() if key != name}
        found = {**found, section: kept} if kept else {k: v for k, v in found.items() if k != section}
    return found


def mapped(value: Any, change: Callable[[Json], Any]) -> Any:
    """``value`` with every object in it replaced by what ``change`` makes of it, from the inside out."""
    if isinstance(value, dict):
        return change({key: mapped(inner, change) for key, inner in value.items()})
    if isinstance(value, list):
        return [mapped(inner, change) for inner in value]
    return value


def version_id(document: Json) -> str:
    """The logical id of the published version."""
    resources: Json = document["Resources"]
    return next(name for name, one in resources.items() if one["Type"] == "AWS::Lambda::Version")


__all__ = ["ALIAS", "FUNCTION", "Json", "Source", "mapped", "settled", "version_id"]
