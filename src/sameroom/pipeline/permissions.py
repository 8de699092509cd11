"""What whoever deploys must be allowed to do, by the types of resources that are in the stack.

The actions are those that CloudFormation's handlers call for a type. Each is limited to names that begin with
the stack's, where AWS lets names be chosen; reading is ``Get*`` and ``List*``, handlers learn to read more.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class May(NamedTuple):
    """Actions on ARNs. ``{names}`` stands for the beginning of the stack's names, ``{stack}`` for its name;
    the rest as in Fn::Sub, less the partition, which is put before ``:`` in front."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Any] = {}


_HERE = "${AWS::Region}:${AWS::AccountId}"
_FUNCTION = f":lambda:{_HERE}:function:{{names}}*"
_ROLE = ":iam::${AWS::AccountId}:role/{names}*"
_API = ":apigateway:${AWS::Region}::"
#: What has no name that could be limited.
_ANY = "*"


def _crud(service: str, *nouns: str, tags: bool = True) -> tuple[str, ...]:
    verbs = ("Create", "Delete", "Update")
    return (
        *(f"{service}:{verb}{noun}" for noun in nouns for verb in verbs),
        *(_tags(service) if tags else ()),
    )


def _tags(service: str) -> tuple[str, ...]:
    return f"{service}:TagResource", f"{service}:UntagResource"


def _gateway(*paths: str) -> tuple[May, ...]:
    verbs = ("GET", "POST", "PUT", "PATCH", "DELETE")
    where = (*(f"{_API}/{path}*" for path in paths), f"{_API}/tags/*")
    return (May(tuple(f"apigateway:{verb}" for verb in verbs), where),)


_BALANCER = "elasticloadbalancing"
_RULES = f":{_BALANCER}:{_HERE}:"
_LATTICE = f":vpc-lattice:{_HERE}:"
_QUEUE = f":sqs:{_HERE}:{{names}}*"
_BUCKET = ":s3:::{lower}*"
_TOPIC = f":sns:{_HERE}:{{names}}*"
_FRONT = ":cloudfront::${AWS::AccountId}:"
#: A certificate is proved by a record, too.
_RECORDS = (
    May(
        ("route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:GetHostedZone"),
        (":route53:::hostedzone/{zone}",),
    ),
    May(("route53:GetChange",), (":route53:::change/*",)),
)

