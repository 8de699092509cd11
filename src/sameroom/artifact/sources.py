"""The project's own files, and our runtime, as members of the artifact."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import sameroom

from ..errors import SourceRefused
from ..project import Project
from ..project.patterns import Ignored, Patterns, included, leads, never, patterns, stays
from .limits import UNZIPPED
from .members import Loose, Member, Removed
from .metadata import metadata
from .secrets import refuse_secrets


class Sources(NamedTuple):
    """What of the project travels, by path, and what stays."""

    members: tuple[Member, ...]
    removed: tuple[Removed, ...]
    #: Every file and folder that had a say in it.
    looked_at: tuple[Path, ...] = ()
    #: The names in each folder as it was read.
    listed: Mapping[Path, Sequence[str]] = {}


def sources(project: Project, outputs: Collection[str] = ()) -> Sources:
    """The project's files below the folder that is on sys.path, save the ``outputs`` of builds.

    :raises SourceRefused: a symbolic link, a secret, a name that is not UTF-8, a file that cannot be read.
    """
    settings = project.settings
    walk = _Walk(project.app.root, patterns(settings.include, settings.exclude), outputs)
    walk.folder(project.app.root, "")
    own = metadata(project.folder, project.app.root)
    members = sorted((*walk.members, *own), key=lambda member: member.path)
    looked_at = (*walk.looked_at, *walk.ignored.files)
    return Sources(tuple(members), tuple(sorted(walk.removed)), looked_at, walk.listed)


class _Walk:
    def __init__(self, root: Path, said: Patterns, outputs: Collection[str]) -> None:
        self.members: list[Member] = []
        self.removed: list[Removed] = []
        self._said = said
        self._outputs = outputs
        self.ignored = Ignored(root)
        self.looked_at: list[Path] = []
        self.listed: dict[Path, list[str]] = {}
        self._bytes = 0

    def folder(self, folder: Path, prefix: str, staying: str = "") -> None:
        """``staying`` is why what is in it stays, save what is included by name."""
        self.ignored.enter(folder)
        self.looked_at.append(folder)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise _unreadable(prefix or ".", error) from error
        self.listed[folder] = [entry.name for entry in entries]
        for entry in entries:
            if not never(entry.name) and entry.path not in self._outputs:
                self._entry(entry, prefix + _spelled(entry.name, prefix), staying)

    def _entry(self, entry: os.DirEntry[str], path: str, staying: str) -> None:
        here, said = Path(entry.path), self._said
        is_folder = entry.is_dir(follow_symlinks=False)
        reason = ""
        if not included(path, is_folder=is_folder, said=said):
            ignored = self.ignored(here, is_folder=is_folder)
            reason = staying or stays(path, is_folder=is_folder, said=said, ignored=ignored)
            if not reason and is_folder and (here / "pyvenv.cfg").exists():
                reason = "a virtual environment"
        if reason and is_folder and leads(path, said):
            self.folder(here, path + "/", reason)
        elif reason:
            self.removed.append(Removed(path + "/" * is_folder, "", _size(entry), reason))
        elif entry.is_symlink():
            raise SourceRefused(
                f"{path} is a symbolic link to {os.readlink(here)}.",
                why="The zip holds files, and elsewhere the link may lead to something else, or nowhere.",
                next=f'Put the file itself there, or leave it out: exclude = ["{path}"] in [tool.sameroom].',
            )
        elif is_folder:
            self.folder(here, path + "/")
        elif entry.is_file():
            self._file(here, path)

    def _file(self, file: Path, path: str) -> None:
        self.looked_at.append(file)
        try:
            mode = file.stat().st_mode
            data = file.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from error
        if path not in self._said.named:
            refuse_secrets(path, data)
        self._bytes += len(data)
        if self._bytes > UNZIPPED * 4:
            raise SourceRefused(
                f"The project has more than {self._bytes // 1_000_000:,} MB of its own files.",
                why=f"{path} was the last one read; Lambda takes {UNZIPPED:,} bytes in all.",
                next="Leave out what the app does not read: exclude in [tool.sameroom], or .gitignore.",
            )
        self.members.append(Member(path, "", Loose(data), bool(mode & stat.S_IXUSR)))


def _spelled(name: str, prefix: str) -> str:
    """``name`` as the zip will have it: UTF-8, composed, so that macOS and Linux agree."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        shown = prefix + os.fsencode(name).decode("ascii", "backslashreplace")
        raise SourceRefused(
            f"The file name {shown} is not UTF-8.",
            why="A zip's names are UTF-8, and on Lambda the file would have another name.",
            next="Rename the file, or delete it.",
        ) from None
    return unicodedata.normalize("NFC", name)


def _size(entry: os.DirEntry[str]) -> int:
    return 0 if entry.is_dir(follow_symlinks=False) else entry.stat(follow_symlinks=False).st_size


def _unreadable(path: str, error: OSError) -> SourceRefused:
    return SourceRefused(
        f"{path} cannot be read.",
        why=f"{error.strerror}.",
        next=f'Mend its permissions, or leave it out: exclude = ["{path}"] in [tool.sameroom].',
    )


@cache
def runtime() -> tuple[Member, ...]:
    """What of sameroom travels: the face and ``runtime``."""
    house = Path(sameroom.__file__).parent
    members = [_our_own(house, house / "__init__.py"), _our_own(house, house / "py.typed")]
    members += [_our_own(house, file) for file in _files(house / "runtime")]
    return tuple(sorted(members))


def _our_own(house: Path, file: Path) -> Member:
    path = f"sameroom/{file.relative_to(house).as_posix()}"
    return Member(path, "sameroom", Loose(file.read_bytes()), os.access(file, os.X_OK))


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file
