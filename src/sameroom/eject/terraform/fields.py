"""CloudFormation's properties -> Terraform's arguments, by tables. What a table does not know is an error:
nothing is left out unseen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ...errors import TemplateError
from .hcl import Block, Encoded
from .references import References

#: Arguments by name.
Body = dict[str, Any]
#: A property's value, as ``References`` left it -> arguments.
Change = Callable[[Any], Body]


class Nested(NamedTuple):
    """An object, or a list of them, that becomes a block each; ``more`` is what Terraform wants said."""

    name: str
    fields: Mapping[str, Any]
    more: Mapping[str, Any] = MappingProxyType({})


class Flat(NamedTuple):
    """An object whose properties are arguments of what it belongs to."""

    fields: Mapping[str, Any]
    more: Mapping[str, Any] = MappingProxyType({})


class Pairs(NamedTuple):
    """A list of objects with a ``key`` and a ``value`` each: one argument, a map; or fields by key."""

    key: str
    value: str
    into: str | Mapping[str, Any]


class Column(NamedTuple):
    """A list of objects that becomes a list of what each has as ``of``."""

    name: str
    of: str
    rest: Mapping[str, Any]


class Given(NamedTuple):
    """What goes without saying in Terraform, if it is this."""

    value: Any


class Document(NamedTuple):
    """A JSON document, such as a policy."""

    name: str


#: By property: the argument's name, or one of the above, or a ``Change``; None for what is said elsewhere.
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
            raise _unknown(name, what)
        body.update(_arguments(fields[name], value, f"{what}.{name}", to))
    return body


def _arguments(field: Any, value: Any, what: str, to: References) -> Body:
    if field is None:
        return {}
    if isinstance(field, str):
        return {field: to.value(value)}
    if isinstance(field, Document):
        return {field.name: Encoded(to.value(value))}
    if isinstance(field, Flat):
        return {**filled(field.fields, value, what, to), **field.more}
    if isinstance(field, Nested):
        every = value if isinstance(value, list) else [value]
        return {field.name: [Block({**filled(field.fields, one, what, to), **field.more}) for one in every]}
    if isinstance(field, Given):
        if value != field.value:
            raise _unknown(repr(value), what)
        return {}
    if isinstance(field, (Pairs, Column)):
        return _listed(field, value, what, to)
    found: Body = field(to.value(value))
    return found


def _listed(field: Pairs | Column, value: Any, what: str, to: References) -> Body:
    if isinstance(field, Column):
        for one in value:
            filled({**field.rest, field.of: None}, one, what, to)
        return {field.name: [to.value(one[field.of]) for one in value]}
    for one in value:
        filled({field.key: None, field.value: None}, one, what, to)
    said = {one[field.key]: one[field.value] for one in value}
    if isinstance(field.into, str):
        return {field.into: to.value(said)}
    return filled(field.into, said, what, to)


def _unknown(name: str, what: str) -> TemplateError:
    return TemplateError(
        f"{name} of {what} has no counterpart in Terraform here.",
        next="Eject as CloudFormation or SAM, and please report this.",
    )
