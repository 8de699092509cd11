"""``--artifact``: which zip, which Python of this machine runs it, and what stands for Lambda around it."""

from __future__ import annotations

from pathlib import Path

from ..artifact import client, pythons
from ..artifact.desk import records
from ..artifact.record import Artifact, recall
from ..errors import SandboxError
from ..local.packaged import Packaged
from ..local.sandboxes.function import examine
from ..project import Choices, interpreter, settings


def packaged(folder: Path, named: Path | None, choices: Choices) -> Packaged:
    """The artifact ``named``, or the last that was built of the project in ``folder``.

    :raises SandboxError: there is none, or no Python for it.
    :raises FetchError: AWS's client for that Python is not here and cannot be fetched.
    """
    artifact = _recorded(folder, named)
    zipped = artifact.path if artifact else named
    if zipped is None:
        raise SandboxError(
            "Nothing that was built of this project is here.",
            why=f"{folder} has no artifact in .sameroom/build, or it was changed since.",
            next="Make one with sameroom build, or name a zip: --artifact=app.zip",
        )
    version = artifact.target.python if artifact else _version(folder, choices)
    python = _python(folder, choices.python, version)
    left = (Path(artifact.runtime_path),) if artifact and artifact.runtime_path else ()
    runtime = (client.client(python), *left)
    return Packaged(zipped.absolute(), str(python.path), runtime, artifact.app if artifact else "")


def app_of(folder: Path, known: Packaged) -> str:
    """The app that the zip was built for, which a build since may have changed."""
    artifact = _recorded(folder, known.zip)
    return artifact.app if artifact else known.app


def _recorded(folder: Path, zipped: Path | None) -> Artifact | None:
    """The build that made ``zipped``, or the last one."""
    for path in records(folder):
        found = recall(path)
        if found is not None and (zipped is None or found.path.resolve() == zipped.resolve()):
            return found
    return None


def _version(folder: Path, choices: Choices) -> tuple[int, int]:
    """Of the runtime in the settings, for a zip that nothing else is known of."""
    chosen = settings.fold(settings.read(folder), choices.flags, stage=choices.stage)
    major, minor = chosen.runtime.removeprefix("python").split(".")
    return int(major), int(minor)


def _python(folder: Path, named: str, wanted: tuple[int, int]) -> pythons.Python:
    version = "{}.{}".format(*wanted)
    if named:
        path = interpreter.choose(folder, named, {})
        has = examine(path).version
        if has != wanted:
            raise SandboxError(
                f"{path} is Python {has[0]}.{has[1]}, and the artifact is for {version}.",
                next="Name another with --python, or leave that out.",
            )
        return pythons.Python(Path(path), (*has, 0))
    found = pythons.find(wanted)
    if found is None:
        raise SandboxError(
            f"There is no Python {version} on this machine to run the artifact.",
            why="Lambda would run it with that one, and compiled modules fit no other.",
            next=f"Install it (uv python install {version}), or build for a Python that is here "
            "(sameroom build --runtime python3.X).",
        )
    return found
