"""What a plan and a deploy themselves call, besides what CloudFormation does for them."""

from __future__ import annotations

from ..project import Settings
from .permissions import May

_HERE = "${AWS::Region}:${AWS::AccountId}"
_STACK = f":cloudformation:{_HERE}:stack/{{stack}}/*"
_BUCKET = ":s3:::sameroom-${AWS::AccountId}-${AWS::Region}"
_FUNCTION = f":lambda:{_HERE}:function:{{names}}*"
_LOGS = f":logs:{_HERE}:log-group:/sameroom/{{stack}}*"

#: A change set is made and shown; there is no way to execute it.
PLAN: tuple[May, ...] = (
    May(
        (
            *(
                "cloudformation:DescribeStacks",
                "cloudformation:GetTemplate",
                "cloudformation:ListStackResources",
            ),
            *("cloudformation:DescribeStackEvents", "cloudformation:DescribeStackResources"),
            *("cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet"),
            "cloudformation:DeleteChangeSet",
        ),
        (_STACK,),
    ),
    May(("s3:ListBucket", "s3:GetBucketLocation"), (_BUCKET,)),
    # The mark of a bucket that is set up.
    May(("s3:GetObject",), (f"{_BUCKET}/sameroom.json",)),
    May(("s3:GetObject",), (f"{_BUCKET}/releases/{{stack}}/*", f"{_BUCKET}/sites/{{stack}}/*")),
    # Where the template is over 51,200 bytes.
    May(("s3:GetObject", "s3:PutObject"), (f"{_BUCKET}/templates/*",)),
    May(("lambda:GetAlias", "lambda:GetFunctionConfiguration"), (_FUNCTION,)),
)

_DEPLOY: tuple[May, ...] = (
    *PLAN,
    May(
        (
            *("cloudformation:ExecuteChangeSet", "cloudformation:DeleteStack"),
            *("cloudformation:ContinueUpdateRollback", "cloudformation:RollbackStack"),
            "cloudformation:DetectStackDrift",
            *("cloudformation:DescribeStackResourceDrifts", "cloudformation:TagResource"),
        ),
        (_STACK,),
    ),
    May(("cloudformation:DescribeStackDriftDetectionStatus",), ("*",)),
    May(
        (
            *("s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration"),
            *("s3:PutBucketPublicAccessBlock", "s3:PutBucketPolicy", "s3:PutBucketOwnershipControls"),
            *("s3:PutBucketTagging", "s3:PutLifecycleConfiguration"),
        ),
        (_BUCKET,),
    ),
    May(
        ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
        (f"{_BUCKET}/artifacts/*", f"{_BUCKET}/releases/{{stack}}/*", f"{_BUCKET}/sites/{{stack}}/*"),
    ),
    May(("s3:PutObject",), (f"{_BUCKET}/sameroom.json",)),
    May(("s3:AbortMultipartUpload",), (f"{_BUCKET}/artifacts/*",)),
    May(("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), (f"{_BUCKET}/locks/{{stack}}.json",)),
    # The new version is asked whether it starts, its release command is run, and then the alias moves.
    May(("lambda:InvokeFunction", "lambda:UpdateAlias"), (_FUNCTION,)),
    # Old versions.
    May(("lambda:ListVersionsByFunction", "lambda:DeleteFunction"), (_FUNCTION,)),
    May(("logs:FilterLogEvents",), (_LOGS,)),
    May(("cloudwatch:DescribeAlarms",), (f":cloudwatch:{_HERE}:alarm:{{names}}*",)),
)

_SECRETS: tuple[May, ...] = (
    # Whether they are there; without kms:Decrypt none can be read.
    May(("ssm:GetParameters", "ssm:GetParametersByPath"), (f":ssm:{_HERE}:parameter/sameroom/{{stack}}/*",)),
    May(("ssm:DescribeParameters",), (f":ssm:{_HERE}:*",)),
)

_SITE: tuple[May, ...] = (
    May(("s3:ListBucket", "s3:GetBucketLocation"), (":s3:::{lower}*",)),
    May(
        ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"),
        (":s3:::{lower}*/*",),
    ),
    May(
        ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation", "cloudfront:GetDistribution"),
        (":cloudfront::${AWS::AccountId}:distribution/*",),
    ),
)


def deploys(settings: Settings) -> tuple[May, ...]:
    """For a deploy with these settings."""
    return (*_DEPLOY, *(_SECRETS if settings.secrets else ()), *(_SITE if settings.site else ()))
