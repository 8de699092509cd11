"""Finds the app as Flask itself would (flask.cli.ScriptInfo.load_app), without importing it here.

The app is imported only where it runs: in a sandbox, by the runtime's finder, which also chooses the
attribute by Flask's rules when none is named.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import AppNotFound
from .scan import likely_attribute, sightings

#: Flask's order when nobody names the app.
DEFAULT_FILES = ("wsgi.py", "app.py")


class AppTarget(NamedTuple):
    """Where the app is."""

    module: str
    #: An attribute or a factory's call; "" leaves the choice to Flask's rules.
    attribute: str
    #: The folder that goes on sys.path.
    root: Path
    #: None for a module that is installed rather than part of the project.
    file: Path | None
    #: Who named it, for people: "--app", "wsgi.py" ...
    source: str

    @property
    def spec(self) -> str:
        """For SAMEROOM_APP: "module" or "module:attribute"."""
        return f"{self.module}:{self.attribute}" if self.attribute else self.module

    def describe(self) -> str:
        """File and attribute, as far as they can be told without importing."""
        place = self.module
        if self.file is not None:
            place = os.path.relpath(self.file, self.root)
        attribute = self.attribute or (likely_attribute(self.file) if self.file else "")
        return f"{place}:{attribute}" if attribute else place


class Nomination(NamedTuple):
    """One place that may name the app, and what it says; "" when it says nothing."""

    source: str
    text: str


def nominations(
    flag: str, configured: str, environ: Mapping[str, str], dotenv: Mapping[str, str]
) -> list[Nomination]:
    """Who may name the app; the first that does is heard."""
    return [
        Nomination("--app", flag),
        Nomination("SAMEROOM_APP", environ.get("SAMEROOM_APP", "")),
        Nomination("app in [tool.sameroom]", configured),
        Nomination("FLASK_APP", environ.get("FLASK_APP", "")),
        Nomination("FLASK_APP in .env or .flaskenv", dotenv.get("FLASK_APP", "")),
    ]


def find_app(folder: Path, named: Sequence[Nomination]) -> AppTarget:
    """The app of the project in ``folder``.

    :raises AppNotFound: there is none where Flask would look; the message names what is there.
    """
    folder = folder.resolve()
    for source, text in named:
        if text.strip():
            return _named(folder, source, text.strip())
    for name in DEFAULT_FILES:
        file = _module_file(folder / name.removesuffix(".py"))
        if file is not None:
            return _target(file, "", os.path.relpath(file, folder))
    raise _nothing_here(folder)


def not_installed(folder: Path, target: AppTarget, python: str) -> AppNotFound:
    """The error for a module that is neither in ``folder`` nor known to the interpreter ``python``."""
    path = target.module.replace(".", "/")
    seen = _suggestions(folder)
    near = difflib.get_close_matches(target.spec, seen, n=1, cutoff=0.5) or seen[:1]
    return AppNotFound(
        f"{target.source} names {target.spec}, but there is no module {target.module!r}.",
        why=f"Looked for {path}.py and {path}/__init__.py in {folder}, and asked {python}.",
        next=f"Did you mean {near[0]}?" if near else "Check the name, or name a file: path/to/file.py.",
    )


def _named(folder: Path, source: str, text: str) -> AppTarget:
    """Flask's ``module``, ``module:attribute``, ``module:factory('x')`` or ``path/to/file.py:attribute``."""
    place, _, attribute = (*re.split(r"(:)(?![\\/])", text, maxsplit=1), "", "")[:3]
    place, attribute = place.strip(), attribute.strip()
    if place.endswith(".py") or "/" in place or os.sep in place:
        file = folder / place
        found = file if file.is_file() else _module_file(file)
        if found is None:
            raise _no_file(folder, source, text, file)
        return _target(found, attribute, source)
    if not all(part.isidentifier() for part in place.split(".")):
        raise AppNotFound(
            f"{source} is {text!r}, and {place!r} is not a module's name.",
            next="Use module:attribute or path/to/file.py:attribute.",
        )
    return AppTarget(place, attribute, folder, _module_file(folder.joinpath(*place.split("."))), source)


def _module_file(path: Path) -> Path | None:
    """``path`` without its suffix as a module (x.py) or a package (x/__init__.py)."""
    for file in (path.with_name(path.name + ".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


def _target(file: Path, attribute: str, source: str) -> AppTarget:
    """``file`` as a module below the first folder that is no package, as flask.cli.prepare_import has it."""
    file = file.resolve()
    root = file.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    parts = file.relative_to(root).with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return AppTarget(module, attribute, root, file, source)


def _suggestions(folder: Path) -> list[str]:
    """What --app could be given, judging by the source."""
    specs = []
    for file, attribute in sightings(folder):
        target = _target(file, attribute, "")
        place = target.module if target.root == folder else os.path.relpath(file, folder)
        specs.append(f"{place}:{attribute.removesuffix('()')}")
    return specs


def _no_file(folder: Path, source: str, text: str, file: Path) -> AppNotFound:
    there = sorted(path.name for path in file.parent.glob("*.py")) if file.parent.is_dir() else []
    near = difflib.get_close_matches(file.name, there, n=1)
    return AppNotFound(
        f"{source} names {text}, but there is no file {os.path.relpath(file, folder)}.",
        why=f"{file.parent} holds {', '.join(there) or 'no Python files'}.",
        next=f"Did you mean {near[0]}?" if near else "Check the path; it starts at the project's folder.",
    )


def _nothing_here(folder: Path) -> AppNotFound:
    here = sorted(path.name for path in folder.glob("*.py"))
    seen = _suggestions(folder)
    if not seen:
        advice = 'Start in the project\'s folder, or name the app: --app "module:attribute".'
    elif len(seen) == 1:
        advice = f'Name it: --app "{seen[0]}", or app = "{seen[0]}" in [tool.sameroom].'
    else:
        listed = "\n".join(f'  --app "{spec}"' for spec in seen[:8])
        advice = f"These look like apps; choose one:\n{listed}"
    return AppNotFound(
        f"No app found in {folder}.",
        why=f"Looked for {' and '.join(DEFAULT_FILES)}, as Flask does; "
        f"there {'is' if len(here) < 2 else 'are'} {', '.join(here[:12]) or 'no Python file'}.",
        next=advice,
    )
