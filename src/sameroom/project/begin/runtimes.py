"""Which of Lambda's Pythons a project is for, by what the project itself says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple, get_args

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ..settings import Runtime, Settings

RUNTIMES: tuple[str, ...] = get_args(Runtime)


class Choice(NamedTuple):
    """A runtime and the reason, for people; "" where nothing was said."""

    runtime: str
    reason: str
    #: What no runtime satisfies.
    warning: str = ""


def choose(folder: Path, document: dict[str, Any]) -> Choice:
    """By ``.python-version``, else the default where requires-python allows it, else the newest that it does.

    ``document`` is pyproject.toml (packaging.python.org/en/latest/specifications/pyproject-toml).
    """
    usual: str = Settings().runtime
    pinned = _pinned(folder)
    if pinned in RUNTIMES:
        return Choice(pinned, ".python-version")
    unknown = f".python-version asks for {pinned}, which Lambda does not run." if pinned else ""
    project = document.get("project")
    wanted = project.get("requires-python") if isinstance(project, dict) else None
    if not isinstance(wanted, str):
        return Choice(usual, "", unknown)
    allowed = _allowed(wanted)
    if not allowed:
        return Choice(usual, "", f'requires-python "{wanted}" allows none of {", ".join(RUNTIMES)}.')
    chosen = usual if usual in allowed else allowed[-1]
    return Choice(chosen, f'requires-python "{wanted}"', unknown)


def _pinned(folder: Path) -> str:
    """pyenv's and uv's file: the first line that is a version; "" where there is none."""
    try:
        lines = (folder / ".python-version").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    for line in lines:
        found = re.fullmatch(r"(?:cpython[-@]?|python-?)?(\d+\.\d+)(?:\.\d+\w*)?", line.strip())
        if found:
            return f"python{found[1]}"
    return ""


def _allowed(wanted: str) -> list[str]:
    """A runtime is allowed when any of its patch versions is: AWS moves them on."""
    try:
        specifiers = SpecifierSet(wanted)
    except InvalidSpecifier:
        return list(RUNTIMES)
    return [
        runtime
        for runtime in RUNTIMES
        if any(f"{runtime.removeprefix('python')}.{patch}" in specifiers for patch in (0, 99, *range(1, 30)))
    ]
