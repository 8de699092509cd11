"""Declared tables -> DynamoDB tables on the stand-in, and what the app must be told to reach them."""

from __future__ import annotations

from collections.abc import Mapping

from ..aws.tables import Attribute, IndexDefinition, Keys, TableDefinition, TableState, ensure
from ..project import Key, Table, variable

#: What the stand-in takes for credentials; no account has them.
DUMMY_KEY = "test"


def definition(name: str, table: Table) -> TableDefinition:
    """The table as AWS's API knows it. Locally it bears the name that the settings give it."""
    indexes = tuple(
        IndexDefinition(index_name, _keys(index.partition_key, index.sort_key), index.projection)
        for index_name, index in table.indexes.items()
    )
    return TableDefinition(name, _keys(table.partition_key, table.sort_key), table.ttl or "", indexes)


def make(endpoint: str, region: str, tables: Mapping[str, Table]) -> list[TableState]:
    """Make the tables that are missing at ``endpoint``. Blocks, and loads boto3: call it in a thread."""
    from ..aws.session import local_dynamodb

    client = local_dynamodb(endpoint, region, DUMMY_KEY)
    return [ensure(client, definition(name, table)) for name, table in tables.items()]


def environment(endpoint: str, tables: Mapping[str, Table]) -> dict[str, str]:
    """What only the app gets: the endpoint, credentials that are worth nothing, and the tables' names."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": DUMMY_KEY,
        "AWS_SECRET_ACCESS_KEY": DUMMY_KEY,
        **{variable(name, table): name for name, table in tables.items()},
    }


def _keys(partition: Key, sort: Key | None) -> Keys:
    return Keys(Attribute(*partition), Attribute(*sort) if sort else None)
