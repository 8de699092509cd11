"""The function's role: exactly what the parts of the template have asked for.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import TemplateError
from .ids import ROLE
from .values import Json, Part, Resource, Statement

#: Characters of a role's inline policies together, white space aside.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST = 10_240
#: What an ARN of ours comes to, where the template has a reference.
_ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/" + "x" * 64


def role(statements: Sequence[Statement]) -> Part:
    """One inline policy; a name of its own the role has not, so that CAPABILITY_IAM is enough.

    :raises TemplateError: it would be longer than IAM takes.
    """
    statements = _together(statements)
    _guard(statements)
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


def _together(statements: Iterable[Statement]) -> list[Statement]:
    """Those with the same actions as one: of forty tables with one each the policy would grow too long."""
    found: dict[str, list[Statement]] = {}
    for one in statements:
        found.setdefault(json.dumps([one.actions, dict(one.condition)], sort_keys=True), []).append(one)
    return [_joined(alike) for alike in found.values()]


def _joined(alike: Sequence[Statement]) -> Statement:
    first = alike[0]
    if len(alike) == 1:
        return first
    resources = tuple(resource for one in alike for resource in one.resources)
    return first._replace(sid=f"{first.sid}And{len(alike) - 1}More", resources=resources)


def _guard(statements: Sequence[Statement]) -> None:
    def spelled(resource: Any) -> str:
        return resource if isinstance(resource, str) else _ARN

    concrete = [one._replace(resources=tuple(map(spelled, one.resources))) for one in statements]
    size = len(json.dumps(policy(concrete), separators=(",", ":")))
    if size > _LONGEST:
        largest = max(statements, key=lambda one: len(one.resources))
        raise TemplateError(
            f"The function's policy would have about {size:,} characters; IAM takes {_LONGEST:,}.",
            why=f"The statement {largest.sid} alone names {len(largest.resources)} resources.",
            next="Declare fewer tables, queues and buckets, or put several kinds of items into one table.",
        )
