"""The app's surroundings in tests: secrets, and tables of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from qanda_slack import CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET

if TYPE_CHECKING:
    from fakes.cloud import Stand

FOLDER = Path(__file__).parent.parent
PASSWORD = "a-good-password"
SECRETS = {
    "SECRET_KEY": "a-secret-key",
    "MODERATOR_PASSWORD": PASSWORD,
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "SLACK_CLIENT_ID": CLIENT_ID,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
}


@contextmanager
def tables(stand: Stand) -> Iterator[dict[str, str]]:
    """New tables, as the settings declare them; the variables that lead the app to them."""
    from fakes.cloud import REGION, fresh_name

    from sameroom.aws.tables import creation
    from sameroom.local.tables import definition
    from sameroom.project import settings, variable

    client = boto3.client(
        "dynamodb",
        endpoint_url=stand.endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    prefix = fresh_name("qanda")
    made = {}
    for name, table in settings.fold(settings.read(FOLDER), {}).tables.items():
        wanted = definition(name, table)
        made[variable(name, table)] = f"{prefix}-{name}"
        client.create_table(**creation(wanted._replace(name=f"{prefix}-{name}")))
    try:
        yield {**stand.environ(), **made}
    finally:
        for name in made.values():
            client.delete_table(TableName=name)
        client.close()
