"""What a release's second half is given, and whom it tells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ...releases.clock import Clock
from ...releases.smoke import Asks
from .static import Static

if TYPE_CHECKING:
    from ..found import Found
    from ..wanted import Wanted


class Turn(NamedTuple):
    """What a release's second half is made of."""

    wanted: Wanted
    found: Found
    #: The artifact bucket.
    bucket: str
    #: The stack's, as they are now.
    outputs: Mapping[str, str]
    #: The project's, for the places in a traceback.
    folder: Path = Path()
    clock: Clock = Clock()
    #: None asks over the network, and takes the site of ``wanted``.
    asks: Asks | None = None
    static: Static | None = None


class Told(Protocol):
    """Told which step begins, and what is worth a line."""

    def stage(self, name: str) -> None: ...

    def line(self, text: str) -> None: ...
