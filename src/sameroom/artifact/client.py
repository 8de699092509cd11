"""AWS's own runtime client for a Python of this machine: what Lambda has in /var/runtime.

awslambdaric has a compiled part, so each minor version needs its own. Ours is copied where it fits, and
the same version is fetched where it does not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from ..errors import FetchError, SandboxError
from .cache import cache_folder
from .pythons import Python
from .resolve.uv import find_uv, locate

CLIENT = "awslambdaric"


def client(python: Python, environ: Mapping[str, str] = os.environ) -> Path:
    """A folder with awslambdaric and what it needs, compiled for ``python``; in our cache, made when missing.

    :raises FetchError: it has to be fetched, and cannot be.
    :raises SandboxError: awslambdaric is not installed, so that we do not know which version to take.
    """
    try:
        version = metadata.version(CLIENT)
    except metadata.PackageNotFoundError:
        raise SandboxError(
            "AWS's runtime client is not installed.",
            why=f"The package {CLIENT} comes with sameroom[cli], except on Windows.",
            next=f"pip install {CLIENT}",
        ) from None
    patch = "{}.{}.{}".format(*python.version)
    folder = cache_folder() / "client" / f"{CLIENT}-{version}-{patch}-{sysconfig.get_platform()}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".client-", dir=folder.parent) as made:
            fresh = Path(made, "client")
            if python.version[:2] == sys.version_info[:2]:
                _copy(fresh)
            if not (fresh / CLIENT).is_dir():
                # Another Python's, or ours where an installer kept no list of files.
                _fetch(python, version, fresh, environ)
            # On Lambda it is compiled, too, and what sandboxes see is read-only.
            subprocess.run([python.path, "-I", "-m", "compileall", "-q", fresh], check=False)
            if not folder.is_dir():  # somebody may have been faster
                fresh.rename(folder)
    return folder


def _copy(into: Path) -> None:
    for name in _needed(CLIENT, set()):
        for file in metadata.files(name) or ():
            if file.parts[0] == ".." or file.suffix == ".pyc":
                continue
            target = into / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


def _needed(name: str, seen: set[str]) -> Iterator[str]:
    """A distribution and all that it needs, as they are installed here."""
    if name in seen:
        return
    seen.add(name)
    yield name
    for requirement in metadata.requires(name) or ():
        if "extra ==" not in requirement:
            yield from _needed(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0], seen)


def _fetch(python: Python, version: str, into: Path, environ: Mapping[str, str]) -> None:
    into.mkdir(exist_ok=True)
    uv = locate(find_uv, environ)
    wanted = f"{CLIENT}=={version}"
    # Copied, for uv's cache is not ours to be edited.
    arguments = ("pip", "install", "--link-mode", "copy", "--target", str(into), "--python", str(python.path))
    said = uv(into, *arguments, wanted)
    if said.code != 0:
        raise FetchError(
            f"AWS's runtime client for Python {python.version[0]}.{python.version[1]} cannot be fetched.",
            why=said.complaint,
            next=f"Go online once, for it is then kept; or run sameroom itself with "
            f"Python {python.version[0]}.{python.version[1]}, which brings its own.",
        )
