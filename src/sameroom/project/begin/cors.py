"""CORS as Serverless and Zappa write it -> ``[tool.sameroom.cors]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMES = {
    "allowedOrigins": "allow_origins",
    "allowedMethods": "allow_methods",
    "allowedHeaders": "allow_headers",
    "exposedResponseHeaders": "expose_headers",
}
#: What Serverless means by ``cors: true``.
#: https://www.serverless.com/framework/docs/providers/aws/events/http-api#cors-setup
_USUAL_HEADERS = [
    "Content-Type",
    "X-Amz-Date",
    "Authorization",
    "X-Api-Key",
    "X-Amz-Security-Token",
    "X-Amz-User-Agent",
    "X-Amzn-Trace-Id",
]


def read_cors(found: Any, *, everything: bool = False) -> dict[str, Any]:
    """The settings; empty where CORS is off.

    ``everything``: what ``true`` allows is all headers, as on a Function URL, not an API's usual ones.
    """
    if found is True or found == {}:
        headers = ["*"] if everything else _USUAL_HEADERS
        return {"allow_origins": ["*"], "allow_methods": ["*"], "allow_headers": headers}
    if not isinstance(found, Mapping):
        return {}
    cors: dict[str, Any] = {}
    for theirs, ours in _NAMES.items():
        value = found.get(theirs)
        if value:
            cors[ours] = [value] if isinstance(value, str) else value
    if found.get("allowCredentials"):
        cors["allow_credentials"] = found["allowCredentials"]
    if found.get("maxAge"):
        cors["max_age"] = found["maxAge"]
    return cors
