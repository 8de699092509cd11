"""Finds a Python of a given minor version here, for compiling and proving. Nothing is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

_ASK = "import sys; print(sys.implementation.name, *sys.version_info[:3], sys._base_executable, sep='\\n')"


class Python(NamedTuple):
    """A CPython on this machine."""

    path: Path
    #: Down to the patch: two patches of one minor may compile to different bytes.
    version: tuple[int, int, int]


def find(version: tuple[int, int], environ: Mapping[str, str] = os.environ) -> Python | None:
    """A CPython of this minor version: our own, one on PATH, pyenv's or uv's; None when there is none."""
    if sys.version_info[:2] == version and sys.implementation.name == "cpython":
        return Python(Path(_base(sys)), sys.version_info[:3])
    for path in _candidates(version, environ):
        found = _asked(path)
        if found is not None and found.version[:2] == version:
            return found
    return None


def _base(system: object) -> str:
    """The interpreter behind a virtual environment: it has no packages of anybody's."""
    return str(getattr(system, "_base_executable", "") or sys.executable)


def _candidates(version: tuple[int, int], environ: Mapping[str, str]) -> Iterator[Path]:
    name = "python{}.{}".format(*version)
    for folder in environ.get("PATH", "").split(os.pathsep):
        # pyenv's shims run whatever the folder they are called in wants.
        if folder and Path(folder).name != "shims" and os.access(Path(folder, name), os.X_OK):
            yield Path(folder, name)
    pyenv = Path(environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    uv = Path(environ.get("UV_PYTHON_INSTALL_DIR") or _data_home(environ) / "uv" / "python")
    for home, pattern in ((pyenv / "versions", "{}.{}.*"), (uv, "cpython-{}.{}*")):
        for installed in sorted(home.glob(pattern.format(*version)), key=_newest, reverse=True):
            yield installed / "bin" / name
    launcher = shutil.which("py", path=environ.get("PATH"))
    if launcher and sys.platform == "win32":
        yield Path(launcher)


def _data_home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _newest(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.name)[:3]]


@cache
def _asked(path: Path) -> Python | None:
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
        )
        implementation, major, minor, patch, base = answer.stdout.splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if implementation != "cpython":
        return None
    return Python(Path(base), (int(major), int(minor), int(patch)))
