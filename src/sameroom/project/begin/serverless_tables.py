"""CloudFormation's DynamoDB tables -> ``[tool.sameroom.tables]``.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..settings import StageSettings
from .carried import Left, Values
from .serverless_variables import unresolved

KIND = "AWS::DynamoDB::Table"

_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
#: How a table is kept and billed, which is not what the app uses of it.
_CARRIED = {
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "TableName",
    "TimeToLiveSpecification",
}


class Tables(NamedTuple):
    """``declared`` by their names; ``names`` leads from logical IDs and table names to them."""

    declared: dict[str, Values]
    names: dict[str, str]


def resources(document: Mapping[str, Any], left: list[Left]) -> dict[str, Any]:
    """Every resource of ``resources``, which may be one template or a list of them."""
    found: dict[str, Any] = {}
    said = document.get("resources")
    for number, part in enumerate(said if isinstance(said, list) else [said]):
        where = f"resources.{number}" if isinstance(said, list) else "resources"
        if isinstance(part, Mapping):
            inner = part.get("Resources")
            found.update(inner if isinstance(inner, Mapping) else {})
        elif part is not None:
            left.append(
                Left(
                    where,
                    f"It is in another place: {part}.",
                    "Declare the tables in it: [tool.sameroom.tables].",
                )
            )
    return found


def tables(found: Mapping[str, Any], written: Mapping[str, Any], left: list[Left]) -> Tables:
    """The tables of ``found``; ``written`` are the same resources before variables were put in."""
    declared: dict[str, Values] = {}
    names: dict[str, str] = {}
    for logical, resource in found.items():
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        where = f"resources.{logical}"
        if kind != KIND:
            why = f"{kind or 'It'} is a resource of AWS beside the app."
            left.append(Left(where, why, "Keep it in a template of your own."))
            continue
        properties = resource.get("Properties")
        table = _table(properties, where, left) if isinstance(properties, Mapping) else None
        if table is None:
            left.append(Left(where, "Its keys cannot be told.", "Declare it: [tool.sameroom.tables]."))
            continue
        given = properties.get("TableName")
        name = _name(logical, given, written.get(logical))
        if not _fits(name, table, where, left):
            continue
        declared[name] = table
        names[logical] = name
        if isinstance(given, str):
            names[given] = name
    return Tables(declared, names)


def _name(logical: str, given: Any, written: Any) -> str:
    """The table's own name where it is the same in every stage, else its logical ID."""
    properties = written.get("Properties") if isinstance(written, Mapping) else None
    raw = properties.get("TableName") if isinstance(properties, Mapping) else None
    if isinstance(given, str) and not unresolved(raw) and _NAME.fullmatch(given):
        return given
    return logical


def _fits(name: str, table: Values, where: str, left: list[Left]) -> bool:
    try:
        StageSettings.model_validate({"tables": {name: table}})
    except ValidationError:
        left.append(
            Left(where, "A key or name in it is not DynamoDB's.", "Declare it: [tool.sameroom.tables].")
        )
        return False
    return True


def _table(properties: Mapping[str, Any], where: str, left: list[Left]) -> Values | None:
    types = dict(_attributes(properties.get("AttributeDefinitions")))
    table = _keys(properties.get("KeySchema"), types)
    if table is None:
        return None
    life = properties.get("TimeToLiveSpecification")
    if (
        isinstance(life, Mapping)
        and life.get("Enabled") in (True, "true")
        and isinstance(life.get("AttributeName"), str)
    ):
        table["ttl"] = life["AttributeName"]
    indexes = dict(_indexes(properties.get("GlobalSecondaryIndexes"), types, where, left))
    if indexes:
        table["indexes"] = indexes
    for key in properties:
        if key == "LocalSecondaryIndexes":
            left.append(
                Left(
                    f"{where}.{key}",
                    "Only global secondary indexes can be declared.",
                    "Use a global one locally.",
                )
            )
        elif key not in _CARRIED:
            left.append(
                Left(f"{where}.{key}", "It is about how AWS keeps the table.", "Keep it in your template.")
            )
    return table


def _attributes(found: Any) -> Iterator[tuple[str, str]]:
    for attribute in found if isinstance(found, list) else []:
        if isinstance(attribute, Mapping):
            yield str(attribute.get("AttributeName")), str(attribute.get("AttributeType"))


def _keys(schema: Any, types: Mapping[str, str]) -> Values | None:
    keys: Values = {}
    for part in schema if isinstance(schema, list) else []:
        name = part.get("AttributeName") if isinstance(part, Mapping) else None
        if not isinstance(name, str):
            return None
        kind = types.get(name, "S")
        place = "partition_key" if part.get("KeyType") == "HASH" else "sort_key"
        keys[place] = name if kind == "S" else f"{name}:{kind}"
    return keys if "partition_key" in keys else None


def _indexes(
    found: Any, types: Mapping[str, str], where: str, left: list[Left]
) -> Iterator[tuple[str, Values]]:
    for index in found if isinstance(found, list) else []:
        name = index.get("IndexName") if isinstance(index, Mapping) else None
        keys = _keys(index.get("KeySchema"), types) if isinstance(name, str) else None
        if keys is None:
            left.append(
                Left(
                    f"{where}.GlobalSecondaryIndexes", "An index without name or keys.", "Declare it by hand."
                )
            )
            continue
        projection = index.get("Projection")
        kind = projection.get("ProjectionType") if isinstance(projection, Mapping) else None
        if kind == "KEYS_ONLY":
            keys["projection"] = "keys_only"
        elif kind == "INCLUDE":
            keys["projection"] = projection.get("NonKeyAttributes")
        yield str(name), keys
