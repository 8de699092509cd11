"""Prepared -> Published: what is missing is uploaded, and visitors see no difference yet.

Objects whose names carry a hash go to their own keys, where nobody asks for them yet. The others go to
``.releases/<SHA-256>``, from where ``activate`` copies them.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import SiteError
from .manifest import manifest_of, prefix, to_json
from .values import IMMUTABLE, File, Place, Prepared, Published

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Calls at a time; boto3 keeps ten connections.
_AT_ONCE = 8
#: Seconds for one upload's answer.
_PATIENCE = 300.0
#: What is not for visitors; the bucket's policy denies it to CloudFront.
OWN = ".releases/"

#: Told how many uploads are done, of how many.
Told = Callable[[int, int], None]


class Stored(NamedTuple):
    """An object as ListObjectsV2 tells of it; ``modified`` is a datetime with a time zone."""

    etag: str
    size: int
    modified: Any


class _Upload(NamedTuple):
    key: str
    file: File


def publish(
    cloud: Cloud, place: Place, prepared: Prepared, number: int, told: Told | None = None
) -> Published:
    """Bring to the site's bucket what it lacks, and write the manifest of release ``number``, last.

    Calls: one list per thousand objects, one upload per new content, one for the manifest. Interrupted, it
    has changed nothing for visitors; repeating uploads the rest.

    :raises Refused, Unreachable: AWS's answers, see ``aws.faults``.
    :raises SiteError: a file changed while it was being uploaded.
    """
    there = stored(cloud, place.bucket)
    files = tuple(_renamed_in_vain(file, there) for file in prepared.files)
    uploads = _missing(files, there)
    finished = itertools.count(1)

    def put(upload: _Upload) -> None:
        _put(cloud, place.bucket, upload)
        done = next(finished)
        if told is not None:
            told(done, len(uploads))

    first = [upload for upload in uploads if upload.file.entry.immutable]
    all_at_once(put, first)
    all_at_once(put, [upload for upload in uploads if not upload.file.entry.immutable])
    manifest_key = f"{prefix(place.stack)}{number}.json"
    cloud.call(
        "s3",
        "put_object",
        Bucket=place.artifacts,
        Key=manifest_key,
        Body=to_json(manifest_of(files)),
        ContentType="application/json",
        ExpectedBucketOwner=cloud.account,
    )
    size = sum(upload.file.entry.size for upload in uploads)
    return Published(manifest_key, len(uploads), len(files) - len(uploads), size)


def stored(cloud: Cloud, bucket: str) -> Mapping[str, Stored]:
    """Every object of the bucket, by key."""
    found: dict[str, Stored] = {}
    for page in cloud.pages("s3", "list_objects_v2", Bucket=bucket, ExpectedBucketOwner=cloud.account):
        for entry in page.get("Contents", ()):
            found[entry["Key"]] = Stored(entry["ETag"].strip('"'), entry["Size"], entry["LastModified"])
    return found


def place_of(file: File) -> str:
    """Where ``publish`` puts it."""
    return file.key if file.entry.immutable else OWN + file.entry.sha256


def all_at_once(do: Callable[[Any], None], things: Iterable[Any]) -> None:
    """``do`` for all things, some at a time, and back when all are done; the first error stops the rest."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = [pool.submit(do, thing) for thing in things]
        try:
            for future in wait(running, return_when=FIRST_EXCEPTION).done:
                future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _renamed_in_vain(file: File, there: Mapping[str, Stored]) -> File:
    """A build may give another content the name that it gave before, hash and all. Nobody may overwrite it
    before the release is activated, nor may caches believe it: such a file is treated as plain."""
    found = there.get(file.key)
    if file.entry.immutable and found is not None and not _same(file, found):
        return file._replace(entry=file.entry._replace(immutable=False))
    return file


def _missing(files: Iterable[File], there: Mapping[str, Stored]) -> list[_Upload]:
    wanted = {place_of(file): file for file in files}
    return [
        _Upload(key, file) for key, file in wanted.items() if key not in there or not _same(file, there[key])
    ]


def _same(file: File, found: Stored) -> bool:
    """A multipart ETag (it has a hyphen) says nothing of the content; the size has to do."""
    return found.size == file.entry.size and ("-" in found.etag or found.etag == file.entry.md5)


def _put(cloud: Cloud, bucket: str, upload: _Upload) -> None:
    key, file = upload
    arguments: dict[str, Any] = {
        "Bucket": bucket,
        "Key": key,
        "ContentType": file.entry.type,
        "CacheControl": IMMUTABLE,
        # S3 refuses a content that is not the one whose hash is in the manifest.
        "ChecksumSHA256": base64.b64encode(bytes.fromhex(file.entry.sha256)).decode(),
        "ExpectedBucketOwner": cloud.account,
    }
    if isinstance(file.content, bytes):
        cloud.call("s3", "put_object", patience=_PATIENCE, Body=file.content, **arguments)
        return
    try:
        with Path(file.content).open("rb") as body:
            cloud.call("s3", "put_object", patience=_PATIENCE, Body=body, **arguments)
    except OSError as error:
        raise SiteError(f"{file.content} cannot be read.", why=f"{error.strerror}.") from error
