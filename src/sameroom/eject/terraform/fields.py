"""CloudFormation's properties -> Terraform's arguments, by tables. What a table does not know is an error:
nothing is left out unseen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...errors import TemplateError
from .hcl import Block, Encoded
from .references import References

#: Arguments by name.
Body = dict[str, Any]
#: A property's value, as ``References`` left it -> arguments.
Change = Callable[[Any], Body]


class Nested(NamedTuple):
    """An object, or a list of them, that becomes a block each."""

    name: str
    fields: Mapping[str, Any]


class Document(NamedTuple):
    """A JSON document, such as a policy."""

    name: str


#: By property: the argument's name, or one of the above, or a ``Change``.
Fields = Mapping[str, Any]


def same(names: str) -> dict[str, str]:
    """Properties that are called the same but for the spelling: ``MemorySize`` and ``memory_size``."""
    return {name: snake(name) for name in names.split()}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def filled(fields: Fields, said: Mapping[str, Any], what: str, to: References) -> Body:
    """The arguments for the properties ``said`` of ``what``.

    :raises TemplateError: there is a property that the table does not know.
    """
    body: Body = {}
    for name, value in said.items():
        if name not in fields:
            raise TemplateError(
                f"{name} of {what} has no counterpart in Terraform here.",
                next="Eject as CloudFormation or SAM, and please report this.",
            )
        field = fields[name]
        if isinstance(field, Nested):
            inner = [
                Block(filled(field.fields, one, f"{what}.{name}", to))
                for one in (value if isinstance(value, list) else [value])
            ]
            body[field.name] = inner
        elif isinstance(field, Document):
            body[field.name] = Encoded(to.value(value))
        elif isinstance(field, str):
            body[field] = to.value(value)
        else:
            body.update(field(to.value(value)))
    return body
