"""Pipeline, settings -> a CloudFormation template of the roles that deploy and that plan.

GitHub's identity tokens say repository and branch, or environment; the roles trust exactly these.
https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from .. import __version__
from ..errors import TemplateError
from ..project import Settings
from ..template import Code, Wish, template
from .permissions import BY_TYPE, May
from .steps import PLAN, deploys
from .values import Pipeline

Json = dict[str, Any]

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"
#: Not among the names that the roles may change: they cannot change themselves.
_PATH = "/sameroom-ci/"
#: Signs that AWS takes in one managed policy, less some.
_MOST = 5800
#: The longest beginnings of names that CloudFormation keeps when it makes one of the stack's name.
_NAMES, _SHORT = 24, 8


def types_of(settings: Settings, stack: str) -> frozenset[str]:
    """The types of resources in the stack that these settings ask for.

    :raises TemplateError: no template can be made of them.
    """
    code = Code("bucket", "key", "0" * 64, settings.runtime, settings.architecture)
    resources = template(Wish(stack, settings, code, {})).document["Resources"].values()
    return frozenset(resource["Type"] for resource in resources)


def role_template(pipeline: Pipeline, settings: Settings, types: Iterable[str]) -> str:
    """The template's text, JSON. ``types`` are those of the stack that is to be deployed.

    :raises TemplateError: there is a type whose permissions nobody has written down.
    """
    zone = settings.domain.zone if settings.domain else ""
    deploy = _statements(_together([*_of(types), *deploys(settings)]), pipeline.stack, zone)
    plan = _statements(_together(PLAN), pipeline.stack, zone)
    policies = {f"DeployPolicy{number}": part for number, part in enumerate(_split(deploy), 1)}
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"What GitHub may do to {pipeline.stack}; written by sameroom {__version__}",
        "Parameters": {
            "Provider": {
                "Type": "String",
                "Default": "",
                "Description": "The ARN of GitHub's OIDC provider in this account; empty makes it",
            }
        },
        "Conditions": {"MakeProvider": {"Fn::Equals": [{"Ref": "Provider"}, ""]}},
        "Resources": {
            "GitHub": _provider(),
            "DeployRole": _role(pipeline, _subject(pipeline), list(policies)),
            "PlanRole": _role(pipeline, f"repo:{pipeline.repository}:pull_request", ["PlanPolicy"]),
            **{name: _policy(f"Deploys {pipeline.stack}", part) for name, part in policies.items()},
            "PlanPolicy": _policy(f"Plans {pipeline.stack}", plan),
        },
        "Outputs": {
            "DeployRole": {
                "Value": {"Fn::GetAtt": ["DeployRole", "Arn"]},
                "Description": "For SAMEROOM_ROLE",
            },
            "PlanRole": {
                "Value": {"Fn::GetAtt": ["PlanRole", "Arn"]},
                "Description": "For SAMEROOM_PLAN_ROLE",
            },
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _of(types: Iterable[str]) -> list[May]:
    found: list[May] = []
    for kind in sorted(types):
        if kind not in BY_TYPE:
            raise TemplateError(
                f"No role can be written for {kind}.",
                why="Which permissions it takes to make one is not known here.",
                next="Please report this; until then, add them to a role by hand.",
            )
        found += BY_TYPE[kind]
    return found


def _together(those: Sequence[May]) -> list[May]:
    """One statement for what is allowed on the same things."""
    found: dict[str, May] = {}
    for one in those:
        key = json.dumps([one.resources, one.condition])
        before = found.get(key, one._replace(actions=()))
        found[key] = one._replace(actions=tuple(dict.fromkeys((*before.actions, *one.actions))))
    return list(found.values())


def _statements(those: Iterable[May], stack: str, zone: str) -> list[Json]:
    names = f"{stack}-" if len(stack) < _NAMES else stack[:_NAMES]
    words = {
        "{names}": names,
        "{stack}": stack,
        "{lower}": names.lower(),
        "{short}": names[:_SHORT],
        "{zone}": zone or "*",
    }

    def said(resource: Any) -> Any:
        text = json.dumps(resource)
        for word, value in words.items():
            text = text.replace(word, value)
        return json.loads(text)

    return [
        {
            "Effect": "Allow",
            "Action": sorted(one.actions),
            "Resource": [said(_arn(resource)) for resource in one.resources],
            **({"Condition": said(one.condition)} if one.condition else {}),
        }
        for one in those
    ]


def _arn(resource: str) -> Any:
    return resource if resource == "*" else {"Fn::Sub": "arn:${AWS::Partition}" + resource}


def _split(statements: Sequence[Json]) -> list[list[Json]]:
    """In parts that fit into a managed policy each."""
    parts: list[list[Json]] = [[]]
    for one in statements:
        if len(json.dumps([*parts[-1], one], separators=(",", ":"))) > _MOST:
            parts.append([])
        parts[-1].append(one)
    return parts


def _policy(description: str, statements: Sequence[Json]) -> Json:
    document = {"Version": "2012-10-17", "Statement": statements}
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"Path": _PATH, "Description": description, "PolicyDocument": document},
    }


def _provider() -> Json:
    return {
        "Type": "AWS::IAM::OIDCProvider",
        "Condition": "MakeProvider",
        # Other repositories may use it by then.
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"Url": f"https://{_ISSUER}", "ClientIdList": [_AUDIENCE]},
    }


def _subject(pipeline: Pipeline) -> str:
    place = (
        f"environment:{pipeline.environment}" if pipeline.environment else f"ref:refs/heads/{pipeline.branch}"
    )
    return f"repo:{pipeline.repository}:{place}"


def _role(pipeline: Pipeline, subject: str, policies: Sequence[str]) -> Json:
    provider = {"Fn::If": ["MakeProvider", {"Ref": "GitHub"}, {"Ref": "Provider"}]}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Path": _PATH,
            "Description": f"GitHub: {subject}",
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Federated": provider},
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Condition": {
                            "StringEquals": {f"{_ISSUER}:aud": _AUDIENCE, f"{_ISSUER}:sub": subject}
                        },
                    }
                ],
            },
            "ManagedPolicyArns": [{"Ref": name} for name in policies],
            "Tags": [{"Key": "sameroom:project", "Value": pipeline.stack}],
        },
    }
