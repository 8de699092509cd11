"""What Terraform wants beside one of CloudFormation's resources: a bucket's settings, a role's policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .fields import Body, Document, Flat, Given, Nested, filled, same
from .hcl import Block, Raw
from .references import References

#: Type, name, arguments.
Resource = tuple[str, str, Body]


class Companion(NamedTuple):
    """A resource for one property of another; for each of the property's list, where ``each``."""

    property: str
    type: str
    #: Argument -> expression, in which "@" is the other's address, and "#" its name.
    link: Mapping[str, str]
    #: As in a table of fields.
    field: Any
    each: bool = False


_BUCKET = {"bucket": "@.id"}
_LIFECYCLE = {
    **same("Id Status"),
    "AbortIncompleteMultipartUpload": Nested(
        "abort_incomplete_multipart_upload", same("DaysAfterInitiation")
    ),
    "NoncurrentVersionExpiration": Nested("noncurrent_version_expiration", same("NoncurrentDays")),
    "ExpirationInDays": lambda value: {"expiration": Block({"days": value})},
}
_ENCRYPTION = Nested("apply_server_side_encryption_by_default", {"SSEAlgorithm": "sse_algorithm"})
_INTEGRATION = {
    **same("Type IntegrationHttpMethod Uri ResponseTransferMode"),
    "TimeoutInMillis": "timeout_milliseconds",
}
#: Of every method of the stage.
_SETTINGS = {
    "HttpMethod": Given("*"),
    "ResourcePath": Given("/*"),
    **same("ThrottlingRateLimit ThrottlingBurstLimit"),
}
_RECORD = {
    "for_each": "{ for option in @.domain_validation_options : option.domain_name => option }",
    "name": "each.value.resource_record_name",
    "type": "each.value.resource_record_type",
    "records": "[each.value.resource_record_value]",
    "ttl": "60",
    "allow_overwrite": "true",
}

_COMPANIONS: dict[str, tuple[Companion, ...]] = {
    "AWS::S3::Bucket": (
        Companion(
            "PublicAccessBlockConfiguration",
            "aws_s3_bucket_public_access_block",
            _BUCKET,
            Flat(same("BlockPublicAcls BlockPublicPolicy IgnorePublicAcls RestrictPublicBuckets")),
        ),
        Companion(
            "BucketEncryption",
            "aws_s3_bucket_server_side_encryption_configuration",
            _BUCKET,
            Flat(
                {
                    "ServerSideEncryptionConfiguration": Nested(
                        "rule", {"ServerSideEncryptionByDefault": _ENCRYPTION}
                    )
                }
            ),
        ),
        Companion(
            "OwnershipControls",
            "aws_s3_bucket_ownership_controls",
            _BUCKET,
            Flat({"Rules": Nested("rule", same("ObjectOwnership"))}),
        ),
        Companion(
            "VersioningConfiguration",
            "aws_s3_bucket_versioning",
            _BUCKET,
            Nested("versioning_configuration", same("Status")),
        ),
        Companion(
            "NotificationConfiguration",
            "aws_s3_bucket_notification",
            _BUCKET,
            Flat({"EventBridgeConfiguration": Flat({"EventBridgeEnabled": "eventbridge"})}),
        ),
        Companion(
            "LifecycleConfiguration",
            "aws_s3_bucket_lifecycle_configuration",
            _BUCKET,
            Flat({"Rules": Nested("rule", _LIFECYCLE, {"filter": Block({})})}),
        ),
    ),
    "AWS::IAM::Role": (
        Companion(
            "Policies",
            "aws_iam_role_policy",
            {"role": "@.id"},
            Flat({"PolicyName": "name", "PolicyDocument": Document("policy")}),
            each=True,
        ),
        Companion(
            "ManagedPolicyArns", "aws_iam_role_policy_attachment", {"role": "@.name"}, "policy_arn", each=True
        ),
    ),
    "AWS::Events::Rule": (
        Companion(
            "Targets",
            "aws_cloudwatch_event_target",
            {"rule": "@.name", "event_bus_name": "@.event_bus_name"},
            Flat(
                {
                    "Id": "target_id",
                    **same("Arn"),
                    "DeadLetterConfig": Nested("dead_letter_config", same("Arn")),
                    "RetryPolicy": Nested(
                        "retry_policy",
                        {
                            "MaximumEventAgeInSeconds": "maximum_event_age_in_seconds",
                            **same("MaximumRetryAttempts"),
                        },
                    ),
                }
            ),
            each=True,
        ),
    ),
    "AWS::SNS::Topic": (
        Companion(
            "Subscription",
            "aws_sns_topic_subscription",
            {"topic_arn": "@.arn"},
            Flat(same("Protocol Endpoint")),
            each=True,
        ),
    ),
    "AWS::ApiGateway::Method": (
        Companion(
            "Integration",
            "aws_api_gateway_integration",
            {name: f"@.{name}" for name in ("rest_api_id", "resource_id", "http_method")},
            Flat(_INTEGRATION),
        ),
    ),
    "AWS::ApiGateway::Stage": (
        Companion(
            "MethodSettings",
            "aws_api_gateway_method_settings",
            {"rest_api_id": "@.rest_api_id", "stage_name": "@.stage_name", "method_path": '"*/*"'},
            Nested("settings", _SETTINGS),
            each=True,
        ),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        Companion(
            "Targets",
            "aws_lb_target_group_attachment",
            {"target_group_arn": "@.arn"},
            Flat({"Id": "target_id"}),
            each=True,
        ),
    ),
    "AWS::VpcLattice::TargetGroup": (
        Companion(
            "Targets",
            "aws_vpclattice_target_group_attachment",
            {"target_group_identifier": "@.id"},
            Nested("target", same("Id")),
            each=True,
        ),
    ),
    "AWS::CertificateManager::Certificate": (
        Companion(
            "DomainValidationOptions",
            "aws_route53_record",
            _RECORD,
            Flat({"DomainName": None, "HostedZoneId": "zone_id"}),
            each=True,
        ),
        Companion(
            "ValidationMethod",
            "aws_acm_certificate_validation",
            {
                "certificate_arn": "@.arn",
                "validation_record_fqdns": "[for record in aws_route53_record.#-1 : record.fqdn]",
            },
            Given("DNS"),
        ),
    ),
}
#: Without these, what names the other would come too early: CloudFormation makes them with it.
_AWAITED = ("aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_api_gateway_integration")


def companions(name: str, kind: str, said: Mapping[str, Any], to: References) -> Iterator[Resource]:
    """Those of the resource ``name`` of the type ``kind`` with the properties ``said``.

    :raises TemplateError: there is a property that they do not know.
    """
    for one in _COMPANIONS.get(kind, ()):
        if one.property not in said:
            continue
        value = said[one.property]
        link = {
            argument: Raw(text.replace("@", to.address(name)).replace("#", name))
            for argument, text in one.link.items()
        }
        for number, part in enumerate(value if one.each else [value], 1):
            body = filled({one.property: one.field}, {one.property: part}, f"{name} ({kind})", to)
            yield one.type, f"{name}-{number}" if one.each else name, {**link, **body}


def awaited(name: str, kind: str, said: Mapping[str, Any], to: References) -> list[str]:
    """The addresses of those that have to be there before ``name`` is of use."""
    made = companions(name, kind, said, to)
    return [f"{found}.{label}" for found, label, _ in made if found in _AWAITED]
