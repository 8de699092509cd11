"""The project's own metadata, as an installer would have written it: apps ask for their version and plugins.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from .members import Loose, Member

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def metadata(folder: Path, root: Path) -> tuple[Member, ...]:
    """``<name>-<version>.dist-info`` of the project in ``folder``; nothing where it has no name or version.

    A version that is not in pyproject.toml is taken from what setuptools left in ``root`` or ``folder``.
    """
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return ()
    name = project.get("name")
    version = project.get("version") or next(_versions(folder, root), "")
    if not isinstance(name, str) or not isinstance(version, str) or not (name and version):
        return ()
    info = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}.dist-info"
    texts = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}
    points = _entry_points(project)
    if points:
        texts["entry_points.txt"] = points
    return tuple(Member(f"{info}/{file}", "", Loose(text.encode())) for file, text in texts.items())


def _versions(folder: Path, root: Path) -> Iterator[str]:
    for place in (root, folder):
        for found in (place / "PKG-INFO", *sorted(place.glob("*.egg-info/PKG-INFO"))):
            try:
                said = HeaderParser().parsestr(found.read_text(encoding="utf-8")).get("Version")
            except (OSError, ValueError):
                continue
            if said:
                yield said


def _entry_points(project: Mapping[str, Any]) -> str:
    """The groups that the app may look for. Scripts are no use on Lambda."""
    groups = project.get("entry-points")
    if not isinstance(groups, dict):
        return ""
    lines = []
    for group, points in sorted(groups.items()):
        if isinstance(points, dict):
            lines.append(f"[{group}]")
            lines += [f"{name} = {value}" for name, value in sorted(points.items())]
    return "\n".join((*lines, "")) if lines else ""
