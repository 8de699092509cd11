"""One unchanged WSGI app behind every door.

What an app may import; each name is loaded when it is first used, and from the standard library alone.

Copyright (c) 2026 The sameroom authors, MIT License. In a Lambda artifact our other modules come without
their comments and docstrings, every line in its place; all of it is in the distribution ``sameroom`` on PyPI.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .runtime import sql
    from .runtime.background import background, current_job
    from .runtime.context import current_invocation
    from .runtime.events import on
    from .runtime.handler import make_handler
    from .runtime.secrets import check_secrets, load_secrets, secret

__version__ = "0.1.0"
__all__ = [
    "background",
    "check_secrets",
    "current_invocation",
    "current_job",
    "load_secrets",
    "make_handler",
    "on",
    "secret",
    "sql",
]

_ROOMS = {
    "current_invocation": ".runtime.context",
    "make_handler": ".runtime.handler",
    "on": ".runtime.events",
    "sql": ".runtime.sql",
    **dict.fromkeys(("background", "current_job"), ".runtime.background"),
    **dict.fromkeys(("check_secrets", "load_secrets", "secret"), ".runtime.secrets"),
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_ROOMS[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
