"""The front end's own build, before each release."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable
from pathlib import Path

from ..errors import SiteError
from ..project.services import Site

#: Lines of a failed build that the error shows.
_LAST = 60


def build(project: Path, site: Site, told: Callable[[str], None] | None = None) -> None:
    """Run ``site.build`` in the project's folder, by the shell, as npm runs its scripts.

    :param told: gets each line of its output as it comes.
    :raises SiteError: it ended with another status than 0; the last of its output is in ``why``.
    """
    if not site.build:
        return
    last: deque[str] = deque(maxlen=_LAST)
    with subprocess.Popen(  # noqa: S602 - the project's own command line
        site.build,
        shell=True,
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line.rstrip("\n"))
            if told is not None:
                told(last[-1])
    if process.returncode:
        raise SiteError(
            f"The front end's build failed with exit status {process.returncode}: {site.build}",
            why="\n".join(last),
            next="Nothing was changed on AWS. Mend it and repeat.",
        )
