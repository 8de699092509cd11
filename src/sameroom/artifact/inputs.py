"""What an artifact is made from, as fingerprints: the same one, and nothing need be done again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import sameroom

from ..project import Project, Settings
from .cache import whole
from .members import Loose, Pin, Resolution
from .pythons import Python
from .sources import Sources, runtime
from .target import Target

#: Goes up when the same inputs would make another zip.
_FORMAT = 2
#: Settings that decide what is in the zip. The others may change without it.
_SETTINGS = ("include", "exclude", "boto3", "bytecode", "bundle", "env")
_LOCKS = (
    "pyproject.toml",
    "uv.lock",
    "poetry.lock",
    "pylock*.toml",
    "*requirements*.txt",
    "constraints*.txt",
)


def of_lock(project: Project, target: Target, environ: Mapping[str, str] = os.environ) -> str:
    """The fingerprint of everything that decides which distributions there are."""
    settings = project.settings
    said = [_FORMAT, target, settings.lock, settings.extras, settings.groups]
    said += sorted(item for item in environ.items() if item[0].startswith(("UV_", "PIP_")))
    digest = hashlib.sha256(json.dumps(said).encode())
    for path in lock_files(project.folder, settings):
        digest.update(f"\0{path}\0".encode("utf-8", "surrogateescape"))
        digest.update(path.read_bytes())
    return digest.hexdigest()


def lock_files(folder: Path, settings: Settings) -> Iterator[Path]:
    """Every file that may have a say in what is locked."""
    found = {path for pattern in _LOCKS for path in (*folder.glob(pattern), *folder.glob(f"*/{pattern}"))}
    if settings.lock:
        found.add(folder / settings.lock)
    for above in folder.parents:  # a workspace has its lock at its top
        found.add(above / "uv.lock")
        if (above / ".git").exists():
            break
    yield from sorted(path for path in found if path.is_file())


def of_artifact(
    project: Project, target: Target, python: Python | None, own: Sources, resolution: Resolution
) -> str:
    """The fingerprint of all that goes into the zip."""
    settings = project.settings.model_dump(mode="json", include=set(_SETTINGS))
    said = [_FORMAT, sameroom.__version__, target, project.app.spec, settings, python and python.version]
    digest = hashlib.sha256(json.dumps([*said, resolution.pins]).encode())
    for member in (*own.members, *runtime()):
        assert isinstance(member.content, Loose)
        digest.update(f"\0{member.path}\0{member.executable}\0{member.size}\0".encode())
        digest.update(member.content.data)
    for pin in resolution.pins:
        if pin.kind == "directory":
            _add_folder(digest, Path(pin.url))
    return digest.hexdigest()


def _add_folder(digest: hashlib._Hash, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.parts):
            digest.update(f"\0{path.relative_to(folder)}\0".encode("utf-8", "surrogateescape"))
            digest.update(path.read_bytes())


class Recalled(NamedTuple):
    """The last resolution for the target."""

    resolution: Resolution
    #: The fingerprint of what it was made from.
    made_from: str


def recall(path: Path) -> Recalled | None:
    """What ``keep`` wrote; None where there is nothing of use."""
    try:
        document = json.loads(path.read_bytes())
        pins = tuple(Pin(*pin)._replace(sha256=tuple(pin[-1])) for pin in document["pins"])
        resolution = Resolution(pins, document["lock"], tuple(document["wanted"]), tuple(document["notes"]))
        return Recalled(resolution, document["of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(path: Path, fingerprint: str, resolution: Resolution) -> None:
    with whole(path) as file:
        file.write(json.dumps({"of": fingerprint, **resolution._asdict()}).encode())
