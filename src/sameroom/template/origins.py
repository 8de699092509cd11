"""Where CloudFront finds the app: the API's own host.

Not where a stage stands before every path: the app would be told that it is mounted there (SCRIPT_NAME), and
write the stage into the URLs that it makes for the site's visitors.
"""

from __future__ import annotations

from typing import Any

from ..errors import TemplateError
from . import function_url, http_api
from .values import Wish, sub


def origin(wish: Wish) -> Any:
    """The host name.

    :raises TemplateError: CloudFront cannot reach the door, or a stage or a base path stands in its paths.
    """
    door = wish.settings.door
    if wish.settings.base_path:
        raise TemplateError(
            f"A site cannot be in front of an app with the base path {wish.settings.base_path}.",
            why="The app would write it into the URLs of the site, where no API mapping takes it off.",
            next="Take `base_path` out of [tool.sameroom]; which paths are the app's says `api` in "
            "[tool.sameroom.site].",
        )
    if door == "function-url":
        return function_url.host()
    if door == "rest-api" or wish.settings.stage:
        raise TemplateError(
            "A site cannot be in front of an API with a stage in its paths.",
            why="The app would write the stage into the URLs of the site, where there is none.",
            next='Use door = "http-api" without `stage`, or "function-url", which streams, too.',
        )
    if door in ("http-api", "http-api-v1"):
        return sub(f"${{{http_api.API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}")
    raise TemplateError(
        f"A site cannot be in front of the door {door}.",
        why="CloudFront reaches public hosts that the stack itself makes.",
        next='Use door = "http-api", which is made for it.',
    )
