"""What Zappa's settings say that ours do not: why, and what to do instead.

Every key of Zappa 0.63 (https://github.com/zappa/Zappa#advanced-settings).
"""

from __future__ import annotations

from typing import NamedTuple

#: zappa.py carries these over.
CARRIED = frozenset(
    {
        "app_function",
        "architecture",
        "aws_environment_variables",
        "base_path",
        "django_settings",
        "environment_variables",
        "exclude",
        "exclude_glob",
        "extends",
        "lambda_concurrency",
        "memory_size",
        "runtime",
        "timeout_seconds",
    }
)
#: These choose the door, or say nothing that sameroom has to be told.
SILENT = frozenset(
    {
        "alb_enabled",
        "apigateway_enabled",
        "apigateway_version",
        "app_type",
        "binary_support",
        "debug",
        "delete_local_zip",
        "delete_s3_zip",
        "delete_zip",
        "function_url_enabled",
        "lambda_description",
        "profile_name",
        "project_name",
        "s3_bucket",
        "touch",
        "touch_path",
        "use_apigateway",
        "use_precompiled_packages",
    }
)


class Fate(NamedTuple):
    """Why a key was not carried over, and what to do instead."""

    why: str
    instead: str = ""


_WHEN_DEPLOYED = "It configures AWS, not the app; sameroom has no setting for it."
_KEEP = "Keep it where you define your AWS resources."
_OWN_FUNCTION = "It names a function that Zappa calls by itself; sameroom runs the WSGI app alone."


def _all(keys: str, fate: Fate) -> dict[str, Fate]:
    return dict.fromkeys(keys.split(), fate)


FATES: dict[str, Fate] = {
    **_all(
        """
        alb_vpc_config apigateway_description apigateway_lambda_qualifier apigateway_policy
        aws_kms_key_arn aws_region cache_cluster_enabled cache_cluster_encrypted cache_cluster_size
        cache_cluster_ttl cloudwatch_data_trace cloudwatch_log_level cloudwatch_metrics_enabled
        dead_letter_arn efs_config endpoint_configuration ephemeral_storage
        function_url_cloudfront_config function_url_domains layers num_retained_versions
        payload_compression payload_minimum_compression_size provisioned_concurrency snap_start tags
        vpc_config xray_tracing
        """,
        Fate(_WHEN_DEPLOYED, _KEEP),
    ),
    **_all(
        """
        attach_policy extra_permissions manage_roles role_arn role_name
        """,
        Fate("Roles and permissions are AWS's, not the app's.", _KEEP),
    ),
    **_all(
        """
        certificate certificate_arn certificate_chain certificate_key domain lets_encrypt_expression
        lets_encrypt_key lets_encrypt_schedule route53_enabled
        """,
        Fate("Domains and certificates are set up on AWS, not in the app.", _KEEP),
    ),
    **_all(
        """
        bot_events callbacks cognito exception_handler prebuild_script
        """,
        Fate(_OWN_FUNCTION, "Call it from the app, or before the build."),
    ),
    **_all(
        "api_key api_key_required authorizer iam_authorization",
        Fate("Authorisers belong to the API; sameroom has no setting for them.", _KEEP),
    ),
    **_all(
        """
        websocket_handler_module websocket_handlers websocket_route_selection_expression
        websocket_stage_name
        """,
        Fate("WebSockets do not fit WSGI.", "Serve them by another function."),
    ),
    **_all(
        "async_resources async_response_table async_response_table_read_capacity "
        "async_response_table_write_capacity async_source",
        Fate("zappa.asynchronous is Zappa's own.", "Send such work to a queue of yours."),
    ),
    "additional_text_mimetypes": Fate("Bodies go as text or base64 by their bytes, not by a list of types."),
    "aws_endpoint_urls": Fate(
        "sameroom dev sets AWS_ENDPOINT_URL for the app by itself.",
        "Declare the tables: [tool.sameroom.tables].",
    ),
    "context_header_mappings": Fate(
        "The event's context is not turned into headers.",
        "Read it in the app: sameroom.current_invocation() has the event.",
    ),
    "cors": Fate(
        "On a REST API the app sees preflight requests itself.",
        "Answer CORS in the app, for instance by Flask-CORS.",
    ),
    "events": Fate(
        "Schedules and event sources call functions beside the app.",
        "Keep them as functions of their own for now.",
    ),
    "function_url_config": Fate("Its authorizer is set on AWS; its cors is carried over.", _KEEP),
    "include": Fate("Modules are found without being named."),
    "keep_warm": Fate("sameroom does not ping the function.", "Provisioned concurrency, where it is needed."),
    "keep_warm_expression": Fate("sameroom does not ping the function."),
    "lambda_handler": Fate("The handler is sameroom.runtime.handler.handler."),
    "log_level": Fate(
        "It is the level of Python's root logger under Zappa.",
        "Set logging in the app, or log_level in [tool.sameroom].",
    ),
    "remote_env": Fate(
        "Variables from a file in S3 are not loaded at cold start.", "Set them on the function, or under env."
    ),
    "remote_env_bucket": Fate(
        "Variables from a file in S3 are not loaded at cold start.", "Set them under env."
    ),
    "remote_env_file": Fate(
        "Variables from a file in S3 are not loaded at cold start.", "Set them under env."
    ),
    "settings_file": Fate("It is read by Zappa alone.", "Read it in the app."),
    "slim_handler": Fate(
        "The zip holds the whole app; nothing is fetched from S3 at cold start.",
        "sameroom build says what is large.",
    ),
}
