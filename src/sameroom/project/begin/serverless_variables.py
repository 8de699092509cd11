"""``${...}`` of serverless.yml, resolved as far as the file itself and the stage can tell.

https://www.serverless.com/framework/docs/providers/aws/guide/variables
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...errors import SettingsError
from .environment import as_text

_VARIABLE = re.compile(r"\$\{([^${}]*)\}")
_SOURCE = re.compile(r"(?P<kind>[A-Za-z][\w-]*)(?:\([^)]*\))?:(?P<address>.*)", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_UNKNOWN = object()
#: Substitutions in one text; more is a circle.
_MOST_STEPS = 100
_LONGEST = 10_000
#: Values in all that is resolved; a file whose variables multiply it beyond that is no configuration.
_MOST_VALUES = 100_000


class Variables:
    """The variables of one document at one stage, and those it could not resolve."""

    def __init__(self, document: Mapping[str, Any], stage: str = "") -> None:
        self._document = document
        self._asked = stage
        self._open: list[str] = []
        self._count = 0
        self.stage = "dev"
        self.stage = stage or self._declared_stage()

    def resolved(self, value: Any) -> Any:
        """``value`` with every variable that can be known put in; the others stay as they are written.

        :raises SettingsError: variables multiply each other without end.
        """
        self._count += 1
        if self._count > _MOST_VALUES:
            raise SettingsError(
                "The variables of this file multiply each other.",
                why=f"Written out, it has more than {_MOST_VALUES:,} values.",
                next="Start without it: sameroom init --from none.",
            )
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self.resolved(inner) for key, inner in value.items()}
        return [self.resolved(inner) for inner in value] if isinstance(value, list) else value

    def _declared_stage(self) -> str:
        provider = self._document.get("provider")
        declared = self.resolved(provider.get("stage")) if isinstance(provider, Mapping) else None
        return declared if isinstance(declared, str) and declared and "${" not in declared else "dev"

    def _text(self, text: str) -> Any:
        """Innermost variables first; a text that is one variable takes on the variable's own kind."""
        known: dict[str, str] = {}
        for _ in range(_MOST_STEPS):
            found = _VARIABLE.search(text)
            if found is None or len(text) > _LONGEST:
                break
            value = self._value(found[1])
            if found[0] == text and value is not _UNKNOWN:
                return value
            inserted = as_text(value) if value is not _UNKNOWN else None
            if inserted is None or "${" in inserted:
                # Set aside what cannot be known, so that the rest of the text can be.
                inserted = f"\0{len(known)}\0"
                known[inserted] = found[0]
            text = text[: found.start()] + inserted + text[found.end() :]
        for mark in reversed(known):
            text = text.replace(mark, known[mark])
        return text

    def _value(self, inner: str) -> Any:
        """``self:custom.x, opt:stage, 'dev'``: the first that is known."""
        parts = [part.strip() for part in inner.split(",")]
        for part in parts:
            value = self._source(part)
            if value is not _UNKNOWN and value is not None:
                return value
        return self.stage if "opt:stage" in parts else _UNKNOWN

    def _source(self, part: str) -> Any:
        if "\0" in part:
            return _UNKNOWN
        quoted = _QUOTED.fullmatch(part)
        if quoted:
            return quoted[1] if quoted[1] is not None else quoted[2]
        if part in ("true", "false"):
            return part == "true"
        if re.fullmatch(r"-?\d{1,15}", part):
            return int(part)
        source = _SOURCE.fullmatch(part)
        return self._looked_up(source["kind"], source["address"].strip()) if source else _UNKNOWN

    def _looked_up(self, kind: str, address: str) -> Any:
        if kind == "opt":
            # Without --stage the defaults behind the comma come first.
            return (self._asked or _UNKNOWN) if address == "stage" else _UNKNOWN
        if (kind, address) in (("sls", "stage"), ("self", "provider.stage")):
            return self.stage
        if kind == "self":
            return self._at(address.split("."), address)
        if kind == "param":
            for stage in (self.stage, "default"):
                for place in (["params", stage, address], ["stages", stage, "params", address]):
                    value = self._at(place, ".".join(place))
                    if value is not _UNKNOWN and value is not None:
                        return value
        return _UNKNOWN

    def _at(self, place: list[str], address: str) -> Any:
        if address in self._open:
            return _UNKNOWN
        value: Any = self._document
        self._open.append(address)
        try:
            for step in filter(None, place):
                if isinstance(value, str):
                    value = self._text(value)
                if isinstance(value, Mapping) and step in value:
                    value = value[step]
                elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                    value = value[int(step)]
                else:
                    return _UNKNOWN
            return self.resolved(value)
        finally:
            self._open.pop()


def unresolved(value: Any) -> bool:
    """Whether a variable is still in it."""
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, Mapping):
        return any(map(unresolved, value.values()))
    return isinstance(value, list) and any(map(unresolved, value))
