"""The project's files that would travel, and which of its modules the app can reach.

A module that the app never imports (a setup script, a migration, a deployment's settings) breaks nothing
on Lambda, so the rules read only what can be reached from the app's own module: by import statements, in
functions too, and by names in strings, as ``config.from_object("settings.Production")`` has them.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..project import Project
from ..project.patterns import Ignored, Patterns, included, leads, never, patterns, stays
from .callers import withdraw_unused
from .source import Module, read

#: A project with more is somebody's home folder.
_MOST_FILES = 20_000


class Tree(NamedTuple):
    """Files by their path relative to ``root``, with "/"."""

    root: Path
    files: tuple[str, ...]

    def modules(self) -> dict[str, str]:
        """Dotted name -> file, of every Python file whose path can be imported."""
        found = {}
        for file in self.files:
            parts = file.removesuffix(".py").split("/")
            if file.endswith(".py") and all(part.isidentifier() for part in parts):
                found[".".join(parts[:-1] if parts[-1] == "__init__" and parts[1:] else parts)] = file
        return found


def tree(project: Project) -> Tree:
    """What of the project would travel; links are not followed, what cannot be read is left out."""
    settings, root = project.settings, project.app.root
    said, ignored = patterns(settings.include, settings.exclude), Ignored(root)
    files: list[str] = []
    folders = [(root, "", False)]
    while folders and len(files) < _MOST_FILES:
        folder, prefix, staying = folders.pop()
        ignored.enter(folder)
        for entry in _entries(folder):
            path = prefix + entry.name
            stays_too = _stays(entry, path, said, ignored, staying)
            if entry.is_dir(follow_symlinks=False):
                if not stays_too or leads(path, said):
                    folders.append((Path(entry.path), path + "/", stays_too))
            elif not stays_too and entry.is_file(follow_symlinks=False):
                files.append(path)
    return Tree(root, tuple(sorted(files)))


def _stays(entry: os.DirEntry[str], path: str, said: Patterns, ignored: Ignored, staying: bool) -> bool:
    """Whether a file or folder stays at home, by the rules of the artifact."""
    is_folder = entry.is_dir(follow_symlinks=False)
    if never(entry.name):
        return True
    if included(path, is_folder=is_folder, said=said):
        return False
    if staying or (is_folder and os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))):
        return True
    passed_over = ignored(Path(entry.path), is_folder=is_folder)
    return bool(stays(path, is_folder=is_folder, said=said, ignored=passed_over))


def reached(found: Tree, project: Project, imported: Sequence[str] = ()) -> tuple[Module, ...]:
    """The modules that the app may import, parsed; all that parse when the app is no part of the project.

    ``imported`` are files that it was seen to import.
    """
    files = found.modules()
    factory = project.app.attribute.partition("(")[0]
    waiting = [project.app.module] if project.app.module in files else list(files)
    waiting += [name for name, file in files.items() if file in imported]
    modules: dict[str, Module | None] = {}
    while waiting:
        name = waiting.pop()
        if name in modules:
            continue
        own_factory = factory if name == project.app.module else ""
        module = modules[name] = read(found.root, files[name], name, own_factory)
        if module is not None:
            waiting += _wanted(module, files)
    parsed = {name: module for name, module in sorted(modules.items()) if module is not None}
    withdraw_unused(parsed)
    return tuple(parsed.values())


def _wanted(module: Module, files: Mapping[str, str]) -> Iterator[str]:
    """The project's modules that ``module`` names, with the packages they are in."""
    for text in _named(module):
        parts = text.replace(":", ".").split(".")
        for count in range(len(parts)):
            name = ".".join(parts[: count + 1])
            if name in files:
                yield name


def _named(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = ".".join(module.names.source_of(node))
            yield source
            yield from (f"{source}.{alias.name}" if source else alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
            yield node.value.removesuffix(".py").strip(".")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
