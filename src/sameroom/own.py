"""``.sameroom`` in the project: what we keep between runs. Git never sees it."""

from __future__ import annotations

import tempfile
from pathlib import Path

NAME = ".sameroom"


def secrets_file(project: Path, stage: str = "") -> Path:
    """Where the secrets of a stage are on this machine; the runtime itself knows the one without a stage."""
    return project / NAME / (f"secrets.{stage}.env" if stage else "secrets.env")


def own_folder(project: Path, part: str) -> Path:
    """``.sameroom/<part>``, made when it is missing. OSError where the project is not writable."""
    folder = project / NAME / part
    folder.mkdir(parents=True, exist_ok=True)
    ignore = project / NAME / ".gitignore"
    if not ignore.exists():
        # Whole or not at all, should two of us start at once.
        with tempfile.NamedTemporaryFile("w", dir=ignore.parent, delete=False) as file:
            file.write("# Made by sameroom: local data, nothing to commit.\n*\n")
        Path(file.name).replace(ignore)
    return folder
