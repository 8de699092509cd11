"""CloudFormation's intrinsic functions -> Terraform's expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...errors import TemplateError
from ..values import Json
from .hcl import Raw, expression, literal

_PSEUDO = {
    "AWS::Region": "var.region",
    "AWS::StackName": "var.name",
    "AWS::AccountId": "data.aws_caller_identity.current.account_id",
    "AWS::Partition": "data.aws_partition.current.partition",
    "AWS::URLSuffix": "data.aws_partition.current.dns_suffix",
}
_PART = re.compile(r"\$\{(!?)([A-Za-z0-9:.]+)\}")


class Kind(NamedTuple):
    """A type of Terraform's, and what its resources are asked for: by "Ref", and by GetAtt's names."""

    type: str
    attributes: Mapping[str, str] = {}


#: An attribute that begins with "=" is a whole expression, in which ``{}`` is the resource.
KINDS: dict[str, Kind] = {
    "AWS::Lambda::Function": Kind("aws_lambda_function", {"Ref": "function_name", "Arn": "arn"}),
    "AWS::Lambda::Version": Kind("", {"Version": "=aws_lambda_function.Function.version"}),
    "AWS::Lambda::Alias": Kind("aws_lambda_alias", {"Ref": "arn"}),
    "AWS::Lambda::Permission": Kind("aws_lambda_permission"),
    "AWS::Lambda::Url": Kind("aws_lambda_function_url", {"FunctionUrl": "function_url"}),
    "AWS::Lambda::EventInvokeConfig": Kind("aws_lambda_function_event_invoke_config"),
    "AWS::Lambda::EventSourceMapping": Kind("aws_lambda_event_source_mapping", {"Ref": "uuid"}),
    "AWS::IAM::Role": Kind("aws_iam_role", {"Ref": "name", "Arn": "arn"}),
    # CloudFormation's ends with ":*", as IAM wants it.
    "AWS::Logs::LogGroup": Kind("aws_cloudwatch_log_group", {"Ref": "name", "Arn": '="${{{}.arn}}:*"'}),
    "AWS::ApiGatewayV2::Api": Kind("aws_apigatewayv2_api", {"Ref": "id", "ApiEndpoint": "api_endpoint"}),
    "AWS::ApiGatewayV2::Integration": Kind("aws_apigatewayv2_integration", {"Ref": "id"}),
    "AWS::ApiGatewayV2::Route": Kind("aws_apigatewayv2_route", {"Ref": "id"}),
    "AWS::ApiGatewayV2::Stage": Kind("aws_apigatewayv2_stage", {"Ref": "name"}),
    "AWS::ApiGatewayV2::DomainName": Kind(
        "aws_apigatewayv2_domain_name",
        {
            "Ref": "domain_name",
            "RegionalDomainName": "domain_name_configuration[0].target_domain_name",
            "RegionalHostedZoneId": "domain_name_configuration[0].hosted_zone_id",
        },
    ),
    "AWS::ApiGatewayV2::ApiMapping": Kind("aws_apigatewayv2_api_mapping"),
    "AWS::ApiGateway::RestApi": Kind(
        "aws_api_gateway_rest_api", {"Ref": "id", "RootResourceId": "root_resource_id"}
    ),
    "AWS::ApiGateway::Resource": Kind("aws_api_gateway_resource", {"Ref": "id"}),
    "AWS::ApiGateway::Method": Kind("aws_api_gateway_method"),
    "AWS::ApiGateway::Deployment": Kind("aws_api_gateway_deployment", {"Ref": "id"}),
    "AWS::ApiGateway::Stage": Kind("aws_api_gateway_stage", {"Ref": "stage_name"}),
    "AWS::ApiGateway::DomainName": Kind(
        "aws_api_gateway_domain_name",
        {
            "Ref": "domain_name",
            "RegionalDomainName": "regional_domain_name",
            "RegionalHostedZoneId": "regional_zone_id",
        },
    ),
    "AWS::ApiGateway::BasePathMapping": Kind("aws_api_gateway_base_path_mapping"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Kind(
        "aws_lb_target_group", {"Ref": "arn", "TargetGroupFullName": "arn_suffix"}
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Kind("aws_lb_listener_rule", {"Ref": "arn"}),
    "AWS::VpcLattice::Service": Kind(
        "aws_vpclattice_service",
        {"Ref": "id", "Id": "id", "Arn": "arn", "DnsEntry.DomainName": "dns_entry[0].domain_name"},
    ),
    "AWS::VpcLattice::TargetGroup": Kind("aws_vpclattice_target_group", {"Ref": "id", "Arn": "arn"}),
    "AWS::VpcLattice::Listener": Kind("aws_vpclattice_listener"),
    "AWS::VpcLattice::ServiceNetworkServiceAssociation": Kind(
        "aws_vpclattice_service_network_service_association"
    ),
    "AWS::VpcLattice::AuthPolicy": Kind("aws_vpclattice_auth_policy"),
    # What asks for a certificate wants a proved one.
    "AWS::CertificateManager::Certificate": Kind(
        "aws_acm_certificate", {"Ref": "=aws_acm_certificate_validation.{name}.certificate_arn"}
    ),
    "AWS::Route53::RecordSet": Kind("aws_route53_record", {"Ref": "fqdn"}),
    "AWS::DynamoDB::Table": Kind(
        "aws_dynamodb_table", {"Ref": "name", "Arn": "arn", "StreamArn": "stream_arn"}
    ),
    "AWS::SQS::Queue": Kind("aws_sqs_queue", {"Ref": "url", "Arn": "arn", "QueueName": "name"}),
    "AWS::SQS::QueuePolicy": Kind("aws_sqs_queue_policy"),
    "AWS::S3::Bucket": Kind(
        "aws_s3_bucket",
        {"Ref": "bucket", "Arn": "arn", "RegionalDomainName": "bucket_regional_domain_name"},
    ),
    "AWS::S3::BucketPolicy": Kind("aws_s3_bucket_policy"),
    "AWS::SNS::Topic": Kind("aws_sns_topic", {"Ref": "arn", "TopicName": "name"}),
    "AWS::SNS::TopicPolicy": Kind("aws_sns_topic_policy"),
    "AWS::SNS::Subscription": Kind("aws_sns_topic_subscription", {"Ref": "arn"}),
    "AWS::Events::Rule": Kind("aws_cloudwatch_event_rule", {"Arn": "arn"}),
    "AWS::Scheduler::Schedule": Kind("aws_scheduler_schedule", {"Ref": "name", "Arn": "arn"}),
    "AWS::Scheduler::ScheduleGroup": Kind("aws_scheduler_schedule_group", {"Ref": "name", "Arn": "arn"}),
    "AWS::CloudWatch::Alarm": Kind("aws_cloudwatch_metric_alarm", {"Ref": "alarm_name", "Arn": "arn"}),
    "AWS::Budgets::Budget": Kind("aws_budgets_budget", {"Ref": "name"}),
    "AWS::CloudFront::Distribution": Kind(
        "aws_cloudfront_distribution", {"Ref": "id", "Id": "id", "DomainName": "domain_name"}
    ),
    "AWS::CloudFront::OriginAccessControl": Kind(
        "aws_cloudfront_origin_access_control", {"Ref": "id", "Id": "id"}
    ),
    "AWS::CloudFront::Function": Kind("aws_cloudfront_function", {"Ref": "arn", "FunctionARN": "arn"}),
    "AWS::CloudFront::ResponseHeadersPolicy": Kind(
        "aws_cloudfront_response_headers_policy", {"Ref": "id", "Id": "id"}
    ),
}


class References:
    """Knows the type of every logical id."""

    def __init__(self, resources: Mapping[str, Json], stack: str = "") -> None:
        #: What the variable ``name`` is unless somebody says otherwise.
        self.stack = stack
        self._resources = resources
        self._types = {name: one["Type"] for name, one in resources.items()}

    def kind(self, name: str) -> str:
        """CloudFormation's type."""
        return str(self._types[name])

    def properties(self, name: str) -> Json:
        found: Json = self._resources[name].get("Properties", {})
        return found

    def address(self, name: str) -> str:
        """ "aws_sqs_queue.QueueMail"; "" for what is no resource of its own."""
        kind = KINDS[self._types[name]].type
        return f"{kind}.{name}" if kind else ""

    def mentioned(self, value: Any) -> set[str]:
        """The logical ids that ``value`` refers to."""
        if isinstance(value, list):
            return {name for one in value for name in self.mentioned(one)}
        if not isinstance(value, dict):
            return set()
        found = {name for one in value.values() for name in self.mentioned(one)}
        named = [value.get("Ref"), *value.get("Fn::GetAtt", ())]
        if isinstance(value.get("Fn::Sub"), str):
            named += [part[2].partition(".")[0] for part in _PART.finditer(value["Fn::Sub"]) if not part[1]]
        return found | {name for name in named if name in self._types}

    def value(self, value: Any) -> Any:
        """``value`` for ``hcl``: texts, numbers, lists and mappings, with ``Raw`` in the place of functions.

        :raises TemplateError: a function, or a name, that has no counterpart.
        """
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, argument), *_ = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return Raw(self._called(function, argument))
        return {key: self.value(one) for key, one in value.items()}

    def _called(self, function: str, argument: Any) -> str:
        if function == "Ref":
            return self._named(argument)
        if function == "Fn::GetAtt":
            return self._attribute(*argument)
        if function == "Fn::Sub" and isinstance(argument, str):
            return self._text(argument)
        if function == "Fn::Join":
            return f"join({expression(argument[0])}, {expression(self.value(argument[1]))})"
        if function == "Fn::Select":
            return f"element({expression(self.value(argument[1]))}, {int(argument[0])})"
        if function == "Fn::Split":
            return f"split({expression(argument[0])}, {expression(self.value(argument[1]))})"
        raise TemplateError(f"{function} has no counterpart in Terraform here.", next="Please report this.")

    def _named(self, name: str) -> str:
        return _PSEUDO[name] if name in _PSEUDO else self._attribute(name, "Ref")

    def _attribute(self, name: str, attribute: str) -> str:
        kind = KINDS.get(self._types.get(name, ""), Kind(""))
        found = kind.attributes.get(attribute)
        if found is None:
            raise TemplateError(
                f"{attribute} of {name} has no counterpart in Terraform here.",
                why=f"It is {self._types.get(name, 'no resource of the template')}.",
                next="Eject as CloudFormation or SAM, and please report this.",
            )
        if found.startswith("="):
            return found[1:].format(f"{kind.type}.{name}", name=name)
        return f"{kind.type}.{name}.{found}"

    def _text(self, text: str) -> str:
        parts, at = [], 0
        for found in _PART.finditer(text):
            parts.append(literal(text[at : found.start()]))
            at = found.end()
            if found[1]:
                parts.append(literal("${" + found[2] + "}"))
            else:
                name, _, attribute = found[2].partition(".")
                inner = self._attribute(name, attribute) if attribute else self._named(found[2])
                # A text inside of a text is that text.
                parts.append(inner[1:-1] if inner.startswith('"') else "${" + inner + "}")
        parts = [part for part in (*parts, literal(text[at:])) if part]
        if len(parts) == 1 and parts[0].startswith("${"):
            return parts[0][2:-1]  # an expression of its own
        return '"' + "".join(parts) + '"'
