"""What a build looked at, by size and date: where all of it is as it was, nothing need even be read.

Like git's index, this trusts a file whose status is unchanged. What was touched since the build began, or
so shortly before that the clock could not tell, is not trusted: the next build reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import sameroom

from .cache import whole
from .desk import answer
from .record import Artifact, recall

#: Nanoseconds that a clock of a file system may be behind ours.
_CLOCK = 50_000_000
#: Variables that may change what is built.
_VARIABLES = ("UV_", "PIP_", "SAMEROOM_", "FLASK_APP", "PYENV_", "PATH", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")


def place(folder: Path, asked: Iterable[object], environ: Mapping[str, str] = os.environ) -> Path:
    """Where the answer to this very question is kept: the same folder, wishes and variables."""
    variables = sorted(item for item in environ.items() if item[0].startswith(_VARIABLES))
    question = json.dumps([sameroom.__version__, str(folder), [*map(str, asked)], variables])
    name = hashlib.sha256(question.encode()).hexdigest()[:16]
    return answer(folder, name)


def unchanged(kept: Path) -> Artifact | None:
    """The artifact of the same question, where everything its build looked at is as it was."""
    try:
        document = json.loads(kept.read_bytes())
        if any(_status(path) != status for path, status in document["looked_at"]):
            return None
        return recall(Path(document["record"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(kept: Path, record: Path, looked_at: Iterable[Path], since: int) -> None:
    """Keep the status of everything that the build of ``record`` looked at.

    Nothing is kept where something changed after ``since``, nanoseconds of the epoch when it began.
    """
    names = sorted({str(path) for path in (*looked_at, *_ourselves())})
    try:
        rows = [(name, _status(name)) for name in names]
    except OSError:
        return
    if all(max(status[2:], default=0) < since - _CLOCK for _, status in rows):
        with whole(kept) as file:
            file.write(json.dumps({"record": str(record), "looked_at": rows}).encode())


def _status(path: str) -> list[int]:
    """Empty for what is not there."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return []
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _ourselves() -> Iterator[Path]:
    """Our own source, which another version, or an edit of ours, changes."""
    for folder, folders, files in os.walk(Path(sameroom.__file__).parent):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(folder, name) for name in files)
