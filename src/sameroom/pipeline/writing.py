"""Files of a pipeline, written where nothing is lost."""

from __future__ import annotations

from pathlib import Path

from ..errors import OutputError


def write(path: Path, text: str, *, force: bool) -> bool:
    """``text`` into the file ``path``; False when it is there already, word for word.

    :raises OutputError: something else is there and ``force`` is not said, or the disk refuses.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if before == text:
            return False
        if before is not None and not force:
            raise OutputError(
                f"{path} is there already, and differs.",
                why="It may have changes of yours.",
                next="Look at it; --force replaces it.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{path} cannot be written.", why=str(error)) from error
    return True
