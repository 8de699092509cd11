"""An HTTP API whose one route is ``$default``: every method and path reaches the app.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
"""

from __future__ import annotations

import json

from .cors import cors
from .function import log_group
from .ids import ALIAS
from .values import Json, Output, Part, Resource, Wish, arn, ref, sub

API = "HttpApi"
STAGE = "HttpApiStage"
#: The gateway gives up after this, whatever the function's own timeout is.
_MOST_MILLISECONDS = 30_000
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
_LINE = {
    "time": "$context.requestTime",
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "ms": "$context.responseLatency",
    "functionError": "$context.integrationErrorMessage",
}


def http_api(wish: Wish) -> Part:
    """Payload 2.0, or 1.0 for the door ``http-api-v1``."""
    stage = wish.settings.stage or "$default"
    path = f"/{wish.settings.stage}" if wish.settings.stage else ""
    return Part(
        {
            API: Resource("AWS::ApiGatewayV2::Api", _api(wish)),
            "HttpApiIntegration": Resource("AWS::ApiGatewayV2::Integration", _integration(wish)),
            "HttpApiRoute": Resource(
                "AWS::ApiGatewayV2::Route",
                {
                    "ApiId": ref(API),
                    "RouteKey": "$default",
                    "Target": sub("integrations/${HttpApiIntegration}"),
                },
            ),
            STAGE: Resource("AWS::ApiGatewayV2::Stage", _stage(wish, stage)),
            "HttpApiLogs": log_group(wish, "/sameroom/${AWS::StackName}/requests"),
            "HttpApiPermission": Resource(
                "AWS::Lambda::Permission",
                {
                    "FunctionName": ref(ALIAS),
                    "Action": "lambda:InvokeFunction",
                    "Principal": "apigateway.amazonaws.com",
                    "SourceArn": sub(
                        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}/*"
                    ),
                },
            ),
        },
        outputs={
            "Url": Output(
                sub("https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}" + path),
                "Where the app answers",
            )
        },
    )


def _api(wish: Wish) -> Json:
    found: Json = {"Name": sub("${AWS::StackName}"), "ProtocolType": "HTTP"}
    allowed = cors(wish)
    return found | ({"CorsConfiguration": allowed} if allowed else {})


def _integration(wish: Wish) -> Json:
    return {
        "ApiId": ref(API),
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": ref(ALIAS),
        "PayloadFormatVersion": "1.0" if wish.settings.door == "http-api-v1" else "2.0",
        "TimeoutInMillis": min(_MOST_MILLISECONDS, max(50, int(wish.settings.timeout * 1000))),
    }


def _stage(wish: Wish, name: str) -> Json:
    throttle = wish.settings.throttle
    return {
        "ApiId": ref(API),
        "StageName": name,
        "AutoDeploy": True,
        "DefaultRouteSettings": {
            "ThrottlingRateLimit": throttle.rate,
            "ThrottlingBurstLimit": throttle.burst,
        },
        "AccessLogSettings": {"DestinationArn": arn("HttpApiLogs"), "Format": json.dumps(_LINE)},
    }
