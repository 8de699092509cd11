"""Notices that the project's files have changed: once per change, and only for files that matter.

Lambda's code is read-only, so any file of the project may be part of the app: templates and data as much
as modules. What tools write beside the code (bytecode, caches, environments, databases, logs) is passed
over, and so is what git ignores, Python files excepted: those are imported all the same.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from ..errors import SameroomError
from ..own import NAME

#: Milliseconds without a further change that end one change, and the most one may take. An editor's
#: save is several events within a few milliseconds.
QUIET = 25
LONGEST = 400
#: Seconds between two looks at a single file.
LOOK_EVERY = 0.25

IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "htmlcov"})
#: Hidden files are tools' too, but for those that Flask reads, and secrets.
HIDDEN_FILES_THAT_MATTER = (".env", ".flaskenv")
SECRETS = f"{NAME}{os.sep}secrets*.env"
IGNORED_FILES = (
    *("*.py[cod]", "*.sw?", "*~", ".#*", "#*#", "4913", ".DS_Store", "*.tmp", "*.log"),
    *("*.db", "*.db-*", "*.sqlite", "*.sqlite-*", "*.sqlite3", "*.sqlite3-*", "*-journal"),
)


class Changed(NamedTuple):
    """One change, as paths below the project, sorted."""

    paths: tuple[str, ...]

    def describe(self) -> str:
        """``app.py`` or ``app.py and 3 more``."""
        more = len(self.paths) - 1
        return self.paths[0] + (f" and {more} more" if more else "")


class Changes:
    """The changes of the project in ``folder``, from the moment that this is entered.

    Entering raises SameroomError where the system does not let us watch.

    async with Changes(folder) as watching:
        async for changed in watching: ...

    Files of the folders ``passed_over``, below ``folder``, do not matter, unless they are Python's.

    Changes that come while nobody waits are kept and handed out as one.
    """

    def __init__(self, folder: Path, passed_over: Sequence[str] = ()) -> None:
        self._root = str(folder)
        self._passed_over = tuple(f"{one}/" for one in passed_over)
        self._stop = threading.Event()
        # A thread of our own, so that waiting never takes one of the loop's.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reload")

    async def __aenter__(self) -> Changes:
        loop = asyncio.get_running_loop()
        try:
            self._watch = await loop.run_in_executor(self._thread, _Watch, self._root, self._stop)
        except (OSError, WatchfilesRustInternalError) as error:
            raise SameroomError(
                "The project's files cannot be watched: edits will not be noticed.",
                why=f"{error}.",
                next="If it is a limit of the system, raise it (sysctl fs.inotify.max_user_watches=524288).",
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.shutdown()

    def __aiter__(self) -> Changes:
        return self

    async def __anext__(self) -> Changed:
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            matter = await loop.run_in_executor(self._thread, self._watch.next)
            # What is Python there may be imported all the same.
            matter = [
                path
                for path in matter
                if path.endswith(".py") or not path.replace(os.sep, "/").startswith(self._passed_over)
            ]
            if matter:
                return Changed(tuple(matter))
        raise StopAsyncIteration


class _Watch:
    """The folders being watched, which follow those that come and go."""

    def __init__(self, root: str, stop: threading.Event) -> None:
        self._root = root
        self._stop = stop
        self._folders = _folders(root)
        self._watcher = _watcher(root, self._folders)

    def next(self) -> list[str]:
        """Wait for a change; what of it matters, perhaps nothing. Blocks until then or until told to stop."""
        seen = self._watcher.watch(LONGEST, QUIET, 0, self._stop)
        if isinstance(seen, str):
            return []
        paths = {path for _, path in seen}
        folders = _folders(self._root)
        if folders != self._folders:
            # The new watcher listens before we look, so nothing falls between the two.
            self._watcher = _watcher(self._root, folders)
            paths |= _files(folders - self._folders)
            self._folders = folders
        return _that_matter(self._root, paths)


def ignores_folder(name: str) -> bool:
    """Hidden folders, and those that only tools write to."""
    return name.startswith(".") or name in IGNORED_FOLDERS or name.endswith(".egg-info")


def ignores_file(name: str) -> bool:
    """Files that only tools write, and folders' names among those of files that are gone."""
    if name.startswith("."):
        return name not in HIDDEN_FILES_THAT_MATTER
    return name in IGNORED_FOLDERS or any(fnmatch(name, pattern) for pattern in IGNORED_FILES)


def _watcher(root: str, folders: Iterable[str]) -> RustNotify:
    """Linux watches folder by folder, so a large node_modules costs nothing; other systems watch trees."""
    if sys.platform == "linux":
        return RustNotify(sorted(folders), False, False, 300, False, True)
    return RustNotify([root], False, False, 300, True, True)


def _folders(root: str) -> set[str]:
    """``root`` and every folder below it that may hold something of the app's."""
    found = {root, *filter(os.path.isdir, (os.path.join(root, NAME),))}
    for here, names, _ in os.walk(root):
        names[:] = [
            name
            for name in names
            if not ignores_folder(name) and not os.path.exists(os.path.join(here, name, "pyvenv.cfg"))
        ]
        found.update(os.path.join(here, name) for name in names)
    return found


def _files(folders: Iterable[str]) -> set[str]:
    return {entry.path for folder in folders for entry in os.scandir(folder) if entry.is_file()}


def _that_matter(root: str, paths: Iterable[str]) -> list[str]:
    matter, secrets = [], []
    for path in paths:
        relative = os.path.relpath(path, root)
        if fnmatch(relative, SECRETS):
            secrets.append(relative)
        *folders, name = relative.split(os.sep)
        if ignores_file(name) or any(ignores_folder(part) for part in folders):
            continue
        # A folder's own events come with those of what is in it.
        if not os.path.isdir(path):
            matter.append(relative)
    ignored = _ignored_by_git(root, [path for path in matter if not path.endswith(".py")])
    return sorted({*secrets, *matter} - ignored)


def _ignored_by_git(root: str, paths: list[str]) -> set[str]:
    """Asked of git itself, which knows all of its rules; nothing is ignored where there is no git."""
    if not paths:
        return set()
    try:
        asked = subprocess.run(
            ["git", "check-ignore", "-z", "--stdin"],
            cwd=root,
            input="\0".join(paths).encode(errors="surrogateescape"),
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return {os.fsdecode(path) for path in asked.stdout.split(b"\0") if path}


async def replaced(path: Path) -> AsyncIterator[Changed]:
    """Each time that the one file ``path`` is another, and has been left alone since the last look."""
    known = seen = _stamp(path)
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = _stamp(path)
        if now == seen and now not in (known, None):
            known = now
            yield Changed((path.name,))
        seen = now


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
