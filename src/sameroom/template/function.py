"""The function, its versions, the alias that serves, and its log group.

A version is code and configuration together and never changes; its logical id carries a hash of both, so
that CloudFormation publishes one exactly when one of them has changed. The versions before leave the template
and stay on AWS. Where the alias points is the parameter ``LiveVersion``: a deploy passes what serves now, and
moves the alias itself when the new version has proved good.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from ..errors import TemplateError
from .ids import ALIAS, ALIAS_NAME, FUNCTION, LIVE_VERSION, LOG_GROUP, ROLE
from .values import Json, Output, Part, Resource, Statement, Wish, arn, attribute, ref, sub

#: The template's condition: there is no version yet that could go on serving.
FIRST_DEPLOY = "FirstDeploy"
HANDLER = "sameroom.runtime.handler.handler"
#: Starts our own loop in a managed runtime, which AWS's client for Python cannot stream from.
WRAPPER = "/var/task/sameroom/runtime/bootstrap"
#: Lambda sets these itself, from LoggingConfig.
_LAMBDAS_OWN = ("AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL")


def function(wish: Wish, environment: Mapping[str, Any], behind: Mapping[str, Any]) -> Part:
    """The function with ``environment``, which the other parts have added to. ``behind`` has the properties
    of the resources that it names: when one of them is replaced, its name changes, and a version keeps the
    names it was published with.

    :raises TemplateError: Lambda has no SnapStart for the runtime.
    """
    _guard_snapstart(wish)
    configuration = _configuration(wish, environment)
    digest = _digest(wish.code.sha256, configuration, behind)
    properties: Json = {
        # Lambda publishes nothing when nothing has changed, and CloudFormation takes that for a failure.
        "Description": f"{wish.stack}, {digest}",
        **configuration,
        "Code": {"S3Bucket": wish.code.bucket, "S3Key": wish.code.key},
        "Role": arn(ROLE),
    }
    if wish.settings.ceiling:
        properties["ReservedConcurrentExecutions"] = wish.settings.concurrency
    version = f"Version{digest}"
    number = attribute(version, "Version")
    return Part(
        {
            LOG_GROUP: log_group(wish, "/sameroom/${AWS::StackName}"),
            FUNCTION: Resource("AWS::Lambda::Function", properties),
            version: Resource("AWS::Lambda::Version", {"FunctionName": ref(FUNCTION)}, keep=True),
            ALIAS: Resource(
                "AWS::Lambda::Alias",
                {
                    "Name": ALIAS_NAME,
                    "FunctionName": ref(FUNCTION),
                    "FunctionVersion": {"Fn::If": [FIRST_DEPLOY, number, ref(LIVE_VERSION)]},
                },
            ),
        },
        statements=tuple(_statements(wish)),
        outputs={
            "FunctionName": Output(ref(FUNCTION), "The function"),
            "Version": Output(number, "The function's newest version"),
            "AliasArn": Output(ref(ALIAS), "What every door invokes"),
            "LogGroup": Output(ref(LOG_GROUP), "The function's log"),
        },
    )


def log_group(wish: Wish, name: str) -> Resource:
    """A log group that keeps what it has for ``log_days``; ``name`` may have ``${...}`` of Fn::Sub."""
    return Resource(
        "AWS::Logs::LogGroup", {"LogGroupName": sub(name), "RetentionInDays": wish.settings.log_days}
    )


def _configuration(wish: Wish, environment: Mapping[str, Any]) -> Json:
    """What belongs to a version besides its code."""
    settings = wish.settings
    found: Json = {
        "Handler": HANDLER,
        "Runtime": wish.code.runtime,
        "Architectures": [wish.code.architecture],
        "MemorySize": settings.memory,
        "Timeout": math.ceil(settings.timeout),
        "Environment": {"Variables": _variables(wish, environment)},
        "LoggingConfig": _logging(wish),
    }
    if settings.vpc:
        found["VpcConfig"] = {
            "SubnetIds": list(settings.vpc.subnets),
            "SecurityGroupIds": list(settings.vpc.security_groups),
        }
    if settings.snapstart:
        found["SnapStart"] = {"ApplyOn": "PublishedVersions"}
    return found


def _variables(wish: Wish, environment: Mapping[str, Any]) -> Json:
    found = {**environment, **wish.variables}
    if wish.settings.response_mode == "streaming":
        found["AWS_LAMBDA_EXEC_WRAPPER"] = WRAPPER
    return {name: found[name] for name in sorted(found) if name not in _LAMBDAS_OWN}


def _logging(wish: Wish) -> Json:
    found: Json = {"LogGroup": ref(LOG_GROUP), "LogFormat": "Text"}
    if wish.settings.log_format == "json":
        # Lambda filters by level in this format alone.
        found |= {"LogFormat": "JSON", "ApplicationLogLevel": wish.settings.log_level}
    return found


def _statements(wish: Wish) -> list[Statement]:
    """The log, and what a VPC takes.

    The one ``*``: network interfaces have no names before they are made.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    log = Statement("Log", ("logs:CreateLogStream", "logs:PutLogEvents"), (arn(LOG_GROUP),))
    if not wish.settings.vpc:
        return [log]
    interfaces = (
        *("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
        *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
        *("ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
    )
    return [log, Statement("NetworkInterfaces", interfaces, ("*",))]


def _guard_snapstart(wish: Wish) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html"""
    if wish.settings.snapstart and wish.code.runtime in ("python3.10", "python3.11"):
        raise TemplateError(
            f"Lambda has no SnapStart for {wish.code.runtime}.",
            why="It begins with python3.12.",
            next='Use runtime = "python3.13", or snapstart = false.',
        )


def _digest(code: str, *configuration: Mapping[str, Any]) -> str:
    text = json.dumps([code, *configuration], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]
