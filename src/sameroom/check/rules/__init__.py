"""What breaks on Lambda, read in the source. One file per family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..findings import Finding
from ..source import Module
from .background import background
from .database import database
from .locales import locales
from .programs import programs
from .startup import startup
from .state import state
from .writes import writes

_RULES = (startup, writes, database, background, programs, locales)


def findings(modules: Sequence[Module]) -> Iterator[Finding]:
    """What the rules find in all modules, in no order."""
    for module in modules:
        for rule in _RULES:
            yield from rule(module)
    yield from state(modules)
