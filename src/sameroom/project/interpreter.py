"""Chooses the Python that runs the app: the project's own environment before ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import SettingsError

_BIN = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
_ASK = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"


def choose(folder: Path, named: str, environ: Mapping[str, str]) -> str:
    """The interpreter's path: ``named``, else the project's .venv, else VIRTUAL_ENV, else ours.

    :raises SettingsError: ``named`` is neither a file nor a command.
    """
    if named:
        path = folder / Path(named).expanduser()
        if path.is_dir() and (path / _BIN).exists():
            return str(path / _BIN)
        command = str(path) if path.is_file() else shutil.which(named)
        if command is None:
            raise SettingsError(
                f"There is no Python {named!r}.",
                why=f"It is no file in {folder} and no command on PATH.",
                next="Give --python (or python in [tool.sameroom]) a path, an environment or a command.",
            )
        return command
    for environment in (folder / ".venv", Path(environ.get("VIRTUAL_ENV") or folder / ".venv")):
        if (environment / _BIN).exists():
            return str(environment / _BIN)
    return sys.executable


def has_module(python: str, module: str, folder: Path) -> bool:
    """Whether ``python`` could import the top of ``module``. Nothing of it is imported."""
    asked = subprocess.run(
        [python, "-c", _ASK, module.partition(".")[0]],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=False,
    )
    return asked.returncode == 0
