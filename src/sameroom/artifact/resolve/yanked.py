"""Whether an index has withdrawn (PEP 592) what a lock pins: locks do not say."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from packaging.pylock import Package, PackageWheel

from .compiled import yanked_notes
from .pylock import Choice, Source
from .uv import Uv

#: A build must not wait for an index that does not answer when everything it needs is here.
_BRIEFLY = {"UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "5", "UV_HTTP_CONNECT_TIMEOUT": "5"}


def withdrawn(
    uv: Uv, folder: Path, python: str, found: Iterable[tuple[Package, Source]], choice: Choice
) -> tuple[str, ...]:
    """A note for every wheel chosen from ``choice.lock`` that is yanked; none where an index is away.

    Only those whose index the lock names are asked for: elsewhere a stranger's may have the same name.
    """
    by_index: dict[str, list[str]] = {}
    for package, source in found:
        if isinstance(source, PackageWheel) and package.index:
            by_index.setdefault(package.index, []).append(f"{package.name}=={package.version}")
    brief = uv._replace(environ={**uv.environ, **_BRIEFLY})
    notes: list[str] = []
    for index, lines in sorted(by_index.items()):
        said = brief(
            folder,
            *("pip", "compile", "-", "--no-deps", "--only-binary", ":all:", "--python", sys.executable),
            *("--python-version", python, "--python-platform", choice.target.platform),
            *("--index", index),
            stdin="\n".join(lines) + "\n",
        )
        notes += yanked_notes(said.err, choice.lock)
    return tuple(notes)
