"""What a release published, as JSON in the artifact bucket: ``sites/<stack>/<number>.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Refused, SiteError
from .values import Entry, File, Manifest, Prepared

if TYPE_CHECKING:
    from ..aws.cloud import Cloud


class Difference(NamedTuple):
    """Keys, in order."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def prefix(stack: str) -> str:
    """What the keys of a stack's manifests begin with."""
    return f"sites/{stack}/"


def manifest_of(files: Iterable[File]) -> Manifest:
    return Manifest({file.key: file.entry for file in files})


def to_json(manifest: Manifest) -> bytes:
    """The same bytes for the same files."""
    files = {key: manifest.files[key]._asdict() for key in sorted(manifest.files)}
    return (json.dumps({"files": files}, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(data: bytes) -> Manifest:
    """``ValueError``, ``TypeError`` or ``KeyError`` for what ``to_json`` has not written."""
    document: Any = json.loads(data)
    return Manifest({key: Entry(**entry) for key, entry in document["files"].items()})


def read(cloud: Cloud, bucket: str, key: str) -> Manifest:
    """The manifest ``key`` of the artifact bucket ``bucket``; one call.

    :raises SiteError: it is gone, or not one of ours.
    """
    try:
        answer = cloud.call("s3", "get_object", Bucket=bucket, Key=key, ExpectedBucketOwner=cloud.account)
        return from_json(answer["Body"].read())
    except Refused as error:
        if error.code not in ("NoSuchKey", "404"):
            raise
        raise SiteError(
            f"The static files of that release are gone: s3://{bucket}/{key}",
            why="The release's manifest has been removed.",
            next="Deploy again; releases that are kept for rollback can be chosen by `sameroom rollback`.",
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SiteError(
            f"s3://{bucket}/{key} is not a manifest of ours.", why=f"{error}.", next="Deploy again."
        ) from error


def compare(cloud: Cloud, bucket: str, manifest_key: str, prepared: Prepared) -> Difference:
    """What ``prepared`` would change; one call, none when ``manifest_key`` is "" (no release yet).

    :param bucket: the artifact bucket.
    """
    try:
        before = read(cloud, bucket, manifest_key) if manifest_key else Manifest({})
    except SiteError:
        before = Manifest({})  # nothing is known of it, so everything is new
    return difference(before, manifest_of(prepared.files))


def difference(before: Manifest, after: Manifest) -> Difference:
    """Pure."""
    both = before.files.keys() & after.files.keys()
    return Difference(
        tuple(sorted(after.files.keys() - both)),
        tuple(sorted(key for key in both if before.files[key] != after.files[key])),
        tuple(sorted(before.files.keys() - both)),
    )
