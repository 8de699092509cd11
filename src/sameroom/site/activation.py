"""A release's files become what visitors see; with the manifest of an earlier release the rollback."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..errors import Refused, SiteError
from . import manifest, marker
from .publishing import OWN, all_at_once
from .values import Activated, Entry, Place

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Paths; beyond them CloudFront is told to forget everything, which it counts as one.
_MOST_PATHS = 15
#: Keys that one DeleteObjects takes.
BATCH = 1000


def activate(cloud: Cloud, place: Place, manifest_key: str) -> Activated:
    """Make the published release ``manifest_key`` the one that visitors see.

    Assets first, then pages, index.html last, so that no page comes before what it refers to. What the
    release lacks is removed after that, except hashed names: open pages still ask for those. Then CloudFront
    forgets the paths that changed. Repeating what was interrupted finishes it; repeating what was finished
    does nothing.

    :raises SiteError: the release's manifest or one of its objects has been removed.
    :raises Refused, Unreachable: AWS's answers, see ``aws.faults``.
    """
    release = manifest.read(cloud, place.artifacts, manifest_key)
    wanted = marker.plain(release)
    before = marker.read(cloud, place.bucket)
    turn = marker.begun(
        before, manifest_key, wanted, datetime.now(timezone.utc).isoformat(timespec="seconds")
    )
    if not turn.unsure:
        if turn.manifest != before.manifest:
            marker.write(cloud, place.bucket, turn)
        return Activated(0, 0, ())
    if turn != before:
        marker.write(cloud, place.bucket, turn)
    copies = [key for key in turn.unsure if key in wanted]
    for group in in_order(copies):
        all_at_once(lambda key: _copy(cloud, place, key, release.files[key]), group)
    gone = [key for key in turn.unsure if key not in release.files]
    remove(cloud, place.bucket, gone)
    paths = paths_of(turn.unsure)
    _invalidate(cloud, place.distribution, paths, turn.reference)
    marker.write(cloud, place.bucket, marker.finished(turn, wanted))
    return Activated(len(copies), len(gone), paths)


def in_order(keys: Iterable[str]) -> tuple[Sequence[str], ...]:
    """Assets, pages, and the first page of all: each group after the one before. Pure."""
    every = sorted(keys)
    pages = [key for key in every if key.lower().endswith((".html", ".htm", ".xhtml"))]
    assets = [key for key in every if key not in set(pages)]
    return (
        assets,
        [key for key in pages if key != "index.html"],
        [key for key in pages if key == "index.html"],
    )


def paths_of(keys: Iterable[str]) -> tuple[str, ...]:
    """What CloudFront shall forget: a folder's address too, where its index.html has changed. Pure.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
    """
    paths = set()
    for key in keys:
        paths.add(f"/{quote(key)}")
        if key == "index.html" or key.endswith("/index.html"):
            paths.add(f"/{quote(key.removesuffix('index.html'))}")
    return tuple(sorted(paths)) if len(paths) <= _MOST_PATHS else ("/*",)


def remove(cloud: Cloud, bucket: str, keys: Sequence[str]) -> None:
    """Delete the objects ``keys``.

    :raises SiteError: S3 kept some of them.
    """
    for start in range(0, len(keys), BATCH):
        answer = cloud.call(
            "s3",
            "delete_objects",
            Bucket=bucket,
            Delete={"Objects": [{"Key": key} for key in keys[start : start + BATCH]], "Quiet": True},
            ExpectedBucketOwner=cloud.account,
        )
        for error in answer.get("Errors", ()):
            raise SiteError(
                f"S3 did not remove {error.get('Key')} from {bucket}: {error.get('Code')}.",
                why=str(error.get("Message", "")),
                next="Repeat; what was done stays done.",
            )


def _copy(cloud: Cloud, place: Place, key: str, entry: Entry) -> None:
    try:
        cloud.call(
            "s3",
            "copy_object",
            Bucket=place.bucket,
            Key=key,
            CopySource={"Bucket": place.bucket, "Key": OWN + entry.sha256},
            MetadataDirective="REPLACE",
            ContentType=entry.type,
            CacheControl=entry.cache,
            ExpectedBucketOwner=cloud.account,
            ExpectedSourceBucketOwner=cloud.account,
        )
    except Refused as error:
        if error.code not in ("NoSuchKey", "404"):
            raise
        raise SiteError(
            f"{key} of that release is gone from the bucket {place.bucket}.",
            why=f"There is no {OWN}{entry.sha256} any more.",
            next="Deploy again, which brings it back.",
        ) from error


def _invalidate(cloud: Cloud, distribution: str, paths: Sequence[str], reference: str) -> None:
    cloud.call(
        "cloudfront",
        "create_invalidation",
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(paths), "Items": list(paths)},
            "CallerReference": reference,
        },
    )
