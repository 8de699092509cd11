"""Which of the project's files travel: git's own ignore rules, ours, and the settings' patterns."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pathspec import GitIgnoreSpec

#: Never of use on Lambda, whatever anybody says.
_NEVER = {".git", ".hg", ".svn", ".sameroom", "__pycache__"}
_FOLDERS = {
    "node_modules": "Node's packages",
    "cdk.out": "another tool's output",
    "htmlcov": "a test report",
}
#: Below the project's top only: a package called tests is the app's affair.
_TOP_FOLDERS = {"tests": "the project's tests", "test": "the project's tests", "dist": "build output"}
_TOP_FILES = {
    **dict.fromkeys(
        ("uv.lock", "poetry.lock", "pylock.toml", "Pipfile", "Pipfile.lock", "pdm.lock"), "a lock"
    ),
    **dict.fromkeys(("Dockerfile", "Containerfile", "docker-compose.yml", "compose.yaml"), "for containers"),
    **dict.fromkeys(("zappa_settings.json", "serverless.yml", "samconfig.toml"), "another tool's settings"),
    **dict.fromkeys(("Makefile", "Procfile", "tox.ini", "noxfile.py", "conftest.py"), "for development"),
}


class Patterns(NamedTuple):
    """What the project says of its own files."""

    include: GitIgnoreSpec
    exclude: GitIgnoreSpec
    #: The literal beginnings of ``include``: these lead into folders that are left out otherwise.
    leads: tuple[str, ...]
    #: Files that ``include`` names as they are.
    named: frozenset[str]


def patterns(include: Sequence[str], exclude: Sequence[str]) -> Patterns:
    named = frozenset(pattern.lstrip("/") for pattern in include)
    leads = []
    for pattern in include:
        literal = pattern.lstrip("/")
        for sign in "*?[":
            literal = literal.partition(sign)[0]
        if "/" in pattern.strip("/"):
            leads.append(literal)
    return Patterns(GitIgnoreSpec.from_lines(include), GitIgnoreSpec.from_lines(exclude), tuple(leads), named)


def never(name: str) -> str:
    """Why nothing of this name travels, whatever anybody says; "" for other names."""
    return "made anew where it is needed" if name in _NEVER or name.endswith((".pyc", ".pyo")) else ""


def stays(path: str, *, is_folder: bool, said: Patterns, ignored: bool) -> str:
    """Why the file or folder at ``path`` stays at home unless it is included; "" when it travels."""
    parts = path.split("/")
    name = parts[-1]
    if said.exclude.match_file(path + "/" * is_folder):
        return "your exclude pattern"
    if ignored:
        return "git ignores it"
    if name.startswith("."):
        return "hidden"
    if name.endswith(".egg-info"):
        return "build output"
    by_name = _FOLDERS.get(name, "") if is_folder else ""
    if len(parts) > 1 or by_name:
        return by_name
    return _TOP_FOLDERS.get(name, "") if is_folder else _top_file(name)


def included(path: str, *, is_folder: bool, said: Patterns) -> bool:
    return said.include.match_file(path + "/" * is_folder)


def leads(folder: str, said: Patterns) -> bool:
    """Whether something below ``folder`` may be included."""
    below = folder + "/"
    return any(lead.startswith(below) or below.startswith(lead) for lead in said.leads)


def _top_file(name: str) -> str:
    if name.startswith("requirements") and name.endswith((".txt", ".in")):
        return "a lock"
    return _TOP_FILES.get(name, "")


class Ignored:
    """.gitignore files, from the repository's top down; those above ``folder`` are read at once."""

    def __init__(self, folder: Path) -> None:
        #: Every .gitignore that was looked for.
        self.files: list[Path] = []
        self._specs: list[tuple[Path, GitIgnoreSpec]] = []
        above = [folder, *folder.parents]
        top = next((here for here in above if (here / ".git").exists()), folder)
        for here in reversed(above[1 : above.index(top) + 1]):
            self.enter(here)

    def enter(self, folder: Path) -> None:
        """Read the .gitignore of ``folder``, if there is one, before its entries are asked for."""
        self.files.append(folder / ".gitignore")
        try:
            lines = self.files[-1].read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        self._specs.append((folder, GitIgnoreSpec.from_lines(lines)))

    def __call__(self, path: Path, *, is_folder: bool) -> bool:
        """Whether git ignores ``path``: the deepest file that says anything decides."""
        for folder, spec in reversed(self._specs):
            if path == folder or folder not in path.parents:
                continue
            relative = os.path.relpath(path, folder).replace(os.sep, "/") + ("/" if is_folder else "")
            verdict = spec.check_file(relative).include
            if verdict is not None:
                return verdict
        return False
