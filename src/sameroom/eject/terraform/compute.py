"""The function, its doors, and what is around them."""

from __future__ import annotations

from typing import Any

from .fields import Body, Document, Fields, Flat, Nested, Pairs, same
from .hcl import Raw


def _function_name(value: Any) -> Body:
    """The alias of the function: Terraform wants both apart."""
    if isinstance(value, Raw) and value.text.startswith("aws_lambda_alias."):
        alias = value.text.removesuffix(".arn")
        return {"function_name": Raw(f"{alias}.function_name"), "qualifier": Raw(f"{alias}.name")}
    return {"function_name": value}


_CORS = same("AllowOrigins AllowMethods AllowHeaders ExposeHeaders MaxAge AllowCredentials")

COMPUTE: dict[str, Fields] = {
    "AWS::Lambda::Function": {
        **same("Description Handler Runtime Architectures MemorySize Timeout Role"),
        "ReservedConcurrentExecutions": "reserved_concurrent_executions",
        "Environment": Nested("environment", {"Variables": "variables"}),
        "LoggingConfig": Nested(
            "logging_config",
            {
                **same("LogGroup LogFormat SystemLogLevel"),
                "ApplicationLogLevel": "application_log_level",
            },
        ),
        "VpcConfig": Nested(
            "vpc_config",
            {**same("SubnetIds SecurityGroupIds"), "Ipv6AllowedForDualStack": "ipv6_allowed_for_dual_stack"},
        ),
        "SnapStart": Nested("snap_start", same("ApplyOn")),
        "TracingConfig": Nested("tracing_config", same("Mode")),
        # The zip lies beside the files.
        "Code": Flat({"S3Bucket": None, "S3Key": None}),
    },
    "AWS::Lambda::Alias": same("Name FunctionName FunctionVersion Description"),
    "AWS::Lambda::Permission": {
        **same("Action Principal SourceArn SourceAccount FunctionUrlAuthType"),
        "FunctionName": _function_name,
        # Without it everybody could invoke the function by Lambda's own API.
        "InvokedViaFunctionUrl": "invoked_via_function_url",
    },
    "AWS::Lambda::Url": {
        **same("Qualifier InvokeMode"),
        "TargetFunctionArn": "function_name",
        "AuthType": "authorization_type",
        "Cors": Nested("cors", _CORS),
    },
    "AWS::Lambda::EventInvokeConfig": {
        **same("FunctionName Qualifier MaximumRetryAttempts"),
        "MaximumEventAgeInSeconds": "maximum_event_age_in_seconds",
        "DestinationConfig": Nested(
            "destination_config",
            {
                "OnFailure": Nested("on_failure", same("Destination")),
                "OnSuccess": Nested("on_success", same("Destination")),
            },
        ),
    },
    "AWS::Lambda::EventSourceMapping": {
        **same("FunctionName EventSourceArn BatchSize FunctionResponseTypes Enabled"),
        "MaximumBatchingWindowInSeconds": "maximum_batching_window_in_seconds",
        **same("StartingPosition BisectBatchOnFunctionError MaximumRetryAttempts"),
        "MaximumRecordAgeInSeconds": "maximum_record_age_in_seconds",
        "DestinationConfig": Nested(
            "destination_config", {"OnFailure": Nested("on_failure", {"Destination": "destination_arn"})}
        ),
        "ScalingConfig": Nested("scaling_config", same("MaximumConcurrency")),
    },
    "AWS::ApiGatewayV2::Api": {
        **same("Name ProtocolType Description DisableExecuteApiEndpoint IpAddressType"),
        "CorsConfiguration": Nested("cors_configuration", _CORS),
    },
    "AWS::ApiGatewayV2::Integration": {
        **same("ApiId IntegrationType IntegrationUri PayloadFormatVersion"),
        "TimeoutInMillis": "timeout_milliseconds",
    },
    "AWS::ApiGatewayV2::Route": same("ApiId RouteKey Target"),
    "AWS::ApiGatewayV2::Stage": {
        **same("ApiId AutoDeploy"),
        "StageName": "name",
        "DefaultRouteSettings": Nested(
            "default_route_settings", same("ThrottlingRateLimit ThrottlingBurstLimit")
        ),
        "AccessLogSettings": Nested("access_log_settings", same("DestinationArn Format")),
    },
    "AWS::ApiGatewayV2::DomainName": {
        **same("DomainName"),
        "DomainNameConfigurations": Nested(
            "domain_name_configuration", same("CertificateArn EndpointType SecurityPolicy IpAddressType")
        ),
    },
    "AWS::ApiGatewayV2::ApiMapping": {**same("DomainName ApiId Stage"), "ApiMappingKey": "api_mapping_key"},
    "AWS::ApiGateway::RestApi": {
        **same("Name Description BinaryMediaTypes"),
        "DisableExecuteApiEndpoint": "disable_execute_api_endpoint",
        "EndpointConfiguration": Nested("endpoint_configuration", same("Types IpAddressType")),
    },
    "AWS::ApiGateway::Resource": {**same("ParentId PathPart"), "RestApiId": "rest_api_id"},
    "AWS::ApiGateway::Method": {
        **same("ResourceId HttpMethod"),
        "RestApiId": "rest_api_id",
        "AuthorizationType": "authorization",
        "Integration": None,
    },
    "AWS::ApiGateway::Deployment": {"RestApiId": "rest_api_id", "Description": "description"},
    "AWS::ApiGateway::Stage": {
        **same("DeploymentId StageName"),
        "RestApiId": "rest_api_id",
        "MethodSettings": None,
        "AccessLogSetting": Nested("access_log_settings", same("DestinationArn Format")),
    },
    "AWS::ApiGateway::DomainName": {
        **same("DomainName RegionalCertificateArn SecurityPolicy"),
        "EndpointConfiguration": Nested("endpoint_configuration", same("Types IpAddressType")),
    },
    "AWS::ApiGateway::BasePathMapping": {
        **same("DomainName BasePath"),
        "RestApiId": "api_id",
        "Stage": "stage_name",
    },
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
        **same("Name TargetType"),
        "Targets": None,
        "TargetGroupAttributes": Pairs(
            "Key",
            "Value",
            {"lambda.multi_value_headers.enabled": "lambda_multi_value_headers_enabled"},
        ),
    },
    "AWS::ElasticLoadBalancingV2::ListenerRule": {
        **same("ListenerArn Priority"),
        "Conditions": Nested(
            "condition",
            {
                # The one of the two that is there says it.
                "Field": None,
                "PathPatternConfig": Nested("path_pattern", same("Values")),
                "HostHeaderConfig": Nested("host_header", same("Values")),
            },
        ),
        "Actions": Nested("action", same("Type TargetGroupArn")),
    },
    "AWS::VpcLattice::Service": same("AuthType CertificateArn"),
    "AWS::VpcLattice::TargetGroup": {
        **same("Type"),
        "Config": Nested("config", {"LambdaEventStructureVersion": "lambda_event_structure_version"}),
        "Targets": None,
    },
    "AWS::VpcLattice::Listener": {
        **same("ServiceIdentifier Protocol Port"),
        "DefaultAction": Nested(
            "default_action",
            {
                "Forward": Nested(
                    "forward", {"TargetGroups": Nested("target_groups", same("TargetGroupIdentifier Weight"))}
                )
            },
        ),
    },
    "AWS::VpcLattice::ServiceNetworkServiceAssociation": same("ServiceIdentifier ServiceNetworkIdentifier"),
    "AWS::VpcLattice::AuthPolicy": {**same("ResourceIdentifier"), "Policy": Document("policy")},
}
