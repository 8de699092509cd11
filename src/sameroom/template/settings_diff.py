"""How the function's configuration differs between two templates, for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..project.leaks import looks_secret
from .grants import spelled
from .ids import FUNCTION

#: The runtime's own variables, which name secrets and hold none.
_OURS = "SAMEROOM_"
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
        if (
            before != after
            and not name.startswith(_OURS)
            and any(looks_secret(name, one) for one in (before, after))
        ):
            before, after = _hidden(before, after)
        yield Difference(f"env {name}", before, after)


def _hidden(before: str, after: str) -> tuple[str, str]:
    """What can be said of two secrets without saying either."""
    if before and after:
        return "(hidden)", "(another, hidden)"
    return ("(hidden)" if before else ""), ("(hidden)" if after else "")


def _function(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document.get("Resources", {}).get(FUNCTION, {}).get("Properties", {})
    return found


def _variables(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = properties.get("Environment", {}).get("Variables", {})
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping) and not any(key == "Ref" or key.startswith("Fn::") for key in value):
        return ", ".join(f"{key} {_text(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(one) for one in value)
    return spelled(value)
