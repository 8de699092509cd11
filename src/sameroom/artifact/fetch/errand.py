"""What everything that fetches or builds a wheel needs to know besides the pin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ..resolve.uv import Uv
from ..target import Target
from .download import Downloader


class Errand(NamedTuple):
    """One run of ``fetch``."""

    target: Target
    #: Ours, where the wheels go.
    cache: Path
    #: Whose [tool.uv] says which indexes there are.
    project: Path
    download: Downloader
    #: Gives uv's binary, or raises UvMissing.
    uv: Callable[[], Uv]
