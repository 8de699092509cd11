"""Where CloudFront finds the app: the API's own host, and the path before every request's."""

from __future__ import annotations

from typing import Any

from ..errors import TemplateError
from . import function_url, http_api, rest_api
from .values import Wish, sub


def origin(wish: Wish) -> tuple[Any, str]:
    """The host name, and the origin path, "" for none.

    :raises TemplateError: CloudFront cannot reach the door.
    """
    door = wish.settings.door
    if door in ("http-api", "http-api-v1"):
        path = f"/{wish.settings.stage}" if wish.settings.stage else ""
        return sub(f"${{{http_api.API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"), path
    if door == "rest-api":
        host = sub(f"${{{rest_api.API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}")
        return host, f"/{rest_api.stage_name(wish)}"
    if door == "function-url":
        return function_url.host(), ""
    raise TemplateError(
        f"A site cannot be in front of the door {door}.",
        why="CloudFront reaches public hosts that the stack itself makes.",
        next='Use door = "http-api", which is made for it.',
    )
