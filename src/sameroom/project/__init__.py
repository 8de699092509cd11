"""folder -> Project: the app found as Flask would find it, and the settings, read once.

>>> project = load(Path.cwd(), Choices(app="hello:app"))
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .discover import AppTarget
    from .settings import DOORS, Cors, Settings
    from .tables import Index, Key, Table, variable
    from .variables import runtime_variables

__all__ = [
    "DOORS",
    "AppTarget",
    "Choices",
    "Cors",
    "Index",
    "Key",
    "Project",
    "Settings",
    "Table",
    "load",
    "runtime_variables",
    "variable",
]

#: Where a name comes from. They are loaded when asked for: a tenth of a second that few rooms need.
_ROOMS = {
    **dict.fromkeys(("DOORS", "Cors", "Settings"), "settings"),
    **dict.fromkeys(("Index", "Key", "Table", "variable"), "tables"),
    "AppTarget": "discover",
    "runtime_variables": "variables",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f".{_ROOMS[name]}", __name__), name)
    globals()[name] = found
    return found


class Choices(NamedTuple):
    """What the command line says; empty where it says nothing."""

    app: str = ""
    python: str = ""
    stage: str = ""
    #: Settings by name that flags set, None where they do not.
    flags: Mapping[str, Any] = {}
    #: The stage is the API's, too: the first part of its paths. A deploy has it in the stack's name alone.
    path_stage: bool = True


class Project(NamedTuple):
    """One project as it will be run: everything decided, nothing started."""

    folder: Path
    app: AppTarget
    settings: Settings
    #: The interpreter's path.
    python: str
    #: What .env and .flaskenv set, which Flask would load for the app.
    dotenv: Mapping[str, str]
    #: The stage whose settings these are; "" where there are no stages.
    stage: str = ""


def load(folder: Path, choices: Choices, environ: Mapping[str, str] = os.environ) -> Project:
    """The project in ``folder``.

    :raises SettingsError: the settings or the flags cannot be used.
    :raises AppNotFound: there is no app where Flask would look for one.
    """
    from . import dotenv, interpreter, settings
    from .discover import find_app, nominations, not_installed

    folder = folder.resolve()
    chosen = settings.fold(
        settings.read(folder), choices.flags, stage=choices.stage, path_stage=choices.path_stage
    )
    variables = dotenv.read(folder)
    python = interpreter.choose(folder, choices.python or chosen.python, environ)
    app = find_app(folder, nominations(choices.app, chosen.app, environ, variables))
    if app.file is None and not interpreter.has_module(python, app.module, folder):
        raise not_installed(folder, app, python)
    return Project(folder, app, chosen, python, variables, choices.stage)
