"""The function's role: exactly what the parts of the template have asked for.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .ids import ROLE
from .values import Json, Part, Resource, Statement


def role(statements: Sequence[Statement]) -> Part:
    """One inline policy; a name of its own the role has not, so that CAPABILITY_IAM is enough."""
    return Part(
        {
            ROLE: Resource(
                "AWS::IAM::Role",
                {
                    "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
                    "Policies": [{"PolicyName": "function", "PolicyDocument": policy(statements)}],
                },
            )
        }
    )


def trust(service: str, condition: Json | None = None) -> Json:
    """That an AWS service may take a role."""
    statement: Json = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return {
        "Version": "2012-10-17",
        "Statement": [statement | ({"Condition": condition} if condition else {})],
    }


def policy(statements: Iterable[Statement]) -> Json:
    """An IAM policy document."""
    return {"Version": "2012-10-17", "Statement": [_statement(one) for one in statements]}


def _statement(one: Statement) -> Json:
    found: Json = {
        "Sid": one.sid,
        "Effect": "Allow",
        "Action": list(one.actions),
        "Resource": list(one.resources),
    }
    return found | ({"Condition": dict(one.condition)} if one.condition else {})
