"""The artifact on its way: once, whole, in parts when it is large, and again when the bucket has gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.cloud import Stand
from fakes.toll import Gate, toll

from sameroom.errors import AccessDenied, OutputError, Refused
from sameroom.stack.bucket import artifact_key, ensure_bucket
from sameroom.stack.upload import LARGE, PART, upload

REGION = "us-west-1"
#: Two whole parts and a short one, beyond what goes in one piece.
LONG = b"sameroom" * (LARGE // 8) + b"the end"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def gate(stand: Stand) -> Iterator[Gate]:
    with toll(stand.endpoint) as gate:
        ensure_bucket(gate.cloud(REGION))
        gate.free()
        yield gate


def there(gate: Gate, key: str) -> bytes:
    cloud = gate.cloud(REGION)
    said = cloud.call("s3", "get_object", Bucket=ensure_bucket(cloud), Key=key)["Body"].read()
    assert isinstance(said, bytes)
    return said


def test_a_file_is_sent_once_by_one_call_and_never_again(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "café.zip"
    path.write_bytes(b"a zip of 18 bytes.")
    digest = sha256(path.read_bytes())
    cloud = gate.cloud(REGION)
    told: list[tuple[int, int]] = []
    bucket = ensure_bucket(cloud)
    key = artifact_key(digest)
    assert upload(cloud, bucket, key, path, digest, lambda done, total: told.append((done, total)))
    assert told == [(0, 18), (18, 18)]
    assert gate.calls[-1].operation == "PutObject"
    gate.calls.clear()
    assert not upload(cloud, bucket, key, str(path), digest)
    assert [call.operation for call in gate.calls] == ["PutObject", "HeadObject"]
    assert there(gate, key) == path.read_bytes()


def test_a_large_one_goes_in_parts_and_tells_of_each(gate: Gate) -> None:
    cloud = gate.cloud(REGION)
    told: list[tuple[int, int]] = []
    digest = sha256(LONG)
    upload(cloud, ensure_bucket(cloud), "large", LONG, digest, lambda done, total: told.append((done, total)))
    assert told == [(0, len(LONG)), (PART, len(LONG)), (2 * PART, len(LONG)), (len(LONG), len(LONG))]
    assert gate.counts["s3", "UploadPart"] == 3
    assert sha256(there(gate, "large")) == digest


def test_a_part_that_is_lost_is_sent_again(gate: Gate) -> None:
    cloud = gate.cloud(REGION, tries=3)
    gate.cut("s3", "UploadPart", times=1)
    upload(cloud, ensure_bucket(cloud), "again", LONG, sha256(LONG))
    assert gate.counts["s3", "UploadPart"] == 4
    assert there(gate, "again") == LONG


def test_parts_that_cannot_be_sent_are_cleared_away(gate: Gate) -> None:
    cloud = gate.cloud(REGION)
    gate.refuse("s3", "UploadPart", "AccessDenied", skip=1)
    with pytest.raises(AccessDenied, match="s3:UploadPart"):
        upload(cloud, ensure_bucket(cloud), "half", LONG, sha256(LONG))
    assert gate.counts["s3", "AbortMultipartUpload"] == 1
    bucket = ensure_bucket(cloud)
    assert not cloud.call("s3", "list_multipart_uploads", Bucket=bucket).get("Uploads")


@pytest.mark.parametrize("operation", ["HeadObject", "PutObject"])
def test_a_denial_names_the_call(gate: Gate, operation: str) -> None:
    cloud = gate.cloud(REGION)
    bucket = ensure_bucket(cloud)
    upload(cloud, bucket, operation, b"new", sha256(b"new"))
    gate.refuse("s3", operation, "AccessDenied")
    with pytest.raises(AccessDenied, match=f"s3:{operation}"):
        upload(cloud, bucket, operation, b"new", sha256(b"new"))


def test_a_bucket_deleted_since_the_look_is_made_again(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud("us-west-2")
        bucket = ensure_bucket(cloud)
        for version in cloud.call("s3", "list_object_versions", Bucket=bucket)["Versions"]:
            cloud.call(
                "s3", "delete_object", Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"]
            )
        cloud.call("s3", "delete_bucket", Bucket=bucket)
        assert upload(cloud, bucket, "new", b"new", sha256(b"new"))
        said = cloud.call("s3", "get_object", Bucket=bucket, Key="new")
        assert said["Body"].read() == b"new"


def test_what_arrives_otherwise_than_it_was_hashed_is_refused(gate: Gate) -> None:
    cloud = gate.cloud(REGION)
    with pytest.raises(Refused, match="BadDigest"):
        upload(cloud, ensure_bucket(cloud), "wrong", b"changed on its way", sha256(b"as it was"))


def test_a_damaged_one_of_another_size_is_replaced(gate: Gate) -> None:
    cloud = gate.cloud(REGION)
    bucket = ensure_bucket(cloud)
    cloud.call("s3", "put_object", Bucket=bucket, Key="damaged", Body=b"half")
    assert upload(cloud, bucket, "damaged", b"whole one", sha256(b"whole one"))
    assert there(gate, "damaged") == b"whole one"


def test_a_zip_that_has_gone_is_told_by_its_name(gate: Gate, tmp_path: Path) -> None:
    cloud = gate.cloud(REGION)
    with pytest.raises(OutputError, match=r"gone\.zip") as missing:
        upload(cloud, ensure_bucket(cloud), "gone", tmp_path / "gone.zip", sha256(b""))
    assert "sameroom build" in missing.value.next
