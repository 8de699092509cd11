"""Trees to be proved: files, our runtime, and wheels' worth of packages, in a folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import sameroom
from sameroom.artifact.prove import Candidate, foreign
from sameroom.artifact.target import Architecture, Target

_HERE: tuple[Architecture, Architecture] = ("x86_64", "arm64")


def target(python: tuple[int, int] = sys.version_info[:2], *, foreigner: bool = False) -> Target:
    """The target that this machine is, or with another architecture."""
    for architecture in _HERE:
        found = Target(python, architecture)
        if bool(foreign(found)) is foreigner:
            return found
    return Target(python, "x86_64")


def candidate(folder: Path, files: Mapping[str, str], app: str = "wsgi:app", **more: object) -> Candidate:
    """A tree with ``files`` and the runtime. The owner of a file is the first word of its first line's
    comment, where it has one ("# flask"), else the project."""
    tree = folder / "tree"
    owners = {}
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
        first = text.partition("\n")[0]
        owners[path] = first[2:].split()[0] if first.startswith("# ") else ""
    package = Path(sameroom.__file__).parent
    shutil.copytree(
        package / "runtime", tree / "sameroom" / "runtime", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(package / "__init__.py", tree / "sameroom")
    for ours in (tree / "sameroom").rglob("*.py"):
        owners[ours.relative_to(tree).as_posix()] = "sameroom"
    found = Candidate(tree, app, target(), {}, owners)
    return found._replace(**more)  # type: ignore[arg-type]
