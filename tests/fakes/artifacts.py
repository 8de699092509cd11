"""Artifacts that were never built: values to explain, draw and print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sameroom.artifact.members import Removed
from sameroom.artifact.parts import Part
from sameroom.artifact.prove import STANDARD_LIBRARY, Imported, Proof
from sameroom.artifact.record import Artifact, Content
from sameroom.artifact.target import Target

MB = 1 << 20
UNPROVEN = Proof(False, "There is no Python 3.13 on this machine. `uv python install 3.13` gets one.", 0.0)


def part(name: str, zipped: int, unzipped: int = 0, *, bytecode: int = 9, native: bool = False) -> Part:
    return Part(name, "1.2.3" if name else "", zipped, unzipped or zipped * 3, 10, bytecode, native)


def module(name: str, owner: str, own: float, whole: float = 0.0, parent: str = "wsgi") -> Imported:
    return Imported(name, owner, own, whole or own, parent)


def proof(*imports: Imported) -> Proof:
    """``imports``, and the app's own module that imports them."""
    inside = sum(one.cumulative_ms for one in imports if one.parent == "wsgi")
    return Proof(True, "", inside + 1.0, (*imports, Imported("wsgi", "", 1.0, inside + 1.0, "")))


def artifact(parts: Sequence[Part], proved: Proof | None = None, **more: object) -> Artifact:
    """Of ``parts``, for arm64, with everything else as it usually is."""
    found = Artifact(
        path=Path("/srv/shop/.sameroom/build/shop.zip"),
        sha256="4220d34070190257a4a913ef4c7f6935f68306c3d163fda96e5c280e2478299e",
        target=Target((3, 13), "arm64"),
        app="wsgi:app",
        zipped=sum(one.zipped for one in parts),
        unzipped=sum(one.unzipped for one in parts),
        files=sum(one.files for one in parts),
        parts=tuple(parts),
        removed=(),
        notes=(),
        lock="uv.lock",
        proof=proved or proof(),
        seconds=1.25,
    )
    return found._replace(**more)  # type: ignore[arg-type]


def shop() -> tuple[Artifact, tuple[Content, ...]]:
    """A shop with everything in it that a report can show."""
    contents = (
        Content("wsgi.py", "", 900, 2_000),
        Content("templates/shop.html", "", 800, 3_000),
        Content("flask/app.py", "flask", 60_000, 200_000),
        Content("flask/__pycache__/app.cpython-313.pyc", "flask", 50_000, 150_000),
        Content("flask/json/__init__.py", "flask", 40_000, 90_000),
        Content("numpy/_core/umath.so", "numpy", 9 * MB, 20 * MB),
        Content("numpy.libs/openblas.so", "numpy", 7 * MB, 24 * MB),
        Content("sameroom/runtime/handler.py", "sameroom", 9_000, 20_000),
    )
    parts = []
    for owner in ("", "flask", "numpy", "sameroom"):
        own = [content for content in contents if content.owner == owner]
        zipped, unzipped = sum(one.zipped for one in own), sum(one.unzipped for one in own)
        parts.append(Part(owner, "2.0" if owner else "", zipped, unzipped, len(own), 0, owner == "numpy"))
    imports = (
        module("json", STANDARD_LIBRARY, 4.0, parent="flask"),
        module("flask.app", "flask", 20.0, parent="flask"),
        module("flask", "flask", 6.0, 30.0),
        module("numpy._core", "numpy", 60.0, parent="numpy"),
        module("numpy", "numpy", 10.0, 70.0),
    )
    removed = [Removed(f"numpy/tests/test_{number}.py", "numpy", 10_000, "tests") for number in range(3)]
    removed.append(Removed("notes.md", "", 100, "excluded by your settings"))
    made = artifact(parts, proof(*imports), removed=tuple(removed), notes=("Nothing is locked.",))
    return made._replace(files=len(contents)), contents
