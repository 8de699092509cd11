"""What a template is made of. Pure values; property values are CloudFormation's own JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from ..project import Settings

#: A JSON object of CloudFormation's: properties, intrinsic functions, statements.
Json = dict[str, Any]


class Code(NamedTuple):
    """The function's code: a zip in S3 whose key carries its SHA-256."""

    bucket: str
    key: str
    #: In hex.
    sha256: str
    #: "python3.13"
    runtime: str
    architecture: Literal["arm64", "x86_64"]


class Wish(NamedTuple):
    """All that a template is made from."""

    #: The stack's name: the project's, and the stage's after a hyphen.
    stack: str
    settings: Settings
    code: Code
    #: For the runtime and the app: ``project.runtime_variables`` and ``settings.env``.
    variables: Mapping[str, str]
    #: The stage's name, "" for none.
    stage: str = ""


class Resource(NamedTuple):
    """One resource; ``keep`` retains it when it leaves the template or is replaced."""

    type: str
    properties: Json
    keep: bool = False
    depends_on: tuple[str, ...] = ()


class Output(NamedTuple):
    """One output of the stack."""

    value: Any
    description: str


class Statement(NamedTuple):
    """What the function's role may do, and why: ``sid`` is a name of letters and digits."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[Any, ...]
    condition: Mapping[str, Any] = {}


class Part(NamedTuple):
    """What one file of this room adds to the template; ``resources`` and ``outputs`` by logical id."""

    resources: Mapping[str, Resource] = {}
    #: Variables of the function; texts or intrinsic functions.
    environment: Mapping[str, Any] = {}
    #: Statements of the function's role.
    statements: tuple[Statement, ...] = ()
    outputs: Mapping[str, Output] = {}


class Template(NamedTuple):
    """One CloudFormation document. ``text`` is its JSON, the same for the same wish on every machine."""

    document: Json
    text: str


def ref(logical_id: str) -> Json:
    """``{"Ref": ...}``"""
    return {"Ref": logical_id}


def arn(logical_id: str) -> Json:
    """``{"Fn::GetAtt": [..., "Arn"]}``"""
    return attribute(logical_id, "Arn")


def attribute(logical_id: str, name: str) -> Json:
    """``{"Fn::GetAtt": [...]}``"""
    return {"Fn::GetAtt": [logical_id, name]}


def sub(text: str) -> Json:
    """``{"Fn::Sub": ...}``"""
    return {"Fn::Sub": text}
