"""What keeps data, what watches, and what goes before a site."""

from __future__ import annotations

from typing import Any

from .fields import Body, Column, Document, Fields, Flat, Given, Nested, Pairs, same
from .hcl import Block

_KEYS = Pairs("KeyType", "AttributeName", {"HASH": "hash_key", "RANGE": "range_key"})

_BUDGET = {
    "BudgetName": "name",
    **same("BudgetType TimeUnit"),
    "BudgetLimit": Flat({"Amount": lambda value: {"limit_amount": str(value)}, "Unit": "limit_unit"}),
}
_NOTIFICATION = {
    "Notification": Flat(same("NotificationType ComparisonOperator Threshold ThresholdType")),
    "Subscribers": Column("subscriber_email_addresses", "Address", {"SubscriptionType": Given("EMAIL")}),
}
_HEADERS = {
    "StrictTransportSecurity": Nested(
        "strict_transport_security", same("AccessControlMaxAgeSec IncludeSubdomains Preload Override")
    ),
    "ContentTypeOptions": Nested("content_type_options", same("Override")),
    "ReferrerPolicy": Nested("referrer_policy", same("ReferrerPolicy Override")),
    "ContentSecurityPolicy": Nested("content_security_policy", same("ContentSecurityPolicy Override")),
    "FrameOptions": Nested("frame_options", same("FrameOption Override")),
}


def _cached(methods: Any) -> Body:
    """The provider wants it said; these are what CloudFront assumes."""
    return {"allowed_methods": methods, "cached_methods": ["GET", "HEAD"]}


_BEHAVIOR: dict[str, Any] = {
    **same("TargetOriginId CachePolicyId OriginRequestPolicyId ResponseHeadersPolicyId Compress PathPattern"),
    **same("ViewerProtocolPolicy"),
    "AllowedMethods": _cached,
    "FunctionAssociations": Nested(
        "function_association", {"EventType": "event_type", "FunctionARN": "function_arn"}
    ),
}
_DISTRIBUTION: dict[str, Any] = {
    **same("Enabled Comment HttpVersion PriceClass DefaultRootObject Aliases"),
    "IPV6Enabled": "is_ipv6_enabled",
    "Origins": Nested(
        "origin",
        {
            "Id": "origin_id",
            **same("DomainName OriginPath OriginAccessControlId"),
            # Only said so that CloudFront knows the origin for a bucket; the access control says it here.
            "S3OriginConfig": Given({"OriginAccessIdentity": ""}),
            "CustomOriginConfig": Nested(
                "custom_origin_config",
                {
                    **same("OriginProtocolPolicy OriginReadTimeout"),
                    "OriginSSLProtocols": "origin_ssl_protocols",
                },
                {"http_port": 80, "https_port": 443},
            ),
        },
    ),
    "DefaultCacheBehavior": Nested("default_cache_behavior", _BEHAVIOR),
    "CacheBehaviors": Nested("ordered_cache_behavior", _BEHAVIOR),
    "CustomErrorResponses": Nested(
        "custom_error_response",
        {**same("ErrorCode ResponseCode ResponsePagePath"), "ErrorCachingMinTTL": "error_caching_min_ttl"},
    ),
    "ViewerCertificate": Nested(
        "viewer_certificate",
        {
            "CloudFrontDefaultCertificate": "cloudfront_default_certificate",
            **same("AcmCertificateArn SslSupportMethod MinimumProtocolVersion"),
        },
    ),
}
_ANYWHERE = Block({"geo_restriction": Block({"restriction_type": "none"})})

