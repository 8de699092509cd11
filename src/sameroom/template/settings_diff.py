"""How the function's configuration differs between two templates, for people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..project.leaks import leaks
from .grants import spelled
from .ids import FUNCTION

_SECRET_NAME = re.compile(r"secret|token|passw|api_?key|private|credential|dsn", re.IGNORECASE)
#: Property of the function -> what it is called.
_NAMES = {
    "Runtime": "runtime",
    "Architectures": "architecture",
    "MemorySize": "memory",
    "Timeout": "timeout",
    "ReservedConcurrentExecutions": "ceiling",
    "SnapStart": "snapstart",
    "VpcConfig": "vpc",
    "LoggingConfig": "log",
}


class Difference(NamedTuple):
    """One setting; ``before`` or ``after`` is "" where there is none."""

    name: str
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What of the function's configuration changes from one document to another; environment variables by
    name, and those that look like a secret without their values."""
    had, has = _function(before), _function(after)
    found = [Difference(name, _text(had.get(key)), _text(has.get(key))) for key, name in _NAMES.items()]
    found += _environment(_variables(had), _variables(has))
    return tuple(one for one in found if one.before != one.after)


def _environment(had: Mapping[str, Any], has: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted({*had, *has}):
        before, after = _text(had.get(name)), _text(has.get(name))
        if before != after and _is_secret(name, before, after):
            before, after = ("(hidden)" if before else ""), ("(another, hidden)" if after else "")
        yield Difference(f"env {name}", before, after)


def _is_secret(name: str, *values: str) -> bool:
    return bool(_SECRET_NAME.search(name)) or any(
        leaks("environment", f'{name} = "{value}"'.encode()) for value in values if value
    )


def _function(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document.get("Resources", {}).get(FUNCTION, {}).get("Properties", {})
    return found


def _variables(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = properties.get("Environment", {}).get("Variables", {})
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping) and len(value) > 1:
        return ", ".join(f"{key} {_text(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(one) for one in value)
    return spelled(value)
