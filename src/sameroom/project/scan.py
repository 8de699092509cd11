"""Reads the project's source, never imports it, to say where apps seem to be."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: Flask's own names, in its order: flask.cli.find_best_app.
APP_NAMES = ("app", "application")
FACTORY_NAMES = ("create_app", "make_app")

_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "build", "dist", "tests", "test"})
_MOST_FILES = 400
_DEEPEST = 4
_LARGEST = 1 << 20


class Sighting(NamedTuple):
    """Something in ``file`` that looks like an app (``app``) or a factory (``create_app()``)."""

    file: Path
    attribute: str


def sightings(folder: Path) -> list[Sighting]:
    """What looks like a WSGI app below ``folder``; shallow files first, at most a few hundred read."""
    found = []
    for count, file in enumerate(_sources(folder)):
        if count == _MOST_FILES:
            break
        attribute = likely_attribute(file)
        if attribute:
            found.append(Sighting(file, attribute))
    return found


def likely_attribute(file: Path) -> str:
    """The attribute that Flask's search would probably choose in ``file``, "" when nothing looks like one."""
    apps, factories = apps_and_factories(file)
    for name in APP_NAMES:
        if name in apps:
            return name
    if len(apps) == 1:
        return apps[0]
    for name in FACTORY_NAMES:
        if name in factories:
            return f"{name}()"
    return apps[0] if apps else ""


def apps_and_factories(file: Path) -> tuple[list[str], list[str]]:
    """The names of what looks like apps, and of factories, at the top of ``file``."""
    tree = _parsed(file)
    if tree is None:
        return [], []
    apps = [name for name, value in _assigned(tree) if _makes_an_app(value)]
    factories = [
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in FACTORY_NAMES
    ]
    return list(dict.fromkeys(apps)), factories


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
        elif isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
            yield node.target.id, node.value


def _makes_an_app(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    called = value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in {"Flask", "Bottle", "get_wsgi_application", *FACTORY_NAMES}


def _parsed(file: Path) -> ast.Module | None:
    try:
        if file.stat().st_size > _LARGEST:
            return None
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None


def _sources(folder: Path) -> Iterator[Path]:
    """The project's .py files, level by level."""
    level = [folder]
    for _ in range(_DEEPEST):
        deeper = []
        for here in level:
            for entry in _entries(here):
                if entry.is_dir(follow_symlinks=False):
                    if not _skipped(entry):
                        deeper.append(Path(entry.path))
                elif entry.name.endswith(".py"):
                    yield Path(entry.path)
        level = deeper


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []


def _skipped(entry: os.DirEntry[str]) -> bool:
    return (
        entry.name.startswith(".")
        or entry.name in _SKIPPED
        or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
    )
