"""The static front end: a folder of files -> S3 behind CloudFront, as a part of a release.

    build -> prepare -> publish -> activate, and from time to time sweep

``prepare`` decides and touches nothing but the folder; ``publish`` brings what is missing without changing
what visitors see; ``activate`` makes one release's files the ones they see, which is also the rollback.
Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .activation import activate
    from .building import build
    from .manifest import compare
    from .preparing import prepare
    from .publishing import publish
    from .sweeping import clear, sweep
    from .values import Activated, Manifest, Place, Prepared, Published, Swept

__all__ = [
    "Activated",
    "Manifest",
    "Place",
    "Prepared",
    "Published",
    "Swept",
    "activate",
    "build",
    "clear",
    "compare",
    "prepare",
    "publish",
    "sweep",
]

_ROOMS = {
    **dict.fromkeys(("Activated", "Manifest", "Place", "Prepared", "Published", "Swept"), "values"),
    **dict.fromkeys(("clear", "sweep"), "sweeping"),
    "activate": "activation",
    "build": "building",
    "compare": "manifest",
    "prepare": "preparing",
    "publish": "publishing",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_ROOMS[name]}", __name__), name)
    return value
