"""What Terraform wants beside one of CloudFormation's resources: a bucket's settings, a role's policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .fields import Body
from .hcl import Block, Encoded, Raw
from .references import References

#: Type, name, arguments.
Resource = tuple[str, str, Body]


def companions(name: str, kind: str, said: Any, to: References) -> Iterator[Resource]:
    """Those of the resource ``name`` of the type ``kind`` with the properties ``said``."""
    own = {
        "AWS::S3::Bucket": _bucket,
        "AWS::IAM::Role": _role,
        "AWS::SNS::Topic": _topic,
        "AWS::ApiGateway::Method": _method,
        "AWS::ApiGateway::Stage": _stage,
        "AWS::ElasticLoadBalancingV2::TargetGroup": _target,
        "AWS::VpcLattice::TargetGroup": _lattice_target,
        "AWS::CertificateManager::Certificate": _certificate,
    }
    if kind in own:
        yield from own[kind](name, to.value(said), to.address(name))


def _bucket(name: str, said: Any, address: str) -> Iterator[Resource]:
    where = {"bucket": Raw(f"{address}.id")}
    if block := said.get("PublicAccessBlockConfiguration"):
        names = {
            "BlockPublicAcls": "block_public_acls",
            "BlockPublicPolicy": "block_public_policy",
            "IgnorePublicAcls": "ignore_public_acls",
            "RestrictPublicBuckets": "restrict_public_buckets",
        }
        yield (
            "aws_s3_bucket_public_access_block",
            name,
            {**where, **{names[key]: value for key, value in block.items()}},
        )
    if encryption := said.get("BucketEncryption"):
        (rule,) = encryption["ServerSideEncryptionConfiguration"]
        algorithm = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
        default = Block({"apply_server_side_encryption_by_default": Block({"sse_algorithm": algorithm})})
        yield "aws_s3_bucket_server_side_encryption_configuration", name, {**where, "rule": default}
    if owner := said.get("OwnershipControls"):
        (rule,) = owner["Rules"]
        rule = Block({"object_ownership": rule["ObjectOwnership"]})
        yield "aws_s3_bucket_ownership_controls", name, {**where, "rule": rule}
    if versioning := said.get("VersioningConfiguration"):
        status = Block({"status": versioning["Status"]})
        yield "aws_s3_bucket_versioning", name, {**where, "versioning_configuration": status}
    if lifecycle := said.get("LifecycleConfiguration"):
        rules = [Block(_rule(rule)) for rule in lifecycle["Rules"]]
        yield "aws_s3_bucket_lifecycle_configuration", name, {**where, "rule": rules}


def _rule(rule: Any) -> Body:
    body: Body = {
        "id": rule["Id"],
        "status": rule["Status"],
        "filter": Block({"prefix": rule.get("Prefix")}),
    }
    if abandoned := rule.get("AbortIncompleteMultipartUpload"):
        days = abandoned["DaysAfterInitiation"]
        body["abort_incomplete_multipart_upload"] = Block({"days_after_initiation": days})
    if old := rule.get("NoncurrentVersionExpiration"):
        body["noncurrent_version_expiration"] = Block({"noncurrent_days": old["NoncurrentDays"]})
    if "ExpirationInDays" in rule:
        body["expiration"] = Block({"days": rule["ExpirationInDays"]})
    return body


def _role(name: str, said: Any, address: str) -> Iterator[Resource]:
    for policy in said.get("Policies", ()):
        yield (
            "aws_iam_role_policy",
            f"{name}-{policy['PolicyName']}",
            {
                "name": policy["PolicyName"],
                "role": Raw(f"{address}.id"),
                "policy": Encoded(policy["PolicyDocument"]),
            },
        )
    for number, arn in enumerate(said.get("ManagedPolicyArns", ()), 1):
        yield (
            "aws_iam_role_policy_attachment",
            f"{name}-{number}",
            {"role": Raw(f"{address}.name"), "policy_arn": arn},
        )


def _topic(name: str, said: Any, address: str) -> Iterator[Resource]:
    for number, one in enumerate(said.get("Subscription", ()), 1):
        yield (
            "aws_sns_topic_subscription",
            f"{name}-{number}",
            {"topic_arn": Raw(f"{address}.arn"), "protocol": one["Protocol"], "endpoint": one["Endpoint"]},
        )


def _method(name: str, said: Any, address: str) -> Iterator[Resource]:
    integration = said["Integration"]
    yield (
        "aws_api_gateway_integration",
        name,
        {
            "rest_api_id": said["RestApiId"],
            "resource_id": said["ResourceId"],
            "http_method": Raw(f"{address}.http_method"),
            "type": integration["Type"],
            "integration_http_method": integration.get("IntegrationHttpMethod"),
            "uri": integration["Uri"],
            "timeout_milliseconds": integration.get("TimeoutInMillis"),
            "response_transfer_mode": integration.get("ResponseTransferMode"),
        },
    )


def _stage(name: str, said: Any, address: str) -> Iterator[Resource]:
    for number, one in enumerate(said.get("MethodSettings", ()), 1):
        yield (
            "aws_api_gateway_method_settings",
            f"{name}-{number}",
            {
                "rest_api_id": said["RestApiId"],
                "stage_name": Raw(f"{address}.stage_name"),
                "method_path": f"{one['ResourcePath'].strip('/')}/{one['HttpMethod']}",
                "settings": Block(
                    {
                        "throttling_rate_limit": one["ThrottlingRateLimit"],
                        "throttling_burst_limit": one["ThrottlingBurstLimit"],
                    }
                ),
            },
        )


def _target(name: str, said: Any, address: str) -> Iterator[Resource]:
    for number, one in enumerate(said.get("Targets", ()), 1):
        yield (
            "aws_lb_target_group_attachment",
            f"{name}-{number}",
            {"target_group_arn": Raw(f"{address}.arn"), "target_id": one["Id"]},
        )


def _lattice_target(name: str, said: Any, address: str) -> Iterator[Resource]:
    for number, one in enumerate(said.get("Targets", ()), 1):
        yield (
            "aws_vpclattice_target_group_attachment",
            f"{name}-{number}",
            {"target_group_identifier": Raw(f"{address}.id"), "target": Block({"id": one["Id"]})},
        )


def _certificate(name: str, said: Any, address: str) -> Iterator[Resource]:
    zone = next((one["HostedZoneId"] for one in said.get("DomainValidationOptions", ())), "")
    options = f"{address}.domain_validation_options"
    yield (
        "aws_route53_record",
        f"{name}-proof",
        {
            "for_each": Raw(f"{{ for option in {options} : option.domain_name => option }}"),
            "zone_id": zone,
            "name": Raw("each.value.resource_record_name"),
            "type": Raw("each.value.resource_record_type"),
            "records": Raw("[each.value.resource_record_value]"),
            "ttl": 60,
            "allow_overwrite": True,
        },
    )
    yield (
        "aws_acm_certificate_validation",
        name,
        {
            "certificate_arn": Raw(f"{address}.arn"),
            "validation_record_fqdns": Raw(f"[for record in aws_route53_record.{name}-proof : record.fqdn]"),
        },
    )
