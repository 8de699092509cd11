"""What keeps data, what watches, and what goes before a site."""

from __future__ import annotations

from typing import Any

from .fields import Body, Document, Fields, Nested, same
from .hcl import Block, Encoded


def _key(schema: Any) -> Body:
    names = {one["KeyType"]: one["AttributeName"] for one in schema}
    return {"hash_key": names["HASH"], "range_key": names.get("RANGE")}


def _indexes(value: Any) -> Body:
    return {
        "global_secondary_index": [
            Block(
                {
                    "name": one["IndexName"],
                    **_key(one["KeySchema"]),
                    "projection_type": one["Projection"]["ProjectionType"],
                    "non_key_attributes": one["Projection"].get("NonKeyAttributes"),
                }
            )
            for one in value
        ]
    }


def _limit(value: Any) -> Body:
    body: Body = {"budget_type": value["BudgetType"], "time_unit": value["TimeUnit"]}
    limit = value["BudgetLimit"]
    if "BudgetName" in value:
        body["name"] = value["BudgetName"]
    return {**body, "limit_amount": str(limit["Amount"]), "limit_unit": limit["Unit"]}


def _notifications(value: Any) -> Body:
    return {
        "notification": [
            Block(
                {
                    "notification_type": one["Notification"]["NotificationType"],
                    "comparison_operator": one["Notification"]["ComparisonOperator"],
                    "threshold": one["Notification"]["Threshold"],
                    "threshold_type": one["Notification"]["ThresholdType"],
                    "subscriber_email_addresses": [
                        who["Address"] for who in one["Subscribers"] if who["SubscriptionType"] == "EMAIL"
                    ],
                }
            )
            for one in value
        ]
    }


def _headers(value: Any) -> Body:
    """Names and spellings that the provider made up."""
    said = value["SecurityHeadersConfig"]
    renamed = {
        "StrictTransportSecurity": (
            "strict_transport_security",
            same("AccessControlMaxAgeSec IncludeSubdomains Preload Override"),
        ),
        "ContentTypeOptions": ("content_type_options", same("Override")),
        "ReferrerPolicy": ("referrer_policy", same("ReferrerPolicy Override")),
        "ContentSecurityPolicy": ("content_security_policy", same("ContentSecurityPolicy Override")),
        "FrameOptions": ("frame_options", same("FrameOption Override")),
    }
    blocks = {
        renamed[name][0]: Block({renamed[name][1][key]: inner for key, inner in one.items()})
        for name, one in said.items()
    }
    return {"name": value["Name"], "security_headers_config": Block(blocks)}


def _cached(methods: Any) -> Body:
    """The provider wants it said; these are what CloudFront assumes."""
    return {"allowed_methods": methods, "cached_methods": ["GET", "HEAD"]}


def _certificate(value: Any) -> Body:
    names = {
        "CloudFrontDefaultCertificate": "cloudfront_default_certificate",
        "AcmCertificateArn": "acm_certificate_arn",
        "SslSupportMethod": "ssl_support_method",
        "MinimumProtocolVersion": "minimum_protocol_version",
    }
    return {"viewer_certificate": Block({names[key]: one for key, one in value.items()})}


def _alias(value: Any) -> Body:
    return {
        "alias": Block(
            {"name": value["DNSName"], "zone_id": value["HostedZoneId"], "evaluate_target_health": False}
        )
    }


def _dimensions(value: Any) -> Body:
    return {"dimensions": {one["Name"]: one["Value"] for one in value}}


def _redrive(value: Any) -> Body:
    return {"redrive_policy": Encoded(value)}


def _apart(value: Any) -> Body:
    """In resources of their own: see ``companions``."""
    return {}


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
            "S3OriginConfig": _apart,
            "CustomOriginConfig": lambda value: {
                "custom_origin_config": Block(
                    {
                        "http_port": 80,
                        "https_port": 443,
                        "origin_protocol_policy": value["OriginProtocolPolicy"],
                        "origin_ssl_protocols": value["OriginSSLProtocols"],
                        "origin_read_timeout": value.get("OriginReadTimeout"),
                    }
                )
            },
        },
    ),
    "DefaultCacheBehavior": Nested("default_cache_behavior", _BEHAVIOR),
    "CacheBehaviors": Nested("ordered_cache_behavior", _BEHAVIOR),
    "CustomErrorResponses": Nested(
        "custom_error_response",
        {**same("ErrorCode ResponseCode ResponsePagePath"), "ErrorCachingMinTTL": "error_caching_min_ttl"},
    ),
    "ViewerCertificate": _certificate,
}

