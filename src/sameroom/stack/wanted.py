"""All that a release is to be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..template.values import Template

if TYPE_CHECKING:
    from ..project import Settings
    from ..site import Prepared


class Zip(NamedTuple):
    """The artifact as a deploy needs it: SHA-256 in hex, bytes."""

    path: Path
    sha256: str
    zipped: int


class Wanted(NamedTuple):
    """All that a release is to be."""

    stack: str
    stage: str
    project: str
    settings: Settings
    artifact: Zip
    template: Template
    #: The static site's files, None without a site.
    site: Prepared | None = None
    #: Git's commit, "" where there is none.
    commit: str = ""
