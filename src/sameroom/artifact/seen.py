"""What a build looked at, by size and date: where all of it is as it was, nothing need even be read.

Like git's index, this trusts a file whose status is unchanged. What was touched since the build began, or
so shortly before that the clock could not tell, is not trusted: the next build reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sameroom

from ..own import NAME
from .cache import whole
from .desk import answer
from .record import Artifact, recall, recorded

#: Nanoseconds that a clock of a file system may be behind ours.
_CLOCK = 50_000_000
#: Names that are no file of anybody's.
_PASSING = (NAME, "__pycache__")
_SWAP = re.compile(r"\.#.*|\..*\.sw[a-p]")
#: The status of nothing.
_DOUBTED = [0, 0, 0]
#: Variables that may change what is built.
_VARIABLES = ("UV_", "PIP_", "SAMEROOM_", "FLASK_APP", "PYENV_", "PATH", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")


def place(folder: Path, asked: Iterable[object], environ: Mapping[str, str] = os.environ) -> Path:
    """Where the answer to this very question is kept: the same folder, wishes and variables."""
    variables = sorted(item for item in environ.items() if item[0].startswith(_VARIABLES))
    question = json.dumps([sameroom.__version__, str(folder), [*map(str, asked)], variables])
    name = hashlib.sha256(question.encode()).hexdigest()[:16]
    return answer(folder, name)


#: Path and status.
Rows = list[tuple[str, list[int]]]


class LookedAt(NamedTuple):
    """What had a say in a build."""

    #: Files, and folders for their names; those that were missed among them.
    paths: tuple[Path, ...]
    #: Names in a folder when it was read, for those that may have changed since.
    listed: Mapping[Path, Sequence[str]]


class Amendable(NamedTuple):
    """What ``amend`` must know of a build to make it again with other contents of the same files."""

    #: Of the project, for its .env.
    folder: str
    #: The project's own files by path, and what they are called in the zip.
    files: Mapping[str, str]
    #: What was included by its very name, and may hold secrets.
    named: tuple[str, ...]
    #: What the settings give the function. The values of .env are nothing to keep.
    variables: Mapping[str, str]
    python: str
    version: tuple[int, int, int]
    bytecode: bool

    def pyc_path(self, path: str) -> str:
        """Where the bytecode of a module goes."""
        folder, _, name = path.rpartition("/")
        tag = "cpython-{}{}".format(*self.version)
        return f"{folder}/__pycache__/{name[:-3]}.{tag}.pyc".lstrip("/")


class Unusual(Exception):
    """More depends on what has changed than ``amend`` can tell."""


class Changed(NamedTuple):
    """A build of which nothing but contents of the project's own files has changed."""

    artifact: Artifact
    how: Amendable
    #: Those that have.
    files: tuple[str, ...]
    #: Everything, as it was before any of it was read.
    looked_at: Rows


def unchanged(kept: Path) -> Artifact | None:
    """The artifact of the same question, where everything its build looked at is as it was."""
    try:
        document = json.loads(kept.read_bytes())
        if any(_status(path) != status for path, status in document["looked_at"]):
            return None
        return recall(_record(document))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def changed(kept: Path) -> Changed | None:
    """The last build of the same question, where it can be amended. Its zip is not looked at."""
    try:
        document = json.loads(kept.read_bytes())
        how = Amendable(*document["amendable"])
        now = [(path, before, _status(path)) for path, before in document["looked_at"]]
        files = tuple(path for path, before, status in now if status != before)
        if not all(path in how.files and stat.S_ISREG(os.lstat(path).st_mode) for path in files):
            return None
        artifact = recorded(_record(document))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    how = how._replace(named=tuple(how.named), version=(how.version[0], how.version[1], how.version[2]))
    return Changed(artifact, how, files, [(path, status) for path, _, status in now])


def remember(
    kept: Path, artifact: Artifact, looked_at: LookedAt, since: int, how: Amendable | None = None
) -> None:
    """Keep the status of everything that the build of ``artifact`` looked at.

    :param since: nanoseconds of the epoch when it began.
    """
    # What was looked at for two reasons has more to say than its contents.
    times = Counter(map(str, looked_at.paths))
    if how is not None:
        how = how._replace(files={file: path for file, path in how.files.items() if times[file] == 1})
    try:
        rows = [(path, _status(path)) for path in sorted({*times, *map(str, _ourselves())})]
    except OSError:
        return
    folders = {str(folder): listing(names) for folder, names in looked_at.listed.items()}
    rows = [(path, folders.get(path, status)) for path, status in rows]
    keep(kept, artifact, rows, since, how)


def keep(kept: Path, artifact: Artifact, rows: Rows, since: int, how: Amendable | None) -> None:
    """Write the answer. A file that was touched so late that the clock cannot tell is read the next time."""
    record = str(artifact.place.record)
    told = [
        (path, status if max(status[2:], default=0) < since - _CLOCK else _DOUBTED) for path, status in rows
    ]
    document = {"record": record, "made": _status(record), "looked_at": told, "amendable": how}
    with whole(kept) as file:
        file.write(json.dumps(document).encode())


def _record(document: dict[str, Any]) -> Path:
    """:raises ValueError: another question has been answered since, in the same place."""
    if _status(document["record"]) != document["made"]:
        raise ValueError
    return Path(document["record"])


def _status(path: str) -> list[int]:
    """Empty for what is not there; of a folder, its names: some editors save a file by renaming another."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return []
    if stat.S_ISDIR(found.st_mode):
        return listing(os.listdir(path))
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def listing(names: Iterable[str]) -> list[int]:
    """The status of a folder, less what comes and goes without a say in any build."""
    told = sorted(name for name in names if name not in _PASSING and not _SWAP.fullmatch(name))
    return [len(told), zlib.crc32("\0".join(told).encode("utf-8", "surrogateescape"))]


def _ourselves() -> Iterator[Path]:
    """Our own source, which another version, or an edit of ours, changes."""
    for folder, folders, files in os.walk(Path(sameroom.__file__).parent):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(folder, name) for name in files)
