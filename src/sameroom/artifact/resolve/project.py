"""What pyproject.toml says of the project's own needs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.errors import ExceptionGroup
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ...errors import LockError, SettingsError
from ...project.settings import FILE
from ..target import Target

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: More patch releases than any Python had.
_PATCHES = 100


def document(folder: Path) -> dict[str, Any]:
    """pyproject.toml, {} when there is none.

    :raises LockError: it is no TOML.
    """
    path = folder / FILE
    return toml(path, FILE, "Mend that line and try again.") if path.is_file() else {}


def toml(path: Path, called: str, next: str) -> dict[str, Any]:
    """:raises LockError: the file cannot be read, or is no TOML."""
    try:
        return parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LockError(f"{called} cannot be read.", why=f"{error}.", next=next) from error


def parsed(text: str) -> dict[str, Any]:
    """:raises ValueError: ``text`` is no TOML."""
    return tomllib.loads(text)


def table(values: Any, *names: str) -> dict[str, Any]:
    """The table at ``names``, {} where there is none."""
    for name in names:
        values = values.get(name) if isinstance(values, Mapping) else None
    return dict(values) if isinstance(values, Mapping) else {}


def name(pyproject: Mapping[str, Any]) -> str:
    """The project's normalised name, "" when it has none."""
    said = table(pyproject, "project").get("name") or table(pyproject, "tool", "poetry").get("name")
    return canonicalize_name(said) if isinstance(said, str) else ""


def full_version(target: Target, *required: SpecifierSet | None) -> str | None:
    """The first patch release of the target's Python that all of ``required`` take, None when none does.

    Lambda keeps its runtimes at a recent patch release
    (docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html), and locks name only the minor.
    """
    minor = "{}.{}".format(*target.python)
    wanted = SpecifierSet(",".join(str(each) for each in required if each))
    return next((found for patch in range(_PATCHES) if wanted.contains(found := f"{minor}.{patch}")), None)


def environment(target: Target, version: str) -> dict[str, str]:
    """The target's markers at one patch release."""
    return {**target.environment(), "python_full_version": version, "implementation_version": version}


def python_version(pyproject: Mapping[str, Any], target: Target) -> str:
    """The patch release to resolve for.

    :raises SettingsError: the project's requires-python leaves the target out, or is none.
    """
    said = str(table(pyproject, "project").get("requires-python") or "")
    try:
        found = full_version(target, SpecifierSet(said))
    except InvalidSpecifier as error:
        raise SettingsError(
            f"{FILE}'s requires-python cannot be read.", why=f"{error}.", next='Write it as ">=3.12".'
        ) from error
    if found is None:
        raise SettingsError(
            f"The project does not run on {target.runtime}.",
            why=f'{FILE} has requires-python = "{said}".',
            next="Set runtime in [tool.sameroom] to one that it takes, or widen requires-python.",
        )
    return found


def wanted(
    pyproject: Mapping[str, Any], extras: Sequence[str], groups: Sequence[str], markers: Mapping[str, str]
) -> tuple[Requirement, ...]:
    """[project]'s dependencies with the chosen extras' and [dependency-groups]' that hold under ``markers``,
    without their markers.

    :raises SettingsError: an extra or a group is not there, or a requirement is none.
    """
    found = []
    for text in _texts(pyproject, extras, groups):
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise SettingsError(
                f"{FILE} has a dependency that is none: {text!r}.", why=str(error), next="Mend it (PEP 508)."
            ) from error
        if requirement.marker is None or requirement.marker.evaluate({**markers, "extra": ""}):
            requirement.marker = None
            found.append(requirement)
    return tuple(found)


def declared(
    pyproject: Mapping[str, Any], extras: Sequence[str], groups: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of ``extras`` and ``groups`` that pyproject.toml itself knows: a lock may know more."""
    optional = {canonicalize_name(each) for each in _optional(table(pyproject, "project"))}
    known = {canonicalize_name(each) for each in table(pyproject, "dependency-groups")}
    return (
        tuple(each for each in extras if canonicalize_name(each) in optional),
        tuple(each for each in groups if canonicalize_name(each) in known),
    )


def _texts(pyproject: Mapping[str, Any], extras: Sequence[str], groups: Sequence[str]) -> Iterator[str]:
    project = table(pyproject, "project")
    yield from _listed(project.get("dependencies"))
    optional = {str(canonicalize_name(extra)): texts for extra, texts in _optional(project).items()}
    open_extras: list[str] = [canonicalize_name(extra) for extra in extras]
    seen: set[str] = set()
    while open_extras:
        extra = open_extras.pop(0)
        if extra in seen:
            continue
        seen.add(extra)
        if extra not in optional:
            raise absent("extra", extra, optional, "[project.optional-dependencies]")
        for text in _listed(optional[extra]):
            own = _own_extras(text, name(pyproject))
            open_extras += own
            if not own:
                yield text
    for group in groups:
        yield from _group(table(pyproject, "dependency-groups"), group)


def _group(declared: Mapping[str, Any], group: str) -> tuple[str, ...]:
    try:
        return resolve_dependency_groups(declared, group)
    except (ExceptionGroup, ValueError, LookupError, TypeError) as error:
        if canonicalize_name(group) not in {canonicalize_name(each) for each in declared}:
            raise absent("dependency group", group, declared, "[dependency-groups]") from error
        raise SettingsError(
            f"{FILE}'s dependency group {group!r} cannot be read.", why=f"{error}.", next="Mend it (PEP 735)."
        ) from error


def absent(kind: str, asked: str, there: Iterable[str], where: str) -> SettingsError:
    """An extra or a group that the settings name and ``where`` has not."""
    return SettingsError(
        f"There is no {kind} {asked!r}.",
        why=f"{where} has {', '.join(sorted(there)) or 'none'}.",
        next=f"Mend {'extras' if kind == 'extra' else 'groups'} in [tool.sameroom], or add it there.",
    )


def _listed(values: Any) -> list[str]:
    """:raises SettingsError: it is no list of texts."""
    if not isinstance(values or [], list) or any(not isinstance(each, str) for each in values or []):
        raise SettingsError(
            f"{FILE} has dependencies that are no list: {values!r}.", next='Write them as ["flask>=3", ...].'
        )
    return list(values or [])


def _optional(project: Mapping[str, Any]) -> dict[str, Any]:
    return table(project, "optional-dependencies")


def _own_extras(text: str, own_name: str) -> list[str]:
    """The extras "shop[pg]" asks for where shop is the project itself."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return []
    return (
        [str(canonicalize_name(extra)) for extra in sorted(requirement.extras)]
        if own_name and canonicalize_name(requirement.name) == own_name
        else []
    )
