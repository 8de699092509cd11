"""What the sandboxes keep between runs in the project's ``.sameroom``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ..own import NAME, own_folder


def bytecode_folder(project: Path) -> Path | None:
    """Where sandboxes keep compiled modules: code is read-only to them, and a Flask that is compiled anew
    for every sandbox doubles the time it takes to start one. None where the project is not writable."""
    try:
        return own_folder(project, "bytecode")
    except OSError:
        return None


def data_folder(project: Path) -> Path | None:
    """Where the app's embedded database is (``sameroom.sql``); None where the project is not writable."""
    try:
        return own_folder(project, "data")
    except OSError:
        return None


def forget_bytecode(project: Path) -> None:
    """Drop what was compiled of the project itself; its environment's modules stay.

    Python tells a source's age by the second: after two edits within one, it would run the first one's code.
    """
    compiled = project / NAME / "bytecode" / str(project).lstrip(os.sep)
    if not compiled.is_dir():
        return
    for entry in compiled.iterdir():
        if (project / entry.name / "pyvenv.cfg").exists():
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
