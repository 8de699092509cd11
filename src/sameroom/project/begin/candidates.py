"""The apps that ``init`` could name, by Flask's rules and by the look of the source. Nothing is imported."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from .. import dotenv
from ..discover import AppTarget, find_app, nominations
from ..scan import APP_NAMES, FACTORY_NAMES, apps_and_factories, sightings


class Candidate(NamedTuple):
    """One app that could be meant."""

    #: For ``app`` in the settings and for --app.
    spec: str
    #: The file, from the project.
    file: str
    #: "app" or "factory".
    kind: str


def candidates(folder: Path, environ: Mapping[str, str]) -> tuple[Candidate, ...]:
    """What Flask itself would take, alone where it has no choice to make; else all that looks like an app.

    Flask takes what FLASK_APP says, then wsgi.py, then app.py
    (https://flask.palletsprojects.com/en/stable/cli/#application-discovery).

    :raises AppNotFound: FLASK_APP names what is not there, or there is nothing at all.
    """
    folder = folder.resolve()
    named = [one for one in nominations("", "", environ, dotenv.read(folder)) if one.text.strip()]
    if named:
        target = find_app(folder, named)
        return (Candidate(specified(folder, target), _shown(folder, target.file), "app"),)
    for name in ("wsgi.py", "app.py", "wsgi/__init__.py", "app/__init__.py"):
        file = folder / name
        found = (_in(folder, file) or _imported(folder, file)) if file.is_file() else ()
        if found:
            return found
    seen = tuple(one for file, _ in sightings(folder) for one in _in(folder, file))
    if seen:
        return seen
    target = find_app(folder, ())
    return (Candidate(specified(folder, target), _shown(folder, target.file), "app"),)


def specified(folder: Path, target: AppTarget) -> str:
    """The app as the settings name it: a module from the project's folder, else a file."""
    place = target.module if target.root == folder or target.file is None else _shown(folder, target.file)
    return f"{place}:{target.attribute}" if target.attribute else place


def _in(folder: Path, file: Path) -> tuple[Candidate, ...]:
    """The apps of one file; an ``app`` or ``application`` is the one that Flask would take."""
    apps, factories = apps_and_factories(file)
    for name in APP_NAMES:
        if name in apps:
            apps = [name]
    shown = _shown(folder, file)
    target = find_app(folder, nominations(shown, "", {}, {}))
    place = specified(folder, target)
    if apps:
        return tuple(Candidate(f"{place}:{name}", shown, "app") for name in apps)
    return tuple(Candidate(f"{place}:{name}", shown, "factory") for name in factories[:1])


def _imported(folder: Path, file: Path) -> tuple[Candidate, ...]:
    """An app that ``file`` has from elsewhere: ``from shop import app``."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()
    names = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for name in (*APP_NAMES, *FACTORY_NAMES):
        if name in names:
            place = specified(folder, find_app(folder, nominations(_shown(folder, file), "", {}, {})))
            kind = "app" if name in APP_NAMES else "factory"
            return (Candidate(f"{place}:{name}", _shown(folder, file), kind),)
    return ()


def _shown(folder: Path, file: Path | None) -> str:
    return os.path.relpath(file, folder) if file is not None else ""
