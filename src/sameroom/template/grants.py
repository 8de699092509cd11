"""Whom a stack's template lets do what: read back from a document, the new or the deployed one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Grant(NamedTuple):
    """One action on one resource, allowed to somebody."""

    #: A role's logical id, a service ("apigateway.amazonaws.com") or "everybody".
    who: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.who} may {self.action} on {self.resource}"


def grants(document: Mapping[str, Any]) -> frozenset[Grant]:
    """Every grant of a CloudFormation document; of an empty one, none."""
    return frozenset(
        grant
        for name, resource in document.get("Resources", {}).items()
        for grant in _READERS.get(resource.get("Type", ""), _nothing)(name, resource.get("Properties", {}))
    )


def _nothing(name: str, said: Mapping[str, Any]) -> Iterator[Grant]:
    yield from ()


def _of_role(name: str, said: Mapping[str, Any]) -> Iterator[Grant]:
    for policy in said.get("Policies", ()):
        for statement in _allowing(policy.get("PolicyDocument", {})):
            yield from _granted(name, statement)
    for managed in _listed(said.get("ManagedPolicyArns", ())):
        yield Grant(name, f"all of {spelled(managed)}", "*")


def _of_permission(name: str, said: Mapping[str, Any]) -> Iterator[Grant]:
    principal = spelled(said.get("Principal", ""))
    who = "everybody" if principal == "*" else principal
    source = spelled(said.get("SourceArn", ""))
    by_url = " by its URL" if said.get("InvokedViaFunctionUrl") or said.get("FunctionUrlAuthType") else ""
    who = f"{who}, for {source}" if source else f"{who}{by_url}"
    yield Grant(who, said.get("Action", ""), spelled(said.get("FunctionName", "")))


def _of_resource_policy(name: str, said: Mapping[str, Any]) -> Iterator[Grant]:
    """Allowing statements of a bucket's, queue's, topic's or Lattice service's own policy."""
    for statement in _allowing(said.get("PolicyDocument") or said.get("Policy") or {}):
        yield from _granted(_principal(statement.get("Principal", "")), statement)


def _allowing(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for statement in _listed(document.get("Statement", ())):
        if statement.get("Effect") == "Allow":
            yield statement


def _granted(who: str, statement: Mapping[str, Any]) -> Iterator[Grant]:
    actions = _listed(statement.get("Action", ()))
    actions += [f"all but {action}" for action in _listed(statement.get("NotAction", ()))]
    resources = [spelled(resource) for resource in _listed(statement.get("Resource", ()))]
    resources += [f"all but {spelled(resource)}" for resource in _listed(statement.get("NotResource", ()))]
    for action in actions:
        for resource in resources:
            yield Grant(who, action, resource)


def _principal(said: Any) -> str:
    if said == "*" or (isinstance(said, Mapping) and "*" in _listed(said.get("AWS", ()))):
        return "everybody"
    if isinstance(said, Mapping):
        return ", ".join(spelled(one) for names in said.values() for one in _listed(names))
    return spelled(said)


_READERS = {
    "AWS::IAM::Role": _of_role,
    "AWS::Lambda::Permission": _of_permission,
    **dict.fromkeys(
        (
            *("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"),
            "AWS::VpcLattice::AuthPolicy",
        ),
        _of_resource_policy,
    ),
}


def spelled(value: Any) -> str:
    """A property's value as a person reads it: ``{"Fn::GetAtt": ["Queue", "Arn"]}`` is ``Queue``."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        function, argument = next(iter(value.items()))
        if function == "Ref":
            return str(argument)
        if function == "Fn::GetAtt":
            name, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
            return str(name) if attribute == "Arn" else f"{name}.{attribute}"
        if function == "Fn::Sub":
            text = argument if isinstance(argument, str) else argument[0]
            text = re.sub(r"\$\{AWS::(\w+)\}", r"<\1>", text)
            return re.sub(r"\$\{(\w+)(?:\.Arn)?\}", r"\1", text)
        if function == "Fn::Join":
            return str(argument[0]).join(spelled(one) for one in argument[1])
    return str(value)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
