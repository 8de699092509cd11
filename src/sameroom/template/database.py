"""Signing in to the declared database as one user, with a token of the function's role.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonauroradsql.html
"""

from __future__ import annotations

from ..project.database import VARIABLE
from .values import Part, Statement, Wish, sub


def database(wish: Wish) -> Part:
    """Its URL without a password, and the leave to connect. The database itself is no part of the stack."""
    said = wish.settings.database
    if said is None:
        return Part()
    account = f"{said.region}:${{AWS::AccountId}}"
    if said.cluster:
        action = "dsql:DbConnectAdmin" if said.user == "admin" else "dsql:DbConnect"
        resource = f"arn:${{AWS::Partition}}:dsql:{account}:cluster/{said.cluster}"
    else:
        action = "rds-db:connect"
        resource = f"arn:${{AWS::Partition}}:rds-db:{account}:dbuser:{said.resource}/{said.user}"
    return Part(
        environment={VARIABLE: said.url},
        statements=(Statement("Database", (action,), (sub(resource),)),),
    )
