"""What every setting is, in a sentence or two: the schema's descriptions.

docs/settings.md begins each section with these very words, and a test holds it to them.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Words(NamedTuple):
    """A key's description, in Markdown, and values that it may have."""

    description: str
    examples: tuple[Any, ...] = ()


_STAGE = {
    "app": Words(
        "Where the app is: a module, `module:attribute`, `module:factory('argument')` "
        "or `path/file.py:attribute`.",
        ("wsgi:app", "shop:create_app('prod')", "backend/api.py:app"),
    ),
    "python": Words(
        "The app's interpreter on your machine: a path from the project, an environment, or a command.",
        (".venv", "python3.13"),
    ),
    "door": Words("The way in on AWS: which front door invokes the function.", ("http-api", "function-url")),
    "timeout": Words("Seconds one request may take, at most 900.", (30,)),
    "memory": Words("The function's memory in MB, from 128 to 10240.", (1024,)),
    "concurrency": Words("Sandboxes that may run at the same time, from 1 to 1000.", (10,)),
    "env": Words("Environment variables of the app, as a table of strings.", ({"LEVEL": "high"},)),
    "stage": Words("API Gateway's stage: the first part of the path on the API's own domain.", ("prod",)),
    "base_path": Words("The path of a custom domain's mapping.", ("/shop",)),
    "script_name": Words("Where clients see the app mounted, when AWS does not say.", ("/shop",)),
    "trusted_hops": Words(
        "Proxies of yours in front of the AWS door, from 0 to 10; CloudFront is one.", (1,)
    ),
    "response_mode": Words(
        "Whether a response goes out whole, or while the app still makes it, "
        "which only Function URLs and REST APIs can.",
        ("streaming",),
    ),
    "multi_value_headers": Words("The ALB target group's setting of the same name.", (True,)),
    "binary_media_types": Words("The REST API's `binaryMediaTypes`.", (["*/*"], ["image/*", "font/*"])),
    "cors": Words("CORS as an HTTP API or a Function URL answers it by itself.", ({"allow_origins": ["*"]},)),
    "tables": Words(
        "DynamoDB tables the app uses, by name: letters, digits, `_`, `-` and `.`, 3 to 255 of them.",
        ({"messages": {"partition_key": "pk"}},),
    ),
    "runtime": Words("The Lambda runtime that the artifact is built for.", ("python3.13",)),
    "architecture": Words("The processor that the function runs on.", ("arm64", "x86_64")),
    "lock": Words("The lock file, from the project's folder.", ("uv.lock", "requirements/prod.txt")),
    "extras": Words("Optional dependencies of the project that travel too.", (["postgres"],)),
    "groups": Words("Dependency groups that travel too.", (["prod"],)),
    "include": Words(
        "Files of the project that travel although they would not; patterns as in .gitignore.",
        (["static/dist/"], ["translations/*.mo"]),
    ),
    "exclude": Words(
        "Files of the project that stay behind although they would travel; patterns as in .gitignore.",
        (["*.md", "/design/"],),
    ),
    "boto3": Words("Whether boto3 travels in the artifact or Lambda's own is used.", ("runtime", "bundled")),
    "bytecode": Words("Whether compiled modules travel, for exactly the target's Python.", (False,)),
    "bundle": Words(
        "Whether the code that the start imports lies in one file more, its patterns compiled.", (True,)
    ),
    "log_format": Words("The form of log lines: `AWS_LAMBDA_LOG_FORMAT`.", ("json",)),
    "log_level": Words("The least important level that is logged: `AWS_LAMBDA_LOG_LEVEL`.", ("DEBUG",)),
}

#: By model, then by key.
WORDS: dict[str, dict[str, Words]] = {
    "StageSettings": _STAGE,
    "Settings": {
        **_STAGE,
        "stages": Words(
            "What is different in one stage, by the stage's name; any other key may stand in it."
        ),
    },
    "Cors": {
        "allow_origins": Words(
            "Origins that may read responses; `*` is every one.", (["https://example.org"],)
        ),
        "allow_methods": Words("Methods that other origins may use.", (["GET", "POST"], ["*"])),
        "allow_headers": Words("Headers that other origins may send.", (["content-type", "authorization"],)),
        "expose_headers": Words(
            "Response headers that scripts of other origins may read.", (["x-request-id"],)
        ),
        "allow_credentials": Words("Whether other origins may send cookies.", (True,)),
        "max_age": Words(
            "Seconds for which browsers remember a preflight's answer, from -1 to 86400.", (600,)
        ),
    },
    "Table": {
        "partition_key": Words(
            "The partition key: `name`, `name:N` for a number, `name:B` for bytes.", ("pk",)
        ),
        "sort_key": Words("The sort key, written as the partition key is.", ("sk", "created:N")),
        "ttl": Words("The attribute with each item's expiry, in seconds since 1970.", ("expires_at",)),
        "env": Words(
            "The environment variable that tells the app the table's name; "
            "unless it is set, the name in capitals and `_TABLE`.",
            ("DDB_TABLE_NAME",),
        ),
        "indexes": Words("Global secondary indexes, by name.", ({"by_author": {"partition_key": "author"}},)),
    },
    "Index": {
        "partition_key": Words("The index's partition key, written as the table's is.", ("author",)),
        "sort_key": Words("The index's sort key.", ("created:N",)),
        "projection": Words(
            "Attributes in the index: `all`, `keys_only`, or a list of names.", ("keys_only", ["title"])
        ),
    },
}
