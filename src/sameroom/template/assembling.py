"""The parts put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import TemplateError
from .alarms import alarms
from .alb import alb
from .background import background
from .buckets import buckets
from .budget import budget
from .commands import commands
from .database import database
from .domain import domain
from .events import events
from .function import FIRST_DEPLOY, function
from .function_url import function_url
from .http_api import http_api
from .ids import LIVE_VERSION
from .lattice import lattice
from .limits import guard, guard_environment
from .queues import queues
from .rest_api import rest_api
from .role import role
from .schedules import schedules
from .secrets import secrets
from .site import site
from .tables import tables
from .topics import topics
from .values import Json, Part, Resource, Statement, Template, Wish, ref
from .writing import output, resource, written

#: By the door's name.
DOORS: Mapping[str, Callable[[Wish], Part]] = {
    "http-api": http_api,
    "http-api-v1": http_api,
    "rest-api": rest_api,
    "function-url": function_url,
    "alb": alb,
    "lattice": lattice,
    "lattice-v1": lattice,
}
#: What the settings declare besides.
DECLARED: tuple[Callable[[Wish], Part], ...] = (
    *(domain, tables, queues, buckets, topics, events, schedules, background),
    *(secrets, database, commands, alarms, budget, site),
)


def template(wish: Wish) -> Template:
    """The stack that ``wish`` asks for.

    :raises TemplateError: AWS would not take it, or something is missing that only the settings can say.
    """
    parts = [DOORS[wish.settings.door](wish), *(declared(wish) for declared in DECLARED)]
    environment = {name: value for part in parts for name, value in part.environment.items()}
    guard_environment({**environment, **wish.variables})
    parts.insert(0, function(wish, environment, _behind(environment, parts)))
    statements = [one for part in parts for one in part.statements]
    parts.append(role([*statements, *_extra(wish)]))
    document: Json = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{wish.stack}, deployed by sameroom",
        "Parameters": {
            LIVE_VERSION: {
                "Type": "String",
                "Default": "",
                "Description": "The number of the version that serves; empty on the first deploy",
            }
        },
        "Conditions": {FIRST_DEPLOY: {"Fn::Equals": [ref(LIVE_VERSION), ""]}},
        "Resources": {name: resource(one) for name, one in _together(parts)},
        "Outputs": _outputs(parts),
    }
    return guard(Template(document, written(document)))


def _behind(environment: Mapping[str, Any], parts: Iterable[Part]) -> Json:
    """The properties of the resources that ``environment`` names."""
    said = json.dumps(environment)
    return {
        name: resource.properties
        for part in parts
        for name, resource in sorted(part.resources.items())
        if f'"{name}"' in said or f"${{{name}" in said
    }


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


def _outputs(parts: Iterable[Part]) -> Json:
    """Of two ``Url`` the later part's counts: a domain's before the door's own, and a site's before both."""
    found = {name: one for part in parts for name, one in part.outputs.items()}
    if "SiteUrl" in found:
        found["Url"] = found["SiteUrl"]
    return {name: output(one) for name, one in sorted(found.items())}
