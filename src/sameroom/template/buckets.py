"""Private S3 buckets, kept when the stack goes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from __future__ import annotations

from ..project.services import Bucket, bucket_variable
from .ids import logical_id
from .values import Json, Part, Resource, Statement, Wish, arn, ref, sub

_OBJECTS = (
    *("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject"),
    *("s3:GetObjectTagging", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging"),
)
_BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
PRIVATE: Json = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTED: Json = {
    "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
}
#: Days for which an overwritten object stays, and an upload that was never ended.
_OLD, _ABANDONED = 30, 7


def buckets(wish: Wish) -> Part:
    """Every declared bucket, its name in its environment variable."""
    resources: dict[str, Resource] = {}
    environment, statements = {}, []
    for name, bucket in sorted(wish.settings.buckets.items()):
        key = logical_id("Bucket", name)
        resources[key] = Resource("AWS::S3::Bucket", _properties(bucket), keep=True)
        resources[f"{key}Policy"] = Resource(
            "AWS::S3::BucketPolicy",
            {"Bucket": ref(key), "PolicyDocument": {"Version": "2012-10-17", "Statement": [over_tls(key)]}},
        )
        environment[bucket_variable(name, bucket)] = ref(key)
        statements.append(Statement(key, _BUCKET, (arn(key),)))
        statements.append(Statement(f"{key}Objects", _OBJECTS, (sub("${" + key + ".Arn}/*"),)))
    return Part(resources, environment, tuple(statements))


def over_tls(key: str) -> Json:
    """The bucket ``key`` is spoken to over TLS alone."""
    return {
        "Sid": "OverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn(key), sub("${" + key + ".Arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _properties(bucket: Bucket) -> Json:
    rules: list[Json] = [
        {
            "Id": "AbandonedUploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABANDONED},
        }
    ]
    if bucket.versioned:
        old: Json = {"NoncurrentVersionExpiration": {"NoncurrentDays": _OLD}}
        if bucket.expire is None:
            # The marks that deletions leave. Expiry takes them by itself, and S3 allows it in one rule only.
            old["ExpiredObjectDeleteMarker"] = True
        rules.append({"Id": "OldVersions", "Status": "Enabled", **old})
    if bucket.expire is not None:
        rules.append({"Id": "Expiry", "Status": "Enabled", "ExpirationInDays": bucket.expire})
    found: Json = {
        "PublicAccessBlockConfiguration": PRIVATE,
        "BucketEncryption": ENCRYPTED,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": rules},
    }
    if bucket.events:
        found["NotificationConfiguration"] = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    return found | ({"VersioningConfiguration": {"Status": "Enabled"}} if bucket.versioned else {})