STORES: dict[str, Fields] = {
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": Document("assume_role_policy"),
        **same("Description Path PermissionsBoundary"),
        "Policies": _apart,
        "ManagedPolicyArns": _apart,
    },
    "AWS::Logs::LogGroup": {"LogGroupName": "name", "RetentionInDays": "retention_in_days"},
    "AWS::DynamoDB::Table": {
        **same("BillingMode"),
        "AttributeDefinitions": Nested("attribute", {"AttributeName": "name", "AttributeType": "type"}),
        "KeySchema": _key,
        "PointInTimeRecoverySpecification": Nested(
            "point_in_time_recovery", {"PointInTimeRecoveryEnabled": "enabled"}
        ),
        "SSESpecification": Nested("server_side_encryption", {"SSEEnabled": "enabled"}),
        "GlobalSecondaryIndexes": _indexes,
        "TimeToLiveSpecification": Nested("ttl", same("AttributeName Enabled")),
        "StreamSpecification": lambda value: {
            "stream_enabled": True,
            "stream_view_type": value["StreamViewType"],
        },
    },
    "AWS::SQS::Queue": {
        "SqsManagedSseEnabled": "sqs_managed_sse_enabled",
        "VisibilityTimeout": "visibility_timeout_seconds",
        "MessageRetentionPeriod": "message_retention_seconds",
        "ReceiveMessageWaitTimeSeconds": "receive_wait_time_seconds",
        "RedrivePolicy": _redrive,
        **same("FifoQueue ContentBasedDeduplication DeduplicationScope FifoThroughputLimit"),
    },
    "AWS::SQS::QueuePolicy": {"Queues": _apart, "PolicyDocument": Document("policy")},
    "AWS::S3::Bucket": {
        **dict.fromkeys(
            (
                *("PublicAccessBlockConfiguration", "BucketEncryption", "OwnershipControls"),
                *("LifecycleConfiguration", "VersioningConfiguration"),
            ),
            _apart,
        )
    },
    "AWS::S3::BucketPolicy": {"Bucket": "bucket", "PolicyDocument": Document("policy")},
    "AWS::SNS::Topic": {"TopicName": "name", "KmsMasterKeyId": "kms_master_key_id", "Subscription": _apart},
    "AWS::SNS::TopicPolicy": {"Topics": _apart, "PolicyDocument": Document("policy")},
    "AWS::SNS::Subscription": same("TopicArn Protocol Endpoint"),
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
        "Dimensions": _dimensions,
    },
    "AWS::Budgets::Budget": {"Budget": _limit, "NotificationsWithSubscribers": _notifications},
    "AWS::CertificateManager::Certificate": {
        **same("DomainName SubjectAlternativeNames ValidationMethod"),
        "DomainValidationOptions": _apart,
    },
    "AWS::Route53::RecordSet": {
        "HostedZoneId": "zone_id",
        **same("Name Type"),
        "TTL": lambda value: {"ttl": int(value)},
        "ResourceRecords": "records",
        "AliasTarget": _alias,
    },
    "AWS::CloudFront::Distribution": {
        "DistributionConfig": Nested("distribution", _DISTRIBUTION),
    },
    "AWS::CloudFront::OriginAccessControl": {
        "OriginAccessControlConfig": lambda value: {
            "name": value["Name"],
            "origin_access_control_origin_type": value["OriginAccessControlOriginType"],
            "signing_behavior": value["SigningBehavior"],
            "signing_protocol": value["SigningProtocol"],
        }
    },
    "AWS::CloudFront::Function": {
        "Name": "name",
        "AutoPublish": "publish",
        "FunctionCode": "code",
        "FunctionConfig": lambda value: {"comment": value["Comment"], "runtime": value["Runtime"]},
    },
    "AWS::CloudFront::ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig": _headers},
}
