"""The template with SAM's transform, where that helps: SAM publishes the version and moves the alias.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from typing import Any

import yaml

from ..template.ids import ALIAS_NAME
from .readme import SAM, readme
from .values import ALIAS, FUNCTION, Json, Source, mapped, settled, version_id

_TRANSFORM = "AWS::Serverless-2016-10-31"
#: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
_ALIAS = f"{FUNCTION}Alias{ALIAS_NAME}"


def sam(source: Source) -> dict[str, str]:
    """Files by name; the zip goes beside them as ``app.zip``."""
    document = settled(source.document)
    version = version_id(document)
    resources = {name: one for name, one in document["Resources"].items() if name not in (ALIAS, version)}
    function = resources[FUNCTION]
    resources[FUNCTION] = {
        **function,
        "Type": "AWS::Serverless::Function",
        "Properties": {
            **{key: value for key, value in function["Properties"].items() if key != "Code"},
            "CodeUri": "app.zip",
            "AutoPublishAlias": ALIAS_NAME,
            # The settings are a part of a version, too.
            "AutoPublishAliasAllProperties": True,
        },
    }
    outputs = {name: one for name, one in document["Outputs"].items() if not _mentions(one["Value"], version)}
    whole: Json = {
        "AWSTemplateFormatVersion": document["AWSTemplateFormatVersion"],
        "Transform": _TRANSFORM,
        **{key: value for key, value in document.items() if key != "AWSTemplateFormatVersion"},
        "Resources": {name: _waiting(one) for name, one in resources.items()},
        "Outputs": outputs,
    }
    whole = mapped(whole, _reference)
    text = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)
    return {"template.yaml": text, "README.md": readme(source, SAM)}


def _reference(value: Json) -> Any:
    """SAM's own name of the alias."""
    if value == {"Ref": ALIAS}:
        return {"Ref": _ALIAS}
    if list(value) == ["Fn::Sub"] and isinstance(value["Fn::Sub"], str):
        return {"Fn::Sub": value["Fn::Sub"].replace(f"${{{ALIAS}}}", f"${{{_ALIAS}}}")}
    return value


def _waiting(one: Json) -> Json:
    after = one.get("DependsOn", [])
    names = [_ALIAS if name == ALIAS else name for name in ([after] if isinstance(after, str) else after)]
    return {**one, "DependsOn": names} if names else one


def _mentions(value: Any, version: str) -> bool:
    return f"'{version}'" in repr(value)
