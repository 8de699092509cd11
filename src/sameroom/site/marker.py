"""What visitors see just now, as JSON in the site's bucket: ``.releases/live.json``.

It is written before the first public object changes and after the last one has, so that an activation that
was interrupted is finished or undone by the next, whichever release that is for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Refused
from .publishing import OWN
from .values import Manifest

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

KEY = f"{OWN}live.json"


class Marker(NamedTuple):
    """``files`` are the public objects with plain names, and what stands there: SHA-256 and type."""

    #: Key of the manifest that is live, or is becoming so.
    manifest: str = ""
    files: Mapping[str, str] = {}
    #: Keys that an activation was to change and may have changed; empty once it is over.
    unsure: tuple[str, ...] = ()
    #: CloudFront's CallerReference: the same when an activation is repeated, new for every other.
    reference: str = ""
    #: Manifest -> when it ceased to be live, ISO 8601.
    retired: Mapping[str, str] = {}


def read(cloud: Cloud, bucket: str) -> Marker:
    """The marker; an empty one before the first activation."""
    try:
        answer = cloud.call("s3", "get_object", Bucket=bucket, Key=KEY, ExpectedBucketOwner=cloud.account)
    except Refused as error:
        if error.code in ("NoSuchKey", "404"):
            return Marker()
        raise
    said: dict[str, Any] = json.loads(answer["Body"].read())
    return Marker(**{**said, "unsure": tuple(said["unsure"])})


def write(cloud: Cloud, bucket: str, marker: Marker) -> None:
    cloud.call(
        "s3",
        "put_object",
        Bucket=bucket,
        Key=KEY,
        Body=json.dumps(marker._asdict(), ensure_ascii=True, sort_keys=True).encode(),
        ContentType="application/json",
        ExpectedBucketOwner=cloud.account,
    )


def plain(manifest: Manifest) -> dict[str, str]:
    """A manifest's objects with plain names, as a marker has them."""
    return {key: f"{it.sha256} {it.type}" for key, it in manifest.files.items() if not it.immutable}


def begun(before: Marker, manifest_key: str, wanted: Mapping[str, str], now: str) -> Marker:
    """The marker of an activation that begins, or goes on. Pure but for a new reference."""
    differing = {
        key for key in before.files.keys() | wanted.keys() if before.files.get(key) != wanted.get(key)
    }
    unsure = tuple(sorted(differing | set(before.unsure)))
    retired = dict(before.retired)
    if before.manifest and before.manifest != manifest_key:
        retired[before.manifest] = now
    retired.pop(manifest_key, None)
    again = before.manifest == manifest_key and unsure == before.unsure
    return Marker(
        manifest_key,
        {key: value for key, value in before.files.items() if key not in unsure},
        unsure,
        before.reference if again and before.reference else f"sameroom-{uuid.uuid4()}",
        retired,
    )


def finished(marker: Marker, wanted: Mapping[str, str]) -> Marker:
    """The marker once all is done."""
    return marker._replace(files=wanted, unsure=())
