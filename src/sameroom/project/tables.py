"""DynamoDB tables as ``[tool.sameroom.tables.<name>]`` declares them.

Terms and limits are DynamoDB's own:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from .forms import Form

Projection = Literal["all", "keys_only"] | tuple[str, ...]


class Key(NamedTuple):
    """A key attribute and its type: S (string), N (number) or B (binary)."""

    name: str
    type: str = "S"


def _key(value: Any) -> Key:
    if isinstance(value, Key):
        return value
    found = re.fullmatch(r"([^:]{1,255})(?::([SNB]))?", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('a key is "name", or "name:N" for a number, "name:B" for binary')
    return Key(found[1], found[2] or "S")


def _projection(value: Any) -> Projection:
    if value in ("all", "keys_only"):
        return value  # type: ignore[no-any-return]
    if isinstance(value, list | tuple) and value and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise ValueError('a projection is "all", "keys_only" or a list of attribute names')


KeyText = Annotated[Key, BeforeValidator(_key)]
#: Table and index names: 3 to 255 letters, digits, ``_``, ``-`` and ``.``.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
#: Lambda sets these itself and refuses them from anybody else, and names that begin with ``_``.
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
RESERVED = (
    "AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|"
    "AWS_LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|"
    "LOG_(FORMAT|LEVEL)|RUNTIME_API)|LAMBDA_(TASK_ROOT|RUNTIME_DIR)"
)

_VARIABLE = rf"^(?!({RESERVED})$)[A-Za-z][A-Za-z0-9_]+$"
_VARIABLE_WORDS = (
    "a variable is two or more letters, digits and _, the first a letter, "
    "and none of those that Lambda sets itself, such as AWS_REGION"
)
VariableName = Annotated[str, Form(_VARIABLE, _VARIABLE_WORDS)]
OptionalVariable = Annotated[str, Form(f"^$|{_VARIABLE}", _VARIABLE_WORDS)]
SecretName = Annotated[
    str,
    # Here a variable of its name goes before the file: Lambda's own would.
    Form(
        rf"^(?!({RESERVED})$)[A-Za-z_][A-Za-z0-9_]{{0,127}}$",
        "a secret's name is up to 128 letters, digits and _, no digit first, and none of the variables that "
        "Lambda sets itself, such as AWS_REGION",
    ),
]


class Index(BaseModel):
    """A global secondary index."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    partition_key: KeyText
    sort_key: KeyText | None = None
    projection: Annotated[Projection, BeforeValidator(_projection)] = "all"


class Table(BaseModel):
    """One table. ``env`` names the environment variable that tells the app the table's name."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    partition_key: KeyText
    sort_key: KeyText | None = None
    #: The attribute with each item's expiry in epoch seconds.
    ttl: str | None = None
    #: Whether the function is told of changes.
    stream: bool = False
    #: "" stands for the default, the table's name in capitals and ``_TABLE``.
    env: OptionalVariable = ""
    indexes: dict[Name, Index] = {}


def variable(name: str, table: Table) -> str:
    """The environment variable that carries the table's name: ``user-notes`` gives ``USER_NOTES_TABLE``."""
    return table.env or re.sub(r"\W|\.", "_", name).upper() + "_TABLE"
