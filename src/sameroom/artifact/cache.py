"""Our own cache of wheels and bytecode, by content. uv's is never touched."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast


def cache_folder() -> Path:
    """SAMEROOM_CACHE_DIR, or the user's cache (XDG_CACHE_HOME, ~/Library/Caches ...)."""
    if named := os.environ.get("SAMEROOM_CACHE_DIR"):
        return Path(named)
    import platformdirs  # here: most builds find their things without

    return platformdirs.user_cache_path("sameroom")


@contextlib.contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all, whoever ends us in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield cast("BinaryIO", file)
        os.chmod(name, 0o644)  # mkstemp's file is for its owner alone
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def to_disk(file: BinaryIO) -> None:
    """Have what is in ``file`` written out while something else is done.

    Some file systems (ext4) begin with it when a file takes another's place, and moving waits for that.
    """

    def sync(handle: int) -> None:
        with contextlib.suppress(OSError):  # who moves the file is told
            os.fsync(handle)
        os.close(handle)

    file.flush()
    threading.Thread(target=sync, args=(os.dup(file.fileno()),), daemon=True).start()
