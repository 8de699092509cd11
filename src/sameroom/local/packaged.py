"""An artifact as it is run here: the very zip, unpacked as Lambda does, and none of the project's files."""

from __future__ import annotations

import calendar
import hashlib
import os
import platform
import shutil
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import AppNotFound, SandboxError, TooLarge
from ..own import own_folder
from ..project import Choices, Project, dotenv, settings
from ..project.discover import Nomination, find_app, nominations

#: Bytes unzipped that Lambda takes (lambda/latest/dg/gettingstarted-limits.html).
LARGEST = 262_144_000
#: Unpacked artifacts that are kept, so that going back to one is free.
KEPT = 4
#: ELF's e_machine (elf(5)), by the kernel's names.
_MACHINES = {62: "x86_64", 183: "aarch64"}
_AWS_NAMES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


class Packaged(NamedTuple):
    """An artifact, and what on this machine stands for Lambda around it."""

    zip: Path
    #: A CPython of the target's minor version; of its site-packages nothing is seen.
    python: str
    #: What stands for /var/runtime, in the order of sys.path: AWS's runtime client, and what the artifact
    #: leaves to the runtime.
    runtime: tuple[Path, ...]
    #: The app that it was built for; "" when nobody knows.
    app: str = ""


def load(
    folder: Path, choices: Choices, packaged: Packaged, environ: Mapping[str, str] = os.environ
) -> Project:
    """The project in ``folder`` with the artifact's files in place of its own.

    :raises SandboxError: the zip is no artifact, or not for this machine.
    :raises TooLarge: Lambda would not take it.
    :raises AppNotFound: the app is not in it.
    :raises SettingsError: the settings or the flags cannot be used.
    """
    folder = folder.resolve()
    chosen = settings.fold(settings.read(folder), choices.flags, stage=choices.stage)
    variables = dotenv.read(folder)
    tree = unpack(packaged.zip, folder)
    named = [Nomination("--app", choices.app), Nomination("the build", packaged.app)]
    app = find_app(tree, [*named, *nominations("", chosen.app, environ, variables)])
    if app.file is None:
        raise AppNotFound(
            f"{app.source} names {app.spec}, and {packaged.zip.name} has no module {app.module!r}.",
            next="Build it anew (sameroom build), or name the app with --app.",
        )
    if app.root != tree:
        # Below a folder that is no package: named by its file, which the runtime understands as well.
        app = app._replace(module=os.path.relpath(app.file, tree), root=tree)
    return Project(folder, app, chosen, packaged.python, variables, choices.stage)


def unpack(path: Path, project: Path) -> Path:
    """The artifact's files, below the project's ``.sameroom``, with the dates and modes of the archive.

    Unpacked once for each content of the zip.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as zipped:
            _examine(path, zipped)
            file.seek(0)
            digest = hashlib.sha256()
            while chunk := file.read(1 << 20):
                digest.update(chunk)
            kept = own_folder(project, "artifacts")
            tree = kept / digest.hexdigest()
            if not tree.is_dir():
                _extract(zipped, tree)
    except FileNotFoundError:
        raise SandboxError(f"There is no {path}.", next="Make it: sameroom build") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise SandboxError(
            f"{path} is not a zip that can be read.", why=f"{error}.", next="Build it anew: sameroom build"
        ) from error
    except OSError as error:
        where = error.filename or path
        raise SandboxError(f"{path} cannot be unpacked.", why=f"{where}: {error.strerror}.") from error
    os.utime(tree)
    _prune(kept)
    return tree


def libraries(tree: Path, project: Path) -> frozenset[str]:
    """What can be imported in an artifact and is none of the project's, by name.

    The zip does not say whose a file is, so what the project has itself, at its top or in a folder of it
    (``src``), is its own. Nothing is known where it has none of it: the zip is of another project.
    """
    folders = [
        entry
        for entry in project.iterdir()
        if entry.is_dir() and not entry.name.startswith(".") and os.access(entry, os.R_OK | os.X_OK)
    ]
    own = {entry.name for folder in (project, *folders) for entry in folder.iterdir()}
    packed = {entry.name for entry in tree.iterdir()}
    return frozenset(name.removesuffix(".py") for name in packed - own) if packed & own else frozenset()


def _examine(path: Path, zipped: zipfile.ZipFile) -> None:
    """Whether it is an artifact, and one that runs here."""
    infos = zipped.infolist()
    if not any(info.filename.startswith("sameroom/runtime/") for info in infos):
        raise SandboxError(
            f"{path} is no artifact of sameroom: its runtime is not in it.",
            why="It travels in the zip as sameroom/runtime/.",
            next="Build one: sameroom build",
        )
    size = sum(info.file_size for info in infos)
    if size > LARGEST:
        raise TooLarge(
            f"{path} has {size / 1e6:.0f} MB unzipped, and Lambda takes {LARGEST / 1e6:.0f} MB.",
            next="Run sameroom build to see what fills it.",
        )
    here = platform.machine().lower()
    for info in infos:
        parts = info.filename.split("/")
        if info.filename.startswith("/") or ".." in parts or stat.S_ISLNK(info.external_attr >> 16):
            raise SandboxError(
                f"{path} has {info.filename!r}, a path that leads out of it or a symbolic link.",
                next="Build it anew: sameroom build",
            )
        if info.filename.endswith(".so") or ".so." in parts[-1]:
            built = _machine(zipped, info)
            if built and (sys.platform != "linux" or _AWS_NAMES[built] != _AWS_NAMES.get(here)):
                raise _foreign(path, info.filename, built, here)


def _machine(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    """What a shared object was compiled for; "" when that cannot be told."""
    with zipped.open(info) as file:
        head = file.read(20)
    known = _MACHINES.get(int.from_bytes(head[18:20], "little"), "")
    return known if head[:4] == b"\x7fELF" else ""


def _foreign(path: Path, name: str, built: str, here: str) -> SandboxError:
    if sys.platform != "linux":
        return SandboxError(
            f"{path} has machine code for Linux, and this is {platform.system()}.",
            why=f"{name} is such a file.",
            next="Run it in a Linux machine or container, or run the project itself: sameroom dev",
        )
    wanted = _AWS_NAMES.get(here, here)
    return SandboxError(
        f"{path} is built for {_AWS_NAMES[built]}, and this machine is {wanted}.",
        why=f"{name} is machine code.",
        next=f"Build one for this machine: sameroom build --architecture {wanted}",
    )


def _extract(zipped: zipfile.ZipFile, tree: Path) -> None:
    """Into a folder of another name first, so that half a tree is never taken for one."""
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=tree.parent) as made:
        fresh = Path(made, "tree")
        fresh.mkdir()
        for info in zipped.infolist():
            path = fresh / info.filename
            mode = stat.S_IMODE(info.external_attr >> 16)
            if info.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with zipped.open(info) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            # A zip that was not made on a Unix says nothing of modes.
            path.chmod(mode or 0o644)
            date = calendar.timegm((*info.date_time, 0, 0, 0))
            os.utime(path, (date, date))
        if not tree.is_dir():  # somebody may have been faster
            fresh.rename(tree)


def _prune(kept: Path) -> None:
    """Drop what has not been run for longest."""
    trees = [entry for entry in kept.iterdir() if not entry.name.startswith(".")]
    for old in sorted(trees, key=lambda tree: tree.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
