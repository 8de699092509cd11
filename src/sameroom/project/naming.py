"""What a project and its stacks are called on AWS.

A stack's name has letters, digits and hyphens, begins with a letter, and is at most 128 long; a function's,
which CloudFormation makes of it, 64.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from .settings import FILE, Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_LONGEST = 64


def project_name(folder: Path, settings: Settings) -> str:
    """``name`` of the settings, else the ``[project]`` table's, else the folder's, as AWS can use it:
    ``my_shop.api`` becomes ``my-shop-api``.

    :raises SettingsError: nothing that AWS can use would be left of the name, or it is too long.
    """
    if settings.name:
        return settings.name
    said = _declared(folder)
    source, name = (f"[project] of {FILE}", said) if said else ("the folder", folder.resolve().name)
    usable = re.sub(r"[._ -]+", "-", name).strip("-")
    if re.fullmatch(rf"[A-Za-z][A-Za-z0-9-]{{0,{_LONGEST - 1}}}", usable):
        return usable
    raise SettingsError(
        f"AWS cannot use the name of {source}, {name!r}.",
        why=f"A stack's name is at most {_LONGEST} ASCII letters, digits and hyphens, the first a letter.",
        next=f'Say another in [tool.sameroom]: name = "{_suggestion(name)}"',
    )


def stack_name(name: str, stage: str) -> str:
    """``name``, or ``name-stage``; ``_`` of a stage's name becomes a hyphen.

    :raises SettingsError: the stage has other characters than a stack's name, or many.
    """
    if stage in ("", "$default"):
        return name
    part = stage.replace("_", "-").strip("-")
    if not re.fullmatch(rf"[A-Za-z0-9-]{{1,{_LONGEST - 1}}}", part):
        raise SettingsError(
            f"AWS cannot use the name of the stage {stage!r}.",
            why=f"It becomes a part of the stack's name: ASCII letters, digits and hyphens, at most "
            f"{_LONGEST - 1}.",
            next="Use another, for instance --stage prod.",
        )
    return f"{name}-{part}"


def _declared(folder: Path) -> str:
    try:
        project: Any = tomllib.loads((folder / FILE).read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return ""
    name = project.get("name", "") if isinstance(project, dict) else ""
    return name if isinstance(name, str) else ""


def _suggestion(name: str) -> str:
    letters = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-0123456789")[:_LONGEST].strip("-")
    return letters or "shop"
