"""Which files of the static site a deploy would add, change and remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..releases.history import current
from .found import Found
from .plan import Files
from .wanted import Wanted

if TYPE_CHECKING:
    from ..aws.cloud import Cloud


def files(cloud: Cloud, wanted: Wanted, found: Found) -> Files:
    """Compared with the release that is live; one call, and none without a site."""
    if wanted.site is None:
        return Files()
    from ..site import compare

    live = current(found.history)
    return Files(*compare(cloud, found.bucket, live.site if live else "", wanted.site))
