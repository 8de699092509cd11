"""The bucket of artifacts, templates, releases and locks: one for each account and region, made when missing.

It is versioned, encrypted, private and spoken to over TLS alone. What says so is an object in it, written
when all of that has been set: one call tells that the bucket is there, ours, and whole.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import AccessDenied, NameTaken, Refused, SameroomError

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: The object that says that everything is set, and in which manner: another number sets it anew.
MARK, MANNER = "sameroom.json", 1
#: Seconds between tries while S3 still deletes a bucket of that name.
_PAUSES = (1.0, 2.0, 4.0, 8.0)
#: Days for which an old text of a lock, a history or a template stays.
_OLD = 30
_ABANDONED = 7


def bucket_name(account: str, region: str) -> str:
    """The name, the same from every machine: sameroom-123456789012-eu-west-1."""
    return f"sameroom-{account}-{region}"


def artifact_key(sha256: str) -> str:
    """Where the zip with that hash lies."""
    return f"artifacts/{sha256}.zip"


def template_key(sha256: str) -> str:
    """Where the template with that hash lies."""
    return f"templates/{sha256}.json"


def template_url(region: str, bucket: str, key: str) -> str:
    """Where CloudFormation finds a template, by its path, which stand-ins of AWS understand as well."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://s3.{region}.{domain}/{bucket}/{key}"


def ensure_bucket(cloud: Cloud, pause: Callable[[float], object] = time.sleep) -> str:
    """The bucket's name; made and set up where it is not. One call where it is.

    :raises NameTaken: somebody else has a bucket of that name, or it is in another region.
    """
    name = bucket_name(cloud.account, cloud.region)
    try:
        said = cloud.call("s3", "get_object", Bucket=name, Key=MARK, ExpectedBucketOwner=cloud.account)
        mark = _mark(said["Body"].read())
        if mark.get("manner") == MANNER:
            _refuse_elsewhere(cloud, name, str(mark.get("region")))
            return name
    except AccessDenied as denied:
        raise _denied(cloud, name, denied) from None
    except Refused as error:
        if error.code == "NoSuchBucket":
            _create(cloud, name, pause)
        elif error.code != "NoSuchKey":
            raise
    _refuse_elsewhere(cloud, name, _region(cloud, name))
    _set_up(cloud, name)
    return name


def _mark(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _create(cloud: Cloud, name: str, pause: Callable[[float], object]) -> None:
    # us-east-1 is the one region that may not be named.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html
    place = {} if cloud.region == "us-east-1" else {"LocationConstraint": cloud.region}
    arguments: dict[str, Any] = {"CreateBucketConfiguration": place} if place else {}
    for seconds in (*_PAUSES, 0):
        try:
            cloud.call("s3", "create_bucket", Bucket=name, **arguments)
            return
        except Refused as error:  # noqa: PERF203
            if error.code == "BucketAlreadyOwnedByYou":
                return  # another deploy was quicker
            if error.code == "BucketAlreadyExists":
                raise _taken(name) from error
            if error.code != "OperationAborted" or not seconds:
                raise
            pause(seconds)  # it was deleted a moment ago


def _denied(cloud: Cloud, name: str, denied: AccessDenied) -> SameroomError:
    """A bucket that we may not read: another account's, or ours? S3 tells whoever wants to make it."""
    try:
        _create(cloud, name, lambda seconds: None)
    except NameTaken as taken:
        return taken
    except Refused:
        return denied
    return denied


def _taken(name: str) -> NameTaken:
    return NameTaken(
        f"The bucket {name} belongs to another AWS account.",
        why="All accounts share the names of buckets, and sameroom keeps its artifacts in the one so named.",
        next="Deploy to another region (--region), or ask AWS support about the bucket: nobody but you has a "
        "use for that name.",
    )


def _refuse_elsewhere(cloud: Cloud, name: str, region: str) -> None:
    if region != cloud.region:
        raise NameTaken(
            f"The bucket {name} is in {region}, and not in {cloud.region}.",
            why="Lambda takes code from buckets of its own region alone.",
            next=f"Somebody made it by hand: empty and delete it, and deploy again; or deploy to {region}.",
        )


def _region(cloud: Cloud, name: str) -> str:
    said = cloud.call("s3", "get_bucket_location", Bucket=name, ExpectedBucketOwner=cloud.account)
    # Nothing is us-east-1, EU the old name of eu-west-1.
    place = said.get("LocationConstraint") or "us-east-1"
    return "eu-west-1" if place == "EU" else str(place)


def _set_up(cloud: Cloud, name: str) -> None:
    def put(operation: str, **what: Any) -> None:
        cloud.call("s3", operation, Bucket=name, ExpectedBucketOwner=cloud.account, **what)

    shut = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    put("put_public_access_block", PublicAccessBlockConfiguration=dict.fromkeys(shut, True))
    by_default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    put("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": [by_default]})
    put("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
    put("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [_RULE]})
    put("put_bucket_policy", Policy=json.dumps(_tls_only(name, cloud.region)))
    mark = json.dumps({"manner": MANNER, "region": cloud.region})
    put("put_object", Key=MARK, Body=mark.encode(), ContentType="application/json")


_RULE = {
    "ID": "sameroom",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABANDONED},
}


def _tls_only(name: str, region: str) -> dict[str, Any]:
    partition = (
        "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    )
    arn = f"arn:{partition}:s3:::{name}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
