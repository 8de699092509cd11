"""boto3 clients. Importing this module loads boto3, some 250 ms: do it where it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import botocore.config
import botocore.session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def local_dynamodb(endpoint: str, region: str, key: str) -> DynamoDBClient:
    """A DynamoDB client for a stand-in at ``endpoint``, with ``key`` for id and secret.

    It knows nothing of the person's own profile, credentials and settings, so that no mistake of ours can
    reach a real account, and no mistake in ``~/.aws`` can stop a local run.
    """
    own = botocore.session.Session()
    for name in ("profile", "config_file", "credentials_file"):
        own.session_var_map[name] = (None, None, None, None)
    session = boto3.session.Session(key, key, botocore_session=own, region_name=region)
    config = botocore.config.Config(
        connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3}, proxies={}
    )
    return session.client("dynamodb", endpoint_url=endpoint, config=config)