#: By type. A type that only says something about another (a policy, a permission) is with it.
BY_TYPE: dict[str, tuple[May, ...]] = {
    "AWS::Lambda::Function": (
        May(
            (
                *("lambda:Get*", "lambda:List*", "lambda:CreateFunction", "lambda:DeleteFunction"),
                *("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
                *("lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency", *_tags("lambda")),
            ),
            (_FUNCTION,),
        ),
    ),
    "AWS::Lambda::Version": (May(("lambda:PublishVersion",), (_FUNCTION,)),),
    "AWS::Lambda::Alias": (
        May(("lambda:CreateAlias", "lambda:UpdateAlias", "lambda:DeleteAlias"), (_FUNCTION,)),
    ),
    "AWS::Lambda::Permission": (May(("lambda:AddPermission", "lambda:RemovePermission"), (_FUNCTION,)),),
    "AWS::Lambda::Url": (May(_crud("lambda", "FunctionUrlConfig", tags=False), (_FUNCTION,)),),
    "AWS::Lambda::EventInvokeConfig": (
        May(
            (
                "lambda:PutFunctionEventInvokeConfig",
                "lambda:UpdateFunctionEventInvokeConfig",
                "lambda:DeleteFunctionEventInvokeConfig",
            ),
            (_FUNCTION,),
        ),
    ),
    "AWS::Lambda::EventSourceMapping": (
        May(
            _crud("lambda", "EventSourceMapping", tags=False),
            (_ANY,),
            {"ArnLike": {"lambda:FunctionArn": {"Fn::Sub": "arn:${AWS::Partition}" + _FUNCTION}}},
        ),
        May(("lambda:GetEventSourceMapping", "lambda:ListEventSourceMappings"), (_ANY,)),
        May(("lambda:TagResource", "lambda:UntagResource"), (f":lambda:{_HERE}:event-source-mapping:*",)),
    ),
    "AWS::IAM::Role": (
        May(
            (
                *("iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"),
                *("iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy"),
                *("iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole"),
            ),
            (_ROLE,),
        ),
        May(
            ("iam:PassRole",),
            (_ROLE,),
            {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]}},
        ),
    ),
    "AWS::Logs::LogGroup": (
        May(
            (
                *("logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"),
                *("logs:DeleteRetentionPolicy", "logs:ListTagsForResource", *_tags("logs")),
            ),
            (f":logs:{_HERE}:log-group:/sameroom/{{stack}}*",),
        ),
        May(("logs:DescribeLogGroups",), (f":logs:{_HERE}:log-group:*",)),
        # An API's access log is delivered by a grant that names no log group.
        May(
            (
                *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery"),
                *("logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:DescribeResourcePolicies"),
                "logs:PutResourcePolicy",
            ),
            (_ANY,),
        ),
    ),
    **dict.fromkeys(
        (f"AWS::ApiGatewayV2::{name}" for name in ("Api", "Integration", "Route", "Stage", "Deployment")),
        _gateway("apis"),
    ),
    **dict.fromkeys(
        (f"AWS::ApiGateway::{name}" for name in ("RestApi", "Resource", "Method", "Deployment", "Stage")),
        _gateway("restapis"),
    ),
    **dict.fromkeys(
        (
            *("AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping"),
            *("AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping"),
        ),
        _gateway("domainnames", "apis", "restapis"),
    ),
    "AWS::DynamoDB::Table": (
        May(
            (
                *("dynamodb:Describe*", "dynamodb:ListTagsOfResource", "dynamodb:CreateTable"),
                *("dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:UpdateTimeToLive"),
                *("dynamodb:UpdateContinuousBackups", *_tags("dynamodb")),
            ),
            (f":dynamodb:{_HERE}:table/{{names}}*",),
        ),
    ),
    "AWS::SQS::Queue": (
        May(
            (
                *("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags", "sqs:CreateQueue"),
                *("sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"),
            ),
            (_QUEUE,),
        ),
    ),
    "AWS::SQS::QueuePolicy": (May(("sqs:SetQueueAttributes", "sqs:GetQueueAttributes"), (_QUEUE,)),),
    "AWS::S3::Bucket": (
        May(
            (
                *("s3:Get*Configuration", "s3:GetBucket*", "s3:ListBucket*", "s3:CreateBucket"),
                *("s3:DeleteBucket", "s3:PutBucket*", "s3:PutEncryptionConfiguration", *_tags("s3")),
                *("s3:PutLifecycleConfiguration", "s3:ListTagsForResource"),
            ),
            (_BUCKET,),
        ),
    ),
    "AWS::S3::BucketPolicy": (
        May(("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"), (_BUCKET,)),
    ),
    "AWS::Scheduler::Schedule": (
        May(
            (*_crud("scheduler", "Schedule", tags=False), "scheduler:GetSchedule"),
            (f":scheduler:{_HERE}:schedule/*/{{names}}*", f":scheduler:{_HERE}:schedule/{{names}}*"),
        ),
    ),
    "AWS::Scheduler::ScheduleGroup": (
        May(
            (
                *(
                    "scheduler:GetScheduleGroup",
                    "scheduler:CreateScheduleGroup",
                    "scheduler:DeleteScheduleGroup",
                ),
                *("scheduler:ListTagsForResource", *_tags("scheduler")),
            ),
            (f":scheduler:{_HERE}:schedule-group/{{names}}*",),
        ),
    ),
    "AWS::Events::Rule": (
        May(
            (
                *("events:DescribeRule", "events:PutRule", "events:DeleteRule", "events:EnableRule"),
                *("events:DisableRule", "events:PutTargets", "events:RemoveTargets"),
                *("events:ListTargetsByRule", "events:ListTagsForResource", *_tags("events")),
            ),
            # On the default bus, and on another.
            (f":events:{_HERE}:rule/{{names}}*", f":events:{_HERE}:rule/*/{{names}}*"),
        ),
    ),
    "AWS::SNS::Topic": (
        May(
            (
                *("sns:GetTopicAttributes", "sns:GetDataProtectionPolicy", "sns:ListTagsForResource"),
                *("sns:ListSubscriptionsByTopic", "sns:CreateTopic", "sns:DeleteTopic", *_tags("sns")),
                "sns:SetTopicAttributes",
            ),
            (_TOPIC,),
        ),
    ),
    "AWS::SNS::TopicPolicy": (May(("sns:SetTopicAttributes",), (_TOPIC,)),),
    "AWS::SNS::Subscription": (
        May(("sns:Subscribe", "sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes"), (_TOPIC,)),
        May(("sns:Unsubscribe", "sns:SetSubscriptionAttributes"), (_TOPIC,)),
    ),
    "AWS::CloudWatch::Alarm": (
        May(
            (
                *("cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
                *("cloudwatch:ListTagsForResource", *_tags("cloudwatch")),
            ),
            (f":cloudwatch:{_HERE}:alarm:{{names}}*",),
        ),
    ),
    "AWS::Budgets::Budget": (
        May(
            ("budgets:ViewBudget", "budgets:ModifyBudget", "budgets:ListTagsForResource", *_tags("budgets")),
            (":budgets::${AWS::AccountId}:budget/{names}*",),
        ),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        May(
            (
                *(f"{_BALANCER}:CreateTargetGroup", f"{_BALANCER}:DeleteTargetGroup"),
                *(f"{_BALANCER}:ModifyTargetGroup", f"{_BALANCER}:ModifyTargetGroupAttributes"),
                *(f"{_BALANCER}:RegisterTargets", f"{_BALANCER}:DeregisterTargets"),
                *(f"{_BALANCER}:AddTags", f"{_BALANCER}:RemoveTags"),
            ),
            # AWS cuts names of target groups to 32 signs, and makes them of the stack's first ones.
            (f"{_RULES}targetgroup/{{short}}*",),
        ),
        May((f"{_BALANCER}:Describe*",), (_ANY,)),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (
        May(
            (
                *(f"{_BALANCER}:CreateRule", f"{_BALANCER}:DeleteRule", f"{_BALANCER}:ModifyRule"),
                *(f"{_BALANCER}:SetRulePriorities", f"{_BALANCER}:AddTags", f"{_BALANCER}:RemoveTags"),
            ),
            (f"{_RULES}listener/app/*", f"{_RULES}listener-rule/app/*"),
        ),
        May((f"{_BALANCER}:Describe*",), (_ANY,)),
    ),
    **dict.fromkeys(
        (
            f"AWS::VpcLattice::{name}"
            for name in (
                "Service",
                "TargetGroup",
                "Listener",
                "ServiceNetworkServiceAssociation",
                "AuthPolicy",
            )
        ),
        (
            May(
                (
                    *(
                        "vpc-lattice:Get*",
                        "vpc-lattice:List*",
                        *_crud("vpc-lattice", "Service", "TargetGroup"),
                    ),
                    *_crud("vpc-lattice", "Listener", tags=False),
                    *("vpc-lattice:RegisterTargets", "vpc-lattice:DeregisterTargets"),
                    *("vpc-lattice:PutAuthPolicy", "vpc-lattice:DeleteAuthPolicy"),
                    *("vpc-lattice:CreateServiceNetworkServiceAssociation",),
                    *("vpc-lattice:DeleteServiceNetworkServiceAssociation",),
                ),
                # Their ARNs have ids, and no names.
                tuple(
                    f"{_LATTICE}{kind}/*"
                    for kind in (
                        "service",
                        "targetgroup",
                        "servicenetwork",
                        "servicenetworkserviceassociation",
                    )
                ),
            ),
        ),
    ),
    "AWS::CertificateManager::Certificate": (
        *_RECORDS,
        May(("acm:RequestCertificate", "acm:ListCertificates"), (_ANY,)),
        May(
            (
                *("acm:DescribeCertificate", "acm:DeleteCertificate", "acm:ListTagsForCertificate"),
                *(
                    "acm:AddTagsToCertificate",
                    "acm:RemoveTagsFromCertificate",
                    "acm:UpdateCertificateOptions",
                ),
            ),
            (f":acm:{_HERE}:certificate/*",),
        ),
    ),
    "AWS::Route53::RecordSet": _RECORDS,
    "AWS::CloudFront::Distribution": (
        May(
            (
                *_crud("cloudfront", "Distribution"),
                "cloudfront:GetDistribution*",
                "cloudfront:ListTagsForResource",
            ),
            (f"{_FRONT}distribution/*",),
        ),
    ),
    "AWS::CloudFront::OriginAccessControl": (
        May(
            (*_crud("cloudfront", "OriginAccessControl", tags=False), "cloudfront:GetOriginAccessControl*"),
            (f"{_FRONT}origin-access-control/*",),
        ),
    ),
    "AWS::CloudFront::Function": (
        May(
            (
                *(*_crud("cloudfront", "Function", tags=False), "cloudfront:PublishFunction"),
                *("cloudfront:GetFunction", "cloudfront:DescribeFunction"),
            ),
            (f"{_FRONT}function/{{names}}*",),
        ),
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": (
        May(
            (
                *_crud("cloudfront", "ResponseHeadersPolicy", tags=False),
                "cloudfront:GetResponseHeadersPolicy*",
            ),
            (f"{_FRONT}response-headers-policy/*",),
        ),
    ),
    "AWS::CloudFront::CachePolicy": (
        May(
            (*_crud("cloudfront", "CachePolicy", tags=False), "cloudfront:GetCachePolicy*"),
            (f"{_FRONT}cache-policy/*",),
        ),
    ),
}
