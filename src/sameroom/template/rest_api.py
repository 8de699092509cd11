"""A REST API that hands every method and path to the app, buffered or streamed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

from __future__ import annotations

import hashlib
import json

from .ids import ALIAS
from .values import Json, Output, Part, Resource, Wish, attribute, ref, sub

API = "RestApi"
STAGE = "RestApiStage"
#: The stage's name where the settings say none; a REST API cannot be without.
STAGE_NAME = "live"
#: Milliseconds: the most without a higher quota, and with streaming.
_MOST, _MOST_STREAMED = 29_000, 900_000


def stage_name(wish: Wish) -> str:
    """The stage's name, the first part of every path on the API's own host."""
    return wish.settings.stage or STAGE_NAME


def rest_api(wish: Wish) -> Part:
    """One resource for ``/`` and one for everything below it, with one method each: ANY."""
    methods = {
        "RestApiRootMethod": _method(wish, attribute(API, "RootResourceId")),
        "RestApiProxyMethod": _method(wish, ref("RestApiProxy")),
    }
    api = _api(wish)
    # A deployment is a picture of the methods at its time: only a new one makes changes public.
    deployment = f"RestApiDeployment{_digest(api, methods)}"
    name = stage_name(wish)
    return Part(
        {
            API: Resource("AWS::ApiGateway::RestApi", api),
            "RestApiProxy": Resource(
                "AWS::ApiGateway::Resource",
                {
                    "RestApiId": ref(API),
                    "ParentId": attribute(API, "RootResourceId"),
                    "PathPart": "{proxy+}",
                },
            ),
            **{key: Resource("AWS::ApiGateway::Method", method) for key, method in methods.items()},
            deployment: Resource(
                "AWS::ApiGateway::Deployment", {"RestApiId": ref(API)}, depends_on=tuple(sorted(methods))
            ),
            STAGE: Resource("AWS::ApiGateway::Stage", _stage(wish, name, deployment)),
            "RestApiPermission": Resource(
                "AWS::Lambda::Permission",
                {
                    "FunctionName": ref(ALIAS),
                    "Action": "lambda:InvokeFunction",
                    "Principal": "apigateway.amazonaws.com",
                    "SourceArn": sub(
                        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestApi}/*"
                    ),
                },
            ),
        },
        outputs={
            "Url": Output(
                sub("https://${RestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/" + name),
                "Where the app answers",
            )
        },
    )


def _api(wish: Wish) -> Json:
    found: Json = {
        "Name": sub("${AWS::StackName}"),
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
    }
    if wish.settings.binary_media_types:
        found["BinaryMediaTypes"] = sorted(wish.settings.binary_media_types)
    return found


def _method(wish: Wish, resource: Json) -> Json:
    streamed = wish.settings.response_mode == "streaming"
    version, action = (
        ("2021-11-15", "response-streaming-invocations") if streamed else ("2015-03-31", "invocations")
    )
    integration: Json = {
        "Type": "AWS_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": sub(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/"
            f"{version}/functions/${{{ALIAS}}}/{action}"
        ),
        "TimeoutInMillis": min(
            _MOST_STREAMED if streamed else _MOST, max(50, int(wish.settings.timeout * 1000))
        ),
    }
    if streamed:
        integration["ResponseTransferMode"] = "STREAM"
    return {
        "RestApiId": ref(API),
        "ResourceId": resource,
        "HttpMethod": "ANY",
        "AuthorizationType": "NONE",
        "Integration": integration,
    }


def _stage(wish: Wish, name: str, deployment: str) -> Json:
    """Without an access log: a REST API writes one only with a role that is set for the whole account.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    throttle = wish.settings.throttle
    return {
        "RestApiId": ref(API),
        "DeploymentId": ref(deployment),
        "StageName": name,
        "MethodSettings": [
            {
                "HttpMethod": "*",
                "ResourcePath": "/*",
                "ThrottlingRateLimit": throttle.rate,
                "ThrottlingBurstLimit": throttle.burst,
            }
        ],
    }


def _digest(*parts: Json) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:10]
