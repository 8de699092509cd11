"""What ``sameroom dev --plain`` shows; the rest is the server's own."""

from __future__ import annotations

import sys

from ..local.backing import Backing
from ..local.reload import Changed
from ..project import Project
from .banner import plain_banner
from .screen import Printer


class PlainScreen:
    """The banner, and each restart."""

    def __init__(self) -> None:
        self._printer = Printer(sys.stdout)

    def served(self, project: Project, url: str, aws: Backing) -> None:
        self._printer.write(plain_banner(project, url, aws, self._printer.paint))

    def changed(self, changed: Changed) -> None:
        mark = self._printer.paint("green", "↻")
        self._printer.line(f"{mark} {changed.describe()} changed, starting again")

    def closing(self) -> None:
        self._printer.line(self._printer.paint("dim", "ending"))
