"""Poetry's version constraints in PEP 440's terms.

https://python-poetry.org/docs/dependency-specification/#version-constraints
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_OPERATOR = re.compile(r"(\^|~=|~|===|==|=|!=|>=|<=|>|<)?\s*v?([^\s,|<>=!~^]+)")


def alternatives(text: str) -> tuple[SpecifierSet, ...]:
    """``text`` as specifiers of which one has to hold: "^1.2 || ~3" is >=1.2,<2 or >=3,<4.

    :raises ValueError: it is none.
    """
    return tuple(_conjunction(part) for part in re.split(r"\|\|?", text))


def holds(text: str, version: str) -> bool:
    """:raises ValueError: ``text`` is no constraint."""
    return any(each.contains(version, prereleases=True) for each in alternatives(text))


def applies(dependency: Mapping[str, Any], markers: Mapping[str, str], extras: frozenset[str]) -> bool:
    """Whether a dependency's python, platform and markers hold, one of ``extras`` being asked for or none.

    :raises ValueError: one of them is none.
    """
    python, platform, marker = (dependency.get(key) for key in ("python", "platform", "markers"))
    if python and not holds(str(python), markers["python_full_version"]):
        return False
    if platform and platform != markers["sys_platform"]:
        return False
    return not marker or marker_holds(str(marker), markers, extras)


def marker_holds(text: str, markers: Mapping[str, str], extras: frozenset[str]) -> bool:
    """:raises ValueError: ``text`` is no marker."""
    try:
        marker = Marker(text)
    except InvalidMarker as error:
        raise ValueError(str(error)) from error
    return any(marker.evaluate({**markers, "extra": extra}) for extra in ("", *sorted(extras)))


def _conjunction(text: str) -> SpecifierSet:
    rest = text.strip().strip("()")
    if rest in ("", "*"):
        return SpecifierSet()
    matches = list(_OPERATOR.finditer(rest))
    if not matches or _OPERATOR.sub("", rest).strip(" ,"):
        raise ValueError(f"{text.strip()!r} is no version constraint")
    try:
        return SpecifierSet(",".join(filter(None, (_specifier(m[1] or "", m[2]) for m in matches))))
    except (InvalidSpecifier, InvalidVersion) as error:
        raise ValueError(str(error)) from error


def _specifier(operator: str, version: str) -> str:
    if version == "*":
        return ""
    if operator == "^":
        return f">={version},<{_above(version, _caret_place(version))}"
    if operator == "~":
        return f">={version},<{_above(version, min(1, len(Version(version).release) - 1))}"
    return f"{'==' if operator in ('', '=') else operator}{version}"


def _caret_place(version: str) -> int:
    """Which number may not change: the first that is not 0, or the last that is said."""
    release = Version(version).release
    return next((place for place, number in enumerate(release) if number), len(release) - 1)


def _above(version: str, place: int) -> str:
    release = Version(version).release
    return ".".join(map(str, (*release[:place], release[place] + 1)))
