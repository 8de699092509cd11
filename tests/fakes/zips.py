"""Artifacts made by hand: some files, and sameroom's runtime beside them as a build would put it."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import sameroom

HOUSE = Path(sameroom.__file__).parent
RUNTIME = {
    f"sameroom/{file.relative_to(HOUSE)}": file.read_bytes()
    for file in [HOUSE / "__init__.py", *(HOUSE / "runtime").rglob("*.py")]
}
#: As our archives have it.
DATE = (1980, 1, 1, 0, 0, 0)


def artifact(path: Path, files: Mapping[str, str | bytes], *, runtime: bool = True) -> Path:
    """Write ``path`` as builds do: whole or not at all, fixed dates, 0644."""
    fresh = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in {**files, **(RUNTIME if runtime else {})}.items():
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            zipped.writestr(info, data)
    os.replace(fresh, path)
    return path
