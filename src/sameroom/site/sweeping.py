"""What no release needs any more, and no open page either."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ..errors import SiteError
from . import manifest, marker
from .activation import remove
from .publishing import OWN, stored
from .values import Manifest, Place, Swept

if TYPE_CHECKING:
    from ..aws.cloud import Cloud


def sweep(
    cloud: Cloud,
    place: Place,
    kept: Collection[str],
    keep_days: int,
    now: datetime | None = None,
) -> Swept:
    """Remove objects that neither a kept release names, nor one that was live in the last ``keep_days`` days.

    :param kept: keys of the manifests of all releases that can still be rolled back to.
    :param now: with a time zone; None is this moment.
    """
    oldest = (now or datetime.now(timezone.utc)) - timedelta(days=keep_days)
    live = marker.read(cloud, place.bucket)
    there = stored(cloud, place.bucket)
    named = {marker.KEY, *live.files, *live.unsure}
    for key in {*kept, live.manifest} - {""}:
        # A release whose manifest is gone cannot be rolled back to; it keeps nothing.
        with suppress(SiteError):
            named |= _names(manifest.read(cloud, place.artifacts, key))
    old = [key for key, it in there.items() if key not in named and it.modified <= oldest]
    if not old:
        return Swept(0, 0)
    expired = []
    for key, modified in _manifests(cloud, place):
        if key in kept or key == live.manifest:
            continue
        if _ceased(live, key, modified) <= oldest:
            expired.append(key)
        else:
            named |= _names(manifest.read(cloud, place.artifacts, key))
    gone = [key for key in old if key not in named]
    remove(cloud, place.bucket, gone)
    remove(cloud, place.artifacts, expired)
    return Swept(len(gone), sum(there[key].size for key in gone))


def clear(cloud: Cloud, bucket: str) -> int:
    """Remove every object of the site's bucket, so that CloudFormation can delete it; how many there were."""
    keys = list(stored(cloud, bucket))
    remove(cloud, bucket, keys)
    return len(keys)


def _manifests(cloud: Cloud, place: Place) -> list[tuple[str, Any]]:
    pages = cloud.pages(
        "s3",
        "list_objects_v2",
        Bucket=place.artifacts,
        Prefix=manifest.prefix(place.stack),
        ExpectedBucketOwner=cloud.account,
    )
    return [(entry["Key"], entry["LastModified"]) for page in pages for entry in page.get("Contents", ())]


def _ceased(live: marker.Marker, key: str, modified: datetime) -> datetime:
    """When the release ceased to be live; for one that never was, when it was published."""
    said = live.retired.get(key, "")
    return datetime.fromisoformat(said) if said else modified


def _names(release: Manifest) -> set[str]:
    """Every key that the release needs."""
    return {key if entry.immutable else OWN + entry.sha256 for key, entry in release.files.items()} | {
        *release.files
    }
