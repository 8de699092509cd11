"""DynamoDB tables: made when they are missing, compared when they are there.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Attribute(NamedTuple):
    """A key attribute; ``type`` is S, N or B."""

    name: str
    type: str


class Keys(NamedTuple):
    """The primary key of a table or an index."""

    partition: Attribute
    sort: Attribute | None = None


class IndexDefinition(NamedTuple):
    """A global secondary index. ``projection`` is "all", "keys_only" or the attributes it carries besides."""

    name: str
    keys: Keys
    projection: Literal["all", "keys_only"] | tuple[str, ...] = "all"


class TableDefinition(NamedTuple):
    """A table as it should be; ``ttl`` names the expiry attribute, "" for none."""

    name: str
    keys: Keys
    ttl: str = ""
    indexes: tuple[IndexDefinition, ...] = ()


class TableState(NamedTuple):
    """What was found or done, for people: ``notes`` says what differs from the definition."""

    name: str
    created: bool
    notes: tuple[str, ...] = ()


def ensure(client: DynamoDBClient, wanted: TableDefinition) -> TableState:
    """Make ``wanted`` if it is missing. What differs in an existing table is noted; its TTL is put right."""
    try:
        existing: Any = client.describe_table(TableName=wanted.name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        _create(client, wanted)
        return TableState(wanted.name, created=True)
    notes = differences(existing, wanted)
    notes += _mend_ttl(client, wanted)
    return TableState(wanted.name, created=False, notes=tuple(notes))


def differences(existing: dict[str, Any], wanted: TableDefinition) -> list[str]:
    """How the table that DescribeTable returned differs in keys and indexes. Pure."""
    notes = []
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in existing["AttributeDefinitions"]}
    there = _described(existing["KeySchema"], types)
    if there != wanted.keys:
        notes.append(f"its key is {_spell(there)}, the settings say {_spell(wanted.keys)}")
    indexes = {
        entry["IndexName"]: _described(entry["KeySchema"], types)
        for entry in existing.get("GlobalSecondaryIndexes", [])
    }
    for index in wanted.indexes:
        if index.name not in indexes:
            notes.append(f"it has no index {index.name}")
        elif indexes[index.name] != index.keys:
            notes.append(
                f"its index {index.name} has the key {_spell(indexes[index.name])}, "
                f"the settings say {_spell(index.keys)}"
            )
    declared = {index.name for index in wanted.indexes}
    notes += [f"its index {name} is no longer in the settings" for name in indexes if name not in declared]
    return notes


def creation(wanted: TableDefinition) -> dict[str, Any]:
    """CreateTable's arguments. Pure."""
    every = [wanted.keys, *(index.keys for index in wanted.indexes)]
    attributes = {key.name: key.type for keys in every for key in keys if key is not None}
    arguments: dict[str, Any] = {
        "TableName": wanted.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in attributes.items()
        ],
        "KeySchema": _schema(wanted.keys),
    }
    if wanted.indexes:
        arguments["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": _schema(index.keys),
                "Projection": _projection(index.projection),
            }
            for index in wanted.indexes
        ]
    return arguments


def _create(client: DynamoDBClient, wanted: TableDefinition) -> None:
    client.create_table(**creation(wanted))
    client.get_waiter("table_exists").wait(
        TableName=wanted.name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    if wanted.ttl:
        _set_ttl(client, wanted.name, wanted.ttl, enabled=True)


def _mend_ttl(client: DynamoDBClient, wanted: TableDefinition) -> list[str]:
    said = client.describe_time_to_live(TableName=wanted.name)["TimeToLiveDescription"]
    on = said.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    there = said.get("AttributeName", "") if on else ""
    if there == wanted.ttl:
        return []
    if there:
        _set_ttl(client, wanted.name, there, enabled=False)
    if wanted.ttl:
        _set_ttl(client, wanted.name, wanted.ttl, enabled=True)
    return [f"its TTL attribute is now {wanted.ttl or 'none'}, it was {there or 'none'}"]


def _set_ttl(client: DynamoDBClient, table: str, attribute: str, *, enabled: bool) -> None:
    client.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute}
    )


def _schema(keys: Keys) -> list[dict[str, str]]:
    schema = [{"AttributeName": keys.partition.name, "KeyType": "HASH"}]
    if keys.sort is not None:
        schema.append({"AttributeName": keys.sort.name, "KeyType": "RANGE"})
    return schema


def _projection(projection: Literal["all", "keys_only"] | tuple[str, ...]) -> dict[str, Any]:
    if projection == "all":
        return {"ProjectionType": "ALL"}
    if projection == "keys_only":
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(projection)}


def _described(schema: list[dict[str, str]], types: dict[str, str]) -> Keys:
    by_role = {entry["KeyType"]: entry["AttributeName"] for entry in schema}
    sort = by_role.get("RANGE")
    partition = by_role["HASH"]
    return Keys(
        Attribute(partition, types.get(partition, "?")),
        Attribute(sort, types.get(sort, "?")) if sort else None,
    )


def _spell(keys: Keys) -> str:
    return " + ".join(f"{key.name}:{key.type}" for key in keys if key is not None)
