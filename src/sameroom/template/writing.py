"""Values -> CloudFormation's JSON, the same bytes for the same document."""

from __future__ import annotations

import json

from .values import Json, Output, Resource


def resource(one: Resource) -> Json:
    """A resource as the document has it.

    What is kept outlives the template, but not the failed deploy that made it: data nobody has written to
    yet, and a version, which the next try has to publish anew.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    found: Json = {"Type": one.type, "Properties": one.properties}
    if one.depends_on:
        found["DependsOn"] = list(one.depends_on)
    if one.keep:
        found |= {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    return found


def output(one: Output) -> Json:
    """An output as the document has it."""
    return {"Value": one.value, "Description": one.description}


def written(document: Json) -> str:
    """JSON with one space of indentation: as short as a person still can read."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
