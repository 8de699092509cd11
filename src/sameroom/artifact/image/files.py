"""What a base image's layers hold, as far as we must know it: which Pythons, and whose C library.

Layers are laid over each other as the image-spec says ("Applying Changesets": whiteouts, opaque folders),
by names alone; nothing is unpacked.
"""

from __future__ import annotations

import posixpath
import re
import tarfile
from collections.abc import Iterable, Iterator

_PYTHON = re.compile(r"python3\.(\d+)")
#: A package that every Python there can import.
_PACKAGE = re.compile(r"(?:^|/)(?:site|dist)-packages/([^/]+)/__init__\.py")
#: Where an interpreter may be; the first one wins: Amazon's images, python's own, distributions'.
_PREFERRED = ("/var/lang/bin", "/usr/local/bin", "/usr/bin", "/bin")
_HOPS = 40


class Files:
    """The image's file system, of which it keeps symbolic links, Pythons and a few landmarks."""

    def __init__(self, task: str) -> None:
        self._task = task.strip("/")
        self._links: dict[str, str] = {}
        self._files: set[str] = set()

    def lay(self, members: Iterable[tarfile.TarInfo]) -> None:
        """Lay the next layer on top."""
        links: dict[str, str] = {}
        files: set[str] = set()
        #: What goes of the layers below, and folders of which all goes that is in them.
        gone: set[str] = set()
        emptied: set[str] = set()
        for member in members:
            path = posixpath.normpath(f"/{member.name}").strip("/")
            folder, name = posixpath.split(path)
            if name == ".wh..wh..opq":
                emptied.add(folder)
            elif name.startswith(".wh."):
                gone.add(posixpath.join(folder, name[4:]))
            elif member.isdir():
                self._links.pop(path, None)
            else:
                gone.add(path)
                if member.issym():
                    links[path] = member.linkname
                elif self._matters(path, name):
                    files.add(path)
        emptied |= gone

        def stays(path: str) -> bool:
            return path not in gone and emptied.isdisjoint(_above(path))

        self._links = {path: to for path, to in self._links.items() if stays(path)} | links
        self._files = {path for path in self._files if stays(path)} | files

    def python(self, version: tuple[int, int]) -> str:
        """The absolute path of the interpreter of this minor version; "" when there is none."""
        name = "python{}.{}".format(*version)
        named = {path for path in {*self._files, *self._links} if posixpath.basename(path) == name}
        found = {f"/{path}" for path in named if self._resolved(path) in self._files}
        for folder in _PREFERRED:
            if f"{folder}/{name}" in found:
                return f"{folder}/{name}"
        return min((path for path in found if path.endswith(f"/bin/{name}")), default="")

    def pythons(self) -> list[str]:
        """The path of every interpreter that there is, for people."""
        return sorted(f"/{path}" for path in self._files if _PYTHON.fullmatch(posixpath.basename(path)))

    def packages(self) -> set[str]:
        """The packages installed for its Pythons."""
        return {found[1] for path in self._files if (found := _PACKAGE.search(path))}

    @property
    def musl(self) -> bool:
        """Whether its C library is musl, which runs no manylinux wheel (PEP 600)."""
        loaders = {posixpath.basename(path).partition("-")[2] for path in self._files if "ld-" in path}
        return any(name.startswith("musl-") for name in loaders) and not any(
            name.startswith("linux-") for name in loaders
        )

    @property
    def has_task(self) -> bool:
        """Whether the function's folder has files already."""
        return any(path.startswith(f"{self._task}/") for path in {*self._files, *self._links})

    def _matters(self, path: str, name: str) -> bool:
        return (
            _PYTHON.fullmatch(name) is not None
            or name.startswith(("ld-musl-", "ld-linux-"))
            or path.startswith(f"{self._task}/")
            or _PACKAGE.search(path) is not None
        )

    def _resolved(self, path: str) -> str:
        """``path`` with every symbolic link on the way followed."""
        for _ in range(_HOPS):
            parts = path.split("/")
            for depth in range(1, len(parts) + 1):
                here = "/".join(parts[:depth])
                if here in self._links:
                    target = posixpath.join("/", posixpath.dirname(here), self._links[here])
                    path = posixpath.normpath(posixpath.join(target, *parts[depth:])).strip("/")
                    break
            else:
                return path
        return ""


def _above(path: str) -> Iterator[str]:
    """The folders that ``path`` is in."""
    while path:
        path = posixpath.dirname(path)
        yield path
