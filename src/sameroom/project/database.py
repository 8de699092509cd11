"""A database of AWS's that the app signs in to by the function's role, without a password.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/authentication-authorization.html
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .forms import Form

#: The variable that names the database to the app.
VARIABLE = "DATABASE_URL"
_REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
_DSQL = rf"(?P<cluster>[a-z0-9]{{26}})\.dsql\.(?P<dsql>{_REGION})\.on\.aws"
_RDS = (
    rf"[a-z0-9.-]+\.(?:(?P<rds>{_REGION})\.rds\.amazonaws\.com"
    r"|rds\.(?P<china>cn-[a-z]+-\d)\.amazonaws\.com\.cn)"
)
_HOST = re.compile(rf"{_DSQL}|{_RDS}")


def _plain(pattern: str) -> str:
    """For JSON Schema, whose regular expressions have no named groups of Python's."""
    return f"^({re.sub('[?]P<[a-z]+>', '', pattern)})$"


class Database(BaseModel):
    """Aurora, RDS for PostgreSQL, an RDS proxy, or Aurora DSQL; the host's name says which."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        json_schema_extra={
            "oneOf": [
                {"properties": {"host": {"pattern": _plain(_DSQL)}, "resource": {"maxLength": 0}}},
                {
                    "properties": {"host": {"pattern": _plain(_RDS)}, "resource": {"minLength": 1}},
                    "required": ["resource"],
                },
            ]
        },
    )

    host: Annotated[
        str,
        Form(
            _plain(f"{_DSQL}|{_RDS}"),
            "a host is the endpoint of a cluster, a proxy or an instance, in lower case: "
            '"shop.cluster-abc123.eu-west-1.rds.amazonaws.com"',
        ),
    ]
    user: Annotated[
        str, Form(r"^[A-Za-z_][A-Za-z0-9_$]{0,62}$", "a user is letters, digits and _, at most 63")
    ] = "app"
    name: Annotated[
        str,
        Form(r"^[A-Za-z_][A-Za-z0-9_$-]{0,62}$", "a name is up to 63 letters, digits, _ and -"),
    ] = "postgres"
    port: Annotated[int, Field(ge=1, le=65535)] = 5432
    #: By which RDS names it in permissions; "" for DSQL, whose host says it.
    resource: Annotated[
        str,
        Form(
            r"^$|^(cluster|db|prx)-[A-Za-z0-9]+$",
            'a resource is the DbClusterResourceId or DbiResourceId, "cluster-ABCDEFGHIJKL01234" or '
            '"db-...", and of a proxy "prx-..."',
        ),
    ] = ""

    @model_validator(mode="after")
    def _named(self) -> Database:
        if self.cluster and self.resource:
            raise ValueError("a DSQL cluster is named by its host; leave out resource")
        if not self.cluster and not self.resource:
            raise ValueError(
                "resource is missing, by which the function's role may connect; "
                "`aws rds describe-db-clusters` tells it as DbClusterResourceId"
            )
        return self

    @property
    def cluster(self) -> str:
        """DSQL's id of the cluster; "" for others."""
        return self._of_host("cluster")

    @property
    def region(self) -> str:
        """Where the database is."""
        return self._of_host("dsql") or self._of_host("rds") or self._of_host("china")

    @property
    def url(self) -> str:
        """What ``sameroom.sql`` reads; a token takes the place of the password."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{self.name}"

    def _of_host(self, part: str) -> str:
        found = _HOST.fullmatch(self.host)
        return (found.group(part) or "") if found else ""
