"""All that travels to Lambda. Loads the standard library only."""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own takes a while to load
if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def bundled() -> AbstractContextManager[None]:
    """What ``sameroom build`` may have put beside this package; to be open while much is imported."""
    import contextlib
    import os
    import sys

    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path = f"{package}{os.sep}bundle.{sys.implementation.cache_tag}"
    if not os.path.exists(path):
        return contextlib.nullcontext()
    from .bundle import Bundle

    return Bundle(path, os.path.dirname(package))
