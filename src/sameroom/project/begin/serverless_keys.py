"""What serverless.yml says that our settings do not: why, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .carried import Left

_ON_AWS = "It configures AWS, not the app; sameroom has no setting for it."
_KEEP = "Keep it where you define your AWS resources."
_UNKNOWN = "sameroom does not know this key of Serverless's."
_SEE = "See docs/settings.md for what there is."


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Carried over, or of no matter to the app.
_TOP_SILENT = _words(
    """
    app configValidationMode console custom deprecationNotificationMode disabledDeprecations
    enableLocalInstallationFallback frameworkVersion functions org outputs package params plugins
    projectDir provider resources service stages tenant unresolvedVariablesNotificationMode
    useDotenv variablesResolutionMode
    """
)
_TOP_ON_AWS = _words(
    """
    build layers licenseKey state
    """
)
_PROVIDER_SILENT = _words(
    """
    apiName architecture deploymentBucket deploymentMethod deploymentPrefix disableRollback
    environment lambdaHashingVersion memorySize name profile region runtime stackName stage timeout
    versionFunctions
    """
)
_PROVIDER_ON_AWS = _words(
    """
    alb apiGateway apiKeys cfnRole cloudFront ecr endpointType eventBridge httpApi iam
    iamManagedPolicies iamRoleStatements kinesis kms kmsKeyArn layers logDataProtectionPolicy
    logRetentionInDays logs notificationArns resolver resourcePolicy role rolePermissionsBoundary
    rollbackConfiguration s3 stackParameters stackPolicy stackTags tags tracing usagePlan vpc
    vpcEndpointIds websocket websocketsApiName websocketsApiRouteSelectionExpression
    websocketsDescription
    """
)
_FUNCTION_SILENT = _words(
    """
    architecture description environment events handler memorySize name package reservedConcurrency
    runtime timeout
    """
)
_FUNCTION_ON_AWS = _words(
    """
    condition dependsOn destinations disableLogs ephemeralStorageSize fileSystemConfig
    iamRoleStatements image kmsKeyArn layers logRetentionInDays maximumEventAge maximumRetryAttempts
    onError provisionedConcurrency role snapStart tags tracing versionFunction vpc
    """
)
#: What these plugins do is done by sameroom.
_REPLACED = _words(
    """
    serverless-apigw-binary serverless-domain-manager serverless-dotenv-plugin serverless-offline
    serverless-plugin-include-dependencies serverless-python-requirements serverless-wsgi
    """
)
_WARMERS = frozenset({"serverless-plugin-warmup"})


def top_leftovers(said: Mapping[str, Any]) -> Iterator[Left]:
    """Keys of the whole file, and its plugins."""
    for key in said:
        if key in _TOP_ON_AWS:
            yield Left(key, _ON_AWS, _KEEP)
        elif key not in _TOP_SILENT:
            yield Left(key, _UNKNOWN, _SEE)
    plugins = said.get("plugins")
    if isinstance(plugins, Mapping):
        plugins = plugins.get("modules")
    for plugin in map(str, plugins if isinstance(plugins, list) else []):
        if plugin in _WARMERS:
            yield Left(
                f"plugins.{plugin}",
                "sameroom does not ping the function.",
                "Provisioned concurrency, if needed.",
            )
        elif plugin not in _REPLACED:
            yield Left(
                f"plugins.{plugin}", "Plugins of Serverless run only there.", "Look at what it does for you."
            )


def provider_leftovers(provider: Mapping[str, Any]) -> Iterator[Left]:
    """Keys of ``provider`` that are not about the app."""
    for key, value in provider.items():
        if key in ("httpApi", "apiGateway") and _only_ours(value):
            continue
        if key in _PROVIDER_ON_AWS:
            yield Left(f"provider.{key}", _ON_AWS, _KEEP)
        elif key not in _PROVIDER_SILENT:
            yield Left(f"provider.{key}", _UNKNOWN, _SEE)


def function_leftovers(name: str, function: Mapping[str, Any]) -> Iterator[Left]:
    """Keys of the function that are not about the app."""
    for key in function:
        if key in _FUNCTION_ON_AWS:
            yield Left(f"functions.{name}.{key}", _ON_AWS, _KEEP)
        elif key not in _FUNCTION_SILENT | {"url"}:
            yield Left(f"functions.{name}.{key}", _UNKNOWN, _SEE)


def _only_ours(value: Any) -> bool:
    """An API whose every key was carried over."""
    return isinstance(value, Mapping) and not value.keys() - {"binaryMediaTypes", "cors", "payload"}
