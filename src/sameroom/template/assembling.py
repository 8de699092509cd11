"""The parts put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .. import __version__
from ..errors import TemplateError
from .function import FIRST_DEPLOY, function
from .http_api import http_api
from .ids import LIVE_VERSION
from .limits import guard, guard_environment
from .role import role
from .tables import tables
from .values import Json, Output, Part, Resource, Statement, Template, Wish, ref

#: By the door's name.
DOORS: Mapping[str, Callable[[Wish], Part]] = {"http-api": http_api, "http-api-v1": http_api}
#: What the settings declare besides.
DECLARED: tuple[Callable[[Wish], Part], ...] = (tables,)


def template(wish: Wish) -> Template:
    """The stack that ``wish`` asks for.

    :raises TemplateError: AWS would not take it, or something is missing that only the settings can say.
    """
    parts = [DOORS[wish.settings.door](wish), *(declared(wish) for declared in DECLARED)]
    environment = {name: value for part in parts for name, value in part.environment.items()}
    guard_environment({**environment, **wish.variables})
    parts.insert(0, function(wish, environment))
    statements = [one for part in parts for one in part.statements]
    parts.append(role([*statements, *_extra(wish)]))
    document: Json = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{wish.stack}, made by sameroom {__version__}",
        "Parameters": {
            LIVE_VERSION: {
                "Type": "String",
                "Default": "",
                "Description": "The number of the version that serves; empty on the first deploy",
            }
        },
        "Conditions": {FIRST_DEPLOY: {"Fn::Equals": [ref(LIVE_VERSION), ""]}},
        "Resources": {name: _resource(one) for name, one in _together(parts)},
        "Outputs": {name: _output(one) for part in parts for name, one in sorted(part.outputs.items())},
    }
    document["Outputs"] = dict(sorted(document["Outputs"].items()))
    return guard(Template(document, json.dumps(document, indent=1, ensure_ascii=False) + "\n"))


def _extra(wish: Wish) -> Iterable[Statement]:
    for number, said in enumerate(wish.settings.permissions, 1):
        yield Statement(f"Yours{number}", said.actions, said.resources)


def _together(parts: Iterable[Part]) -> list[tuple[str, Resource]]:
    found: dict[str, Resource] = {}
    for part in parts:
        for name, one in part.resources.items():
            if name in found:
                raise TemplateError(
                    f"Two resources would have the logical id {name}.",
                    next="Give one of those that the settings declare another name.",
                )
            found[name] = one
    return sorted(found.items())


def _resource(one: Resource) -> Json:
    found: Json = {"Type": one.type, "Properties": one.properties}
    if one.depends_on:
        found["DependsOn"] = list(one.depends_on)
    if one.keep:
        # A version has to survive its leaving the template. Data that a failed first deploy made has not.
        kept = "Retain" if one.type == "AWS::Lambda::Version" else "RetainExceptOnCreate"
        found |= {"DeletionPolicy": kept, "UpdateReplacePolicy": "Retain"}
    return found


def _output(one: Output) -> Mapping[str, Any]:
    return {"Value": one.value, "Description": one.description}
