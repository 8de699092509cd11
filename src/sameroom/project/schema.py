"""The settings as a JSON Schema, for editors: completion, documentation and errors while one types.

Draft 7, which Taplo (Even Better TOML), PyCharm and the schema store read
(https://json-schema.org/draft-07, https://taplo.tamasfe.dev/configuration/directives.html#the-schema-directive).
Names, kinds, limits and defaults come from the model; the words from ``schema_words``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from . import senders, services
from .database import Database
from .schema_words import WORDS
from .settings import Cors, Settings, StageSettings
from .tables import Index, Table

DIALECT = "http://json-schema.org/draft-07/schema#"

MODELS: tuple[type[BaseModel], ...] = (
    *(Settings, StageSettings, Cors, Table, Index, Database),
    *(services.Queue, services.Bucket, senders.Topic, senders.Rule, senders.Events),
    *(services.Schedule, services.Background, services.Statement),
    *(services.Canary, services.Vpc, services.Throttle, services.Alarms, services.Budget),
    *(services.Domain, services.Alb, services.Lattice, services.Site),
)
#: Where a rule's pattern is, which has such ones in it.
_PATTERN = "#/definitions/Rule/properties/pattern"
#: What ``tables`` reads a key from, with a pattern of its own making.
_KEY = {"type": "string", "pattern": "^[^:]{1,255}(:[SNB])?$"}


def schema() -> dict[str, Any]:
    """The schema of a pyproject.toml: ``tool.sameroom`` in full, everything else left open."""
    made = Settings.model_json_schema(ref_template="#/definitions/{model}")
    definitions = made.pop("$defs")
    definitions.pop("Key")
    definitions["Settings"] = made
    for model in MODELS:
        _edit(definitions[model.__name__], model)
    definitions["Rule"]["properties"]["pattern"]["additionalProperties"]["anyOf"].append({"$ref": _PATTERN})
    return {
        "$schema": DIALECT,
        "title": "pyproject.toml with [tool.sameroom]",
        "type": "object",
        "properties": {
            "tool": {"type": "object", "properties": {"sameroom": {"$ref": "#/definitions/Settings"}}},
        },
        "definitions": dict(sorted(definitions.items())),
    }


def _edit(definition: dict[str, Any], model: type[BaseModel]) -> None:
    definition["title"] = "tool.sameroom" if model is Settings else model.__name__
    definition["description"] = (model.__doc__ or "").strip().splitlines()[0].replace("``", "`")
    words = WORDS[model.__name__]
    for key, node in definition["properties"].items():
        definition["properties"][key] = {
            **_editorial(node),
            "title": key,
            "description": words[key].description,
            **({"examples": list(words[key].examples)} if words[key].examples else {}),
        }


def _editorial(node: Mapping[str, Any]) -> dict[str, Any]:
    """One value's schema as a person would write it."""
    edited = {key: value for key, value in node.items() if key not in ("anyOf", "$ref", "title")}
    if edited.get("default", 0) is None:
        # TOML has no null: a key that is not set is not there.
        del edited["default"]
    options = [option for option in node.get("anyOf", [node]) if option.get("type") != "null"]
    if len(options) > 1:
        edited["anyOf"] = [_at_least_one(_referred(option)) for option in options]
    else:
        edited.update(_referred(options[0]))
    if "patternProperties" in edited:
        edited["additionalProperties"] = False
    return edited


def _referred(option: Mapping[str, Any]) -> dict[str, Any]:
    """In draft 7 whatever stands beside ``$ref`` is ignored; in ``allOf`` it is not."""
    reference = option.get("$ref")
    if reference is None:
        return {key: value for key, value in option.items() if key not in ("anyOf", "title")}
    return dict(_KEY) if reference.endswith("/Key") else {"allOf": [{"$ref": reference}]}


def _at_least_one(option: dict[str, Any]) -> dict[str, Any]:
    """The list among several kinds is a projection's, and names at least one attribute."""
    return {**option, "minItems": 1} if option.get("type") == "array" else option
