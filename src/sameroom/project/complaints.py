"""pydantic's errors, told so that a person can mend pyproject.toml without opening a manual."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..errors import SettingsError

_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    tuple: "a list",
    dict: "a table",
    type(None): "nothing",
}
#: What pydantic found fault with, and what is allowed instead.
_ALLOWED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list of texts",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_LENGTHS = {
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "string_too_short": "text that is not empty",
    "string_too_long": "text of at most {max_length} characters",
}
_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


#: Keys that other tools have and this one does not, and why; on purpose, none is near one of ours.
_REFUSED = {
    "layers": "sameroom deploys no layers: what the app needs travels in its zip (see extras and include)",
    "capacity_provider": "sameroom does not deploy to Lambda Managed Instances, which cost by the hour",
    "instances": "sameroom does not deploy to Lambda Managed Instances, which cost by the hour; "
    "concurrency is how many sandboxes may run at a time",
}


class Complaint(NamedTuple):
    """What is wrong with one key, and what would be right."""

    problem: str
    remedy: str


def complain(error: ValidationError, model: type[BaseModel], where: str) -> SettingsError:
    """One error for everything pydantic found wrong in ``where``."""
    complaints = [_complaint(detail, model) for detail in error.errors(include_url=False)]
    if len(complaints) == 1:
        problem, remedy = complaints[0]
        sentence = remedy[:1].upper() + remedy[1:]
        return SettingsError(f"{where}: {problem}.", next=sentence + ("" if sentence[-1] in "?." else "."))
    return SettingsError(
        f"{where}: {len(complaints)} things cannot be used.",
        why="\n".join(f"- {problem}; {remedy}" for problem, remedy in complaints),
        next="Mend these and try again.",
    )


def _complaint(detail: ErrorDetails, model: type[BaseModel]) -> Complaint:
    place = [str(part) for part in detail["loc"] if part != "[key]"]
    name = ".".join(place)
    kind = detail["type"]
    if kind == "extra_forbidden":
        if place[-1] in _REFUSED:
            return Complaint(f"there is no key {name}", _REFUSED[place[-1]])
        return Complaint(f"there is no key {name}", _did_you_mean(place, model))
    if kind == "missing":
        table = ".".join(["tool.sameroom", *(part for part in place[:-1] if not part.isdigit())])
        return Complaint(f"{name} is missing", f"write {place[-1]} under [{table}]")
    if "[key]" in detail["loc"]:
        return Complaint(f"{name} cannot be a name here", _allowed_name(detail))
    found = f"{name or 'it'} is {_found(detail['input'])}"
    if kind == "value_error":
        return _of_several_keys(name, detail) if _is_table(detail) else Complaint(found, _reason(detail))
    return Complaint(found, f"allowed is {_allowed(detail)}")


def _allowed_name(detail: ErrorDetails) -> str:
    context = detail["ctx"]
    return f"names match {context['pattern']}" if "pattern" in context else _reason(detail)


def _of_several_keys(name: str, detail: ErrorDetails) -> Complaint:
    """What a model says of its keys together, as "problem; remedy"."""
    problem, remedy = _reason(detail).split("; ")
    return Complaint(f"{name}: {problem}" if name else problem, remedy)


def _is_table(detail: ErrorDetails) -> bool:
    return isinstance(detail["input"], dict)


def _reason(detail: ErrorDetails) -> str:
    return str(detail["ctx"]["error"])


def _allowed(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        return str(context["expected"]).replace("'", '"')
    if kind == "string_pattern_mismatch":
        return f"text that matches {context['pattern']}"
    if kind in _LENGTHS:
        return _LENGTHS[kind].format(**context)
    if kind == "tuple_type" and _is_table(detail):
        return "a list of tables, [[...]]"
    for limit, words in _LIMITS.items():
        if limit in context:
            return f"{words} {context[limit]:g}"
    return _ALLOWED.get(kind, detail["msg"])


def _found(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if isinstance(value, bool):
        return f"{str(value).lower()} ({_KINDS[bool]})"
    if isinstance(value, dict | list | tuple) or value is None:
        return _KINDS[type(value)]
    kind = _KINDS.get(type(value), type(value).__name__)
    return f"{value} ({kind})"


def _did_you_mean(place: Sequence[str], model: type[BaseModel]) -> str:
    known = _keys_at(place[:-1], model)
    near = difflib.get_close_matches(place[-1], known, n=1, cutoff=0.6)
    near = near or [key for key in known if len(place[-1]) > 2 and key.startswith(place[-1])]
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


def _keys_at(place: Sequence[str], model: type[BaseModel]) -> list[str]:
    """The keys of the nested model that ``place`` leads to."""
    if not place:
        return list(model.model_fields)
    field = model.model_fields.get(place[0])
    inner = _model_in(field.annotation) if field else None
    if inner is None:
        return []
    # By name, or by number.
    keyed = get_origin(field.annotation) in (dict, tuple) if field else False
    return _keys_at(place[2:] if keyed else place[1:], inner)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
