"""Projects in a folder, as people have them, to be resolved against an index that lies in another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import uv

from sameroom.artifact.members import Pin, Resolution
from sameroom.artifact.resolve import resolve
from sameroom.artifact.target import Target
from sameroom.project.settings import Settings

ARM = Target((3, 13), "arm64")
INTEL = Target((3, 13), "x86_64")


def project(folder: Path, dependencies: Sequence[str], index: str = "", more: str = "") -> Path:
    """``folder`` with a pyproject.toml that has these dependencies, and this index for uv."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'"{each}"' for each in dependencies)
    where = f'[[tool.uv.index]]\nurl = "{index}"\ndefault = true\n' if index else ""
    head = f'[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = [{listed}]\n'
    (folder / "pyproject.toml").write_text(f"{head}{more}\n{where}")
    return folder


def lock(folder: Path) -> Path:
    """``folder`` with the uv.lock that uv writes for it."""
    subprocess.run(
        [uv.find_uv_bin(), "lock", "--quiet", "--python", sys.executable], cwd=folder, check=True, timeout=60
    )
    return folder


def resolved(
    folder: Path, target: Target = INTEL, known: Resolution | None = None, **settings: object
) -> Resolution:
    return resolve(folder, Settings.model_validate(settings), target, known)


def versions(resolution: Resolution) -> dict[str, str]:
    return {pin.name: pin.version for pin in resolution.pins}


def pin(resolution: Resolution, name: str) -> Pin:
    """The pin of that name; StopIteration when there is none."""
    return next(each for each in resolution.pins if each.name == name)
