"""DynamoDB tables: on demand, with point-in-time recovery, kept when the stack goes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

from ..project import Index, Key, Table, variable
from .ids import logical_id
from .values import Json, Part, Resource, Statement, Wish, arn, ref, sub

#: What an app does with items, and DescribeTable, which libraries begin with to learn the keys (PynamoDB,
#: boto3's Table). Tables are made, changed and deleted by the stack alone.
_ACTIONS = (
    *("dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem"),
    *("dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem"),
    *("dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"),
)
#: An index is only read, and has no items of its own.
_INDEX_ACTIONS = ("dynamodb:Query", "dynamodb:Scan")


def tables(wish: Wish) -> Part:
    """Every declared table, its name in its environment variable, and its items for the function."""
    declared = sorted(wish.settings.tables.items())
    ids = {name: logical_id("Table", name) for name, _ in declared}
    statements = []
    for name, table in declared:
        statements.append(Statement(ids[name], _ACTIONS, (arn(ids[name]),)))
        if table.indexes:
            indexes = sub("${" + ids[name] + ".Arn}/index/*")
            statements.append(Statement(f"{ids[name]}Indexes", _INDEX_ACTIONS, (indexes,)))
    return Part(
        {
            ids[name]: Resource("AWS::DynamoDB::Table", _properties(table), keep=True)
            for name, table in declared
        },
        {variable(name, table): ref(ids[name]) for name, table in declared},
        tuple(statements),
    )


def _properties(table: Table) -> Json:
    """Without a name of its own: two stages have the same table, and one that is kept is in nobody's way.

    Encrypted under a key of DynamoDB's own, as every table is that says nothing; any other key is paid for.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    indexes = sorted(table.indexes.items())
    every: list[Table | Index] = [table, *(index for _, index in indexes)]
    keys = {key.name: key.type for one in every for key in (one.partition_key, one.sort_key) if key}
    found: Json = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(keys.items())
        ],
        "KeySchema": _schema(table.partition_key, table.sort_key),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }
    if indexes:
        found["GlobalSecondaryIndexes"] = [_index(name, index) for name, index in indexes]
    if table.ttl:
        found["TimeToLiveSpecification"] = {"AttributeName": table.ttl, "Enabled": True}
    if table.stream:
        found["StreamSpecification"] = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    return found


def _index(name: str, index: Index) -> Json:
    projection: Json = {"ProjectionType": "ALL" if index.projection == "all" else "KEYS_ONLY"}
    if not isinstance(index.projection, str):
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": sorted(index.projection)}
    return {
        "IndexName": name,
        "KeySchema": _schema(index.partition_key, index.sort_key),
        "Projection": projection,
    }


def _schema(partition: Key, sort: Key | None) -> list[Json]:
    keys = [{"AttributeName": partition.name, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": sort.name, "KeyType": "RANGE"}] if sort else [])
