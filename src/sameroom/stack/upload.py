"""A file into the artifact bucket, once: its key has its hash, so what is there need not be sent again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import OutputError, Refused, SameroomError
from .bucket import ensure_bucket

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

MB = 1 << 20
#: Bytes from which it goes in parts, and those of a part.
LARGE, PART = 16 * MB, 8 * MB
#: S3's words for a condition that is not met, and for two that write at once.
_THERE = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
#: Parts on their way at a time.
_TOGETHER = 4
#: Seconds that S3 may be silent while it takes a part over a slow line.
_PATIENCE = 300

Progress = Callable[[int, int], object]


class _Body(NamedTuple):
    content: bytes | Path
    size: int

    def part(self, start: int, length: int) -> bytes:
        if isinstance(self.content, bytes):
            return self.content[start : start + length]
        with self.content.open("rb") as file:
            file.seek(start)
            return file.read(length)


class _Place(NamedTuple):
    cloud: Cloud
    bucket: str
    key: str

    def call(self, operation: str, **arguments: Any) -> Any:
        return self.cloud.call(
            "s3",
            operation,
            patience=_PATIENCE,
            Bucket=self.bucket,
            Key=self.key,
            ExpectedBucketOwner=self.cloud.account,
            **arguments,
        )


def upload(
    cloud: Cloud,
    bucket: str,
    key: str,
    content: bytes | str | Path,
    sha256: str,
    told: Progress | None = None,
) -> bool:
    """Put ``content`` (bytes, or a file's path) there, unless it is there. False when it was. What is new and
    under 16 MB takes one call: S3 is asked before the bytes go (Expect: 100-continue), and may refuse.
    ``sha256``, in hex, is checked by S3; ``told`` gets bytes done and bytes in all.

    :raises OutputError: there is no such file.
    :raises Refused: S3 got something else than was sent, or does not let us.
    """
    body = _body(Path(content) if isinstance(content, str) else content)
    place = _Place(cloud, bucket, key)
    tell = told or (lambda done, total: None)
    try:
        return _send_new(place, body, sha256, tell)
    except Refused as error:
        if error.code not in ("NoSuchBucket", "404"):
            raise
        ensure_bucket(cloud)  # deleted since we looked
        return _send_new(place, body, sha256, tell)


def _send_new(place: _Place, body: _Body, sha256: str, told: Progress) -> bool:
    if body.size >= LARGE:
        if _there(place, body.size):
            return False
        _send_in_parts(place, body, told)
        return True
    try:
        _send(place, body, sha256, told, IfNoneMatch="*")
    except Refused as error:
        if error.code not in _THERE:
            raise
        if _there(place, body.size):
            return False
        _send(place, body, sha256, told)  # what is there is not whole
    return True


def _body(content: bytes | Path) -> _Body:
    if isinstance(content, bytes):
        return _Body(content, len(content))
    try:
        return _Body(content, content.stat().st_size)
    except OSError as error:
        raise OutputError(
            f"There is nothing to upload at {content}.", why=f"{error.strerror}.", next="sameroom build"
        ) from error


def _there(place: _Place, size: int) -> bool:
    try:
        return bool(place.call("head_object")["ContentLength"] == size)
    except Refused as error:
        if error.code in ("404", "NoSuchKey", "NotFound"):
            return False
        raise


def _send(place: _Place, body: _Body, sha256: str, told: Progress, **condition: str) -> None:
    told(0, body.size)
    checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
    place.call("put_object", Body=body.part(0, body.size), ChecksumSHA256=checksum, **condition)
    told(body.size, body.size)


def _send_in_parts(place: _Place, body: _Body, told: Progress) -> None:
    """Each part with its own hash.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    """
    upload_id = place.call("create_multipart_upload", ChecksumAlgorithm="SHA256")["UploadId"]
    told(0, body.size)
    done = 0

    def send(start: int) -> tuple[int, dict[str, Any]]:
        data, number = body.part(start, PART), start // PART + 1
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        said = place.call(
            "upload_part", UploadId=upload_id, PartNumber=number, Body=data, ChecksumSHA256=checksum
        )
        return len(data), {"PartNumber": number, "ETag": said["ETag"], "ChecksumSHA256": checksum}

    parts = []
    try:
        with ThreadPoolExecutor(_TOGETHER) as pool:
            try:
                for size, part in pool.map(send, range(0, body.size, PART)):
                    done += size
                    parts.append(part)
                    told(done, body.size)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        place.call("complete_multipart_upload", UploadId=upload_id, MultipartUpload={"Parts": parts})
    except BaseException:
        with suppress(SameroomError):
            place.call("abort_multipart_upload", UploadId=upload_id)
        raise