STORES: dict[str, Fields] = {
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": Document("assume_role_policy"),
        **same("Description Path PermissionsBoundary"),
        "Policies": None,
        "ManagedPolicyArns": None,
    },
    "AWS::Logs::LogGroup": {"LogGroupName": "name", "RetentionInDays": "retention_in_days"},
    "AWS::DynamoDB::Table": {
        **same("BillingMode"),
        "AttributeDefinitions": Nested("attribute", {"AttributeName": "name", "AttributeType": "type"}),
        "KeySchema": _KEYS,
        "PointInTimeRecoverySpecification": Nested(
            "point_in_time_recovery", {"PointInTimeRecoveryEnabled": "enabled"}
        ),
        "SSESpecification": Nested("server_side_encryption", {"SSEEnabled": "enabled"}),
        "GlobalSecondaryIndexes": Nested(
            "global_secondary_index",
            {
                "IndexName": "name",
                "KeySchema": _KEYS,
                "Projection": Flat(same("ProjectionType NonKeyAttributes")),
            },
        ),
        "TimeToLiveSpecification": Nested("ttl", same("AttributeName Enabled")),
        "StreamSpecification": Flat(same("StreamViewType"), {"stream_enabled": True}),
    },
    "AWS::SQS::Queue": {
        "SqsManagedSseEnabled": "sqs_managed_sse_enabled",
        "VisibilityTimeout": "visibility_timeout_seconds",
        "MessageRetentionPeriod": "message_retention_seconds",
        "ReceiveMessageWaitTimeSeconds": "receive_wait_time_seconds",
        "RedrivePolicy": Document("redrive_policy"),
        **same("FifoQueue ContentBasedDeduplication DeduplicationScope FifoThroughputLimit"),
    },
    "AWS::SQS::QueuePolicy": {"Queues": None, "PolicyDocument": Document("policy")},
    "AWS::S3::Bucket": {
        **dict.fromkeys(
            (
                *("PublicAccessBlockConfiguration", "BucketEncryption", "OwnershipControls"),
                *("LifecycleConfiguration", "VersioningConfiguration", "NotificationConfiguration"),
            ),
            None,
        )
    },
    "AWS::S3::BucketPolicy": {"Bucket": "bucket", "PolicyDocument": Document("policy")},
    "AWS::SNS::Topic": {"TopicName": "name", "KmsMasterKeyId": "kms_master_key_id", "Subscription": None},
    "AWS::SNS::TopicPolicy": {"Topics": None, "PolicyDocument": Document("policy")},
    "AWS::SNS::Subscription": {
        **same("TopicArn Protocol Endpoint"),
        "RedrivePolicy": Document("redrive_policy"),
    },
    "AWS::Events::Rule": {
        **same("Name Description EventBusName State"),
        "EventPattern": Document("event_pattern"),
        "Targets": None,
    },
    "AWS::Scheduler::ScheduleGroup": same("Name"),
    "AWS::Scheduler::Schedule": {
        **same("Name GroupName Description ScheduleExpression ScheduleExpressionTimezone State"),
        "FlexibleTimeWindow": Nested("flexible_time_window", same("Mode")),
        "Target": Nested(
            "target",
            {
                **same("Arn RoleArn Input"),
                "DeadLetterConfig": Nested("dead_letter_config", same("Arn")),
                "RetryPolicy": Nested("retry_policy", same("MaximumEventAgeInSeconds MaximumRetryAttempts")),
            },
        ),
    },
    "AWS::CloudWatch::Alarm": {
        **same("Namespace MetricName Statistic Period EvaluationPeriods Threshold ComparisonOperator"),
        **same("TreatMissingData AlarmActions OkActions AlarmDescription DatapointsToAlarm"),
        "OKActions": "ok_actions",
        "Dimensions": Pairs("Name", "Value", "dimensions"),
    },
    "AWS::Budgets::Budget": {
        "Budget": Flat(_BUDGET),
        "NotificationsWithSubscribers": Nested("notification", _NOTIFICATION),
    },
    "AWS::CertificateManager::Certificate": {
        **same("DomainName SubjectAlternativeNames ValidationMethod"),
        "DomainValidationOptions": None,
    },
    "AWS::Route53::RecordSet": {
        "HostedZoneId": "zone_id",
        **same("Name Type"),
        "TTL": lambda value: {"ttl": int(value)},
        "ResourceRecords": "records",
        "AliasTarget": Nested(
            "alias", {"DNSName": "name", "HostedZoneId": "zone_id"}, {"evaluate_target_health": False}
        ),
    },
    "AWS::CloudFront::Distribution": {
        "DistributionConfig": Flat(_DISTRIBUTION, {"restrictions": _ANYWHERE}),
    },
    "AWS::CloudFront::OriginAccessControl": {
        "OriginAccessControlConfig": Flat(
            same("Name OriginAccessControlOriginType SigningBehavior SigningProtocol")
        )
    },
    "AWS::CloudFront::Function": {
        "Name": "name",
        "AutoPublish": "publish",
        "FunctionCode": "code",
        "FunctionConfig": Flat(same("Comment Runtime")),
    },
    "AWS::CloudFront::ResponseHeadersPolicy": {
        "ResponseHeadersPolicyConfig": Flat(
            {"Name": "name", "SecurityHeadersConfig": Nested("security_headers_config", _HEADERS)}
        )
    },
}
