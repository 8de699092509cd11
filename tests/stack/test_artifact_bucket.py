"""The bucket that a deploy needs: found by one call or made in a few, private, and never another's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.cloud import ACCOUNT, Stand
from fakes.toll import Gate, toll

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, NameTaken, Refused
from sameroom.stack.bucket import bucket_name, ensure_bucket

#: Regions of this file's own, one a test: a bucket is an account's and a region's.
HERE, UNFINISHED, TAKEN, DENIED, DELETED, QUICKER, ELSEWHERE = (
    *("eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1"),
    *("sa-east-1", "ca-central-1", "ap-south-1"),
)
CALLS = [
    *("CreateBucket", "GetBucketLocation", "PutPublicAccessBlock", "PutBucketEncryption"),
    *("PutBucketVersioning", "PutBucketLifecycleConfiguration", "PutBucketPolicy", "PutObject"),
]


def made(gate: Gate) -> list[str]:
    return [call.operation for call in gate.calls if call.service == "s3"]


def settings(cloud: Cloud, name: str, operation: str) -> Any:
    return cloud.call("s3", operation, Bucket=name)


def remove(cloud: Cloud, name: str) -> None:
    for version in cloud.call("s3", "list_object_versions", Bucket=name).get("Versions", ()):
        cloud.call("s3", "delete_object", Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
    cloud.call("s3", "delete_bucket", Bucket=name)


def test_a_missing_bucket_is_made_versioned_encrypted_and_private(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(HERE)
        name = ensure_bucket(cloud)
        assert name == f"sameroom-{ACCOUNT}-{HERE}"
        assert made(gate) == ["GetObject", *CALLS]
        gate.free()
        assert ensure_bucket(cloud) == name
        assert made(gate) == ["GetObject"], "one call tells that it is there, ours and whole"
    assert settings(cloud, name, "get_bucket_location")["LocationConstraint"] == HERE
    assert settings(cloud, name, "get_bucket_versioning")["Status"] == "Enabled"
    shut = settings(cloud, name, "get_public_access_block")["PublicAccessBlockConfiguration"]
    assert set(shut.values()) == {True}
    (rule,) = settings(cloud, name, "get_bucket_encryption")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (rule,) = settings(cloud, name, "get_bucket_lifecycle_configuration")["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
    assert rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 7
    (statement,) = json.loads(settings(cloud, name, "get_bucket_policy")["Policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_in_us_east_1_no_place_may_be_named(stand: Stand) -> None:
    cloud = stand.cloud("us-east-1")
    name = ensure_bucket(cloud)
    assert not settings(cloud, name, "get_bucket_location").get("LocationConstraint")
    assert ensure_bucket(cloud) == name


@pytest.mark.parametrize("step", range(len(CALLS)))
def test_an_interrupted_setting_up_is_finished_by_the_next(stand: Stand, step: int) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(UNFINISHED)
        gate.refuse("s3", CALLS[step], "AccessDenied", message=f"Not {CALLS[step]}")
        with pytest.raises(AccessDenied, match=f"s3:{CALLS[step]}") as refused:
            ensure_bucket(cloud)
        assert refused.value.next
        gate.free()
        name = ensure_bucket(cloud)
        assert made(gate)[-1] == "PutObject"
        remove(cloud, name)


def test_a_bucket_of_another_account_is_left_alone_and_the_way_out_told(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "GetObject", "AccessDenied")
        gate.refuse("s3", "CreateBucket", "BucketAlreadyExists")
        with pytest.raises(NameTaken) as taken:
            ensure_bucket(gate.cloud(TAKEN))
        assert made(gate) == ["GetObject", "CreateBucket"]
    assert f"sameroom-{ACCOUNT}-{TAKEN} belongs to another AWS account" in taken.value.what
    assert "--region" in taken.value.next


def test_a_name_taken_since_the_first_look_is_told_too(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "CreateBucket", "BucketAlreadyExists")
        with pytest.raises(NameTaken):
            ensure_bucket(gate.cloud(TAKEN))


@pytest.mark.parametrize("code", ["BucketAlreadyOwnedByYou", "AccessDenied"])
def test_our_own_bucket_that_we_may_not_read_is_a_denial(stand: Stand, code: str) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "GetObject", "AccessDenied", message="No s3:GetObject for you")
        gate.refuse("s3", "CreateBucket", code)
        with pytest.raises(AccessDenied, match="s3:GetObject"):
            ensure_bucket(gate.cloud(DENIED))


def test_a_bucket_deleted_meanwhile_is_made_again(stand: Stand) -> None:
    cloud = stand.cloud(DELETED)
    name = ensure_bucket(cloud)
    remove(cloud, name)
    assert ensure_bucket(cloud) == name
    assert settings(cloud, name, "get_bucket_versioning")["Status"] == "Enabled"


def test_a_bucket_that_s3_still_deletes_is_waited_for(stand: Stand) -> None:
    waited: list[float] = []
    with toll(stand.endpoint) as gate:
        gate.refuse("s3", "CreateBucket", "OperationAborted", times=2)
        name = ensure_bucket(gate.cloud(QUICKER), waited.append)
        remove(gate.cloud(QUICKER), name)
        gate.refuse("s3", "CreateBucket", "OperationAborted")
        with pytest.raises(Refused, match="OperationAborted"):
            ensure_bucket(gate.cloud(QUICKER), waited.append)
    assert waited == [1.0, 2.0, 1.0, 2.0, 4.0, 8.0]


def test_two_that_make_it_at_once_both_have_it(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.before("s3", "CreateBucket", lambda: ensure_bucket(stand.cloud(QUICKER)))
        assert ensure_bucket(gate.cloud(QUICKER)) == bucket_name(ACCOUNT, QUICKER)


def test_a_bucket_in_another_region_is_told_with_that_region(stand: Stand) -> None:
    name = bucket_name(ACCOUNT, ELSEWHERE)
    place = {"LocationConstraint": "eu-central-1"}
    stand.cloud("eu-central-1").call("s3", "create_bucket", Bucket=name, CreateBucketConfiguration=place)
    with pytest.raises(NameTaken, match="is in eu-central-1, and not in ap-south-1") as taken:
        ensure_bucket(stand.cloud(ELSEWHERE))
    assert "deploy to eu-central-1" in taken.value.next


def test_what_the_mark_says_is_read_with_care(stand: Stand) -> None:
    cloud = stand.cloud(HERE)
    name = ensure_bucket(cloud)
    for text in (b"", b"[]", b'{"manner": 0}', b"\xff"):
        cloud.call("s3", "put_object", Bucket=name, Key="sameroom.json", Body=text)
        assert ensure_bucket(cloud) == name
    said = cloud.call("s3", "get_object", Bucket=name, Key="sameroom.json")["Body"].read()
    assert json.loads(said) == {"manner": 1, "region": HERE}


def test_a_guarded_account_lets_its_bucket_be_used(guarded_stand: Stand) -> None:
    cloud = guarded_stand.cloud(HERE)
    assert ensure_bucket(cloud) == ensure_bucket(cloud)
