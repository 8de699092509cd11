"""The files of a folder, and what among them cannot or must not be published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import SiteError

#: S3 takes no more in one PUT, nor in one copy: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
LARGEST = 5 * 1024**3
#: Bytes of a key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_LONGEST = 1024
#: What file managers leave behind.
_DESKTOPS = {"thumbs.db", "desktop.ini"}
#: RFC 8615; the only hidden name that is meant for visitors.
_WELL_KNOWN = ".well-known"


class Found(NamedTuple):
    """A file: its key is its path from the folder, with slashes."""

    key: str
    path: Path
    size: int


class Folder(NamedTuple):
    """What a folder holds, in order of the keys."""

    files: tuple[Found, ...]
    left_out: tuple[str, ...]


def walk(root: Path) -> Folder:
    """Every file below ``root``. Links are followed, to where they stay within it.

    :raises SiteError: a file that cannot be published: it names the file.
    """
    try:
        entries = sorted(_below(root, root.resolve(), (root.resolve(),)))
    except OSError as error:
        raise SiteError(f"{error.filename} cannot be read.", why=f"{error.strerror}.") from error
    kept = tuple(Found(key, path, path.stat().st_size) for key, path in entries if not is_left_out(key))
    for found in kept:
        if found.size > LARGEST:
            raise SiteError(
                f"{found.path} is too large for the site: {found.size / 1024**3:.1f} GB.",
                why="S3 takes no more than 5 GB in one upload.",
                next="Put it into a bucket of its own ([tool.sameroom.buckets]) and link to it there.",
            )
    return Folder(kept, tuple(key for key, _ in entries if is_left_out(key)))


def _below(folder: Path, root: Path, above: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    """Keys and paths; ``above`` are the real folders on the way here."""
    with os.scandir(folder) as found:
        entries = list(found)
    for entry in entries:
        path = Path(entry.path)
        real = _within(path, root) if entry.is_symlink() else path
        if entry.is_dir():
            deeper = real.resolve()
            if deeper in above:
                raise SiteError(f"{path} is a link to a folder that it lies in.", next="Remove the link.")
            for key, file in _below(path, root, (*above, deeper)):
                yield f"{_name(path)}/{key}", file
        elif entry.is_file():
            yield _name(path), path
        else:
            raise SiteError(f"{path} is neither a file nor a folder.", next="Move it out of the folder.")


def _within(link: Path, root: Path) -> Path:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise SiteError(
            f"{link} is a link that leads nowhere.", next="Remove it, or make what it links to."
        ) from error
    if not target.is_relative_to(root):
        raise SiteError(
            f"{link} is a link out of the site's folder.",
            why=f"It leads to {target}, and everybody could read that.",
            next="Put a copy there if it is meant to be public.",
        )
    return target


def _name(path: Path) -> str:
    name = path.name
    try:
        encoded = name.encode()
    except UnicodeEncodeError as error:
        raise SiteError(
            f"The name {os.fsencode(name)!r} in {path.parent} is not UTF-8.",
            why="A URL could not name it.",
            next="Rename the file.",
        ) from error
    if len(encoded) > _LONGEST or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise SiteError(
            f"The name {name!r} in {path.parent} cannot be a key in S3.",
            why=f"Keys have no control characters and at most {_LONGEST} bytes.",
            next="Rename the file.",
        )
    return name


def is_left_out(key: str) -> bool:
    """Whether a file is never published: hidden ones, source maps, the desktop's own."""
    *folders, name = key.split("/")
    if folders[:1] == [_WELL_KNOWN]:
        folders = folders[1:]
    hidden = any(part.startswith(".") for part in (*folders, name))
    return hidden or name.lower() in _DESKTOPS or name.endswith(".map")
