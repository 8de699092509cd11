"""API Gateway HTTP API, payload format 2.0.

``rawPath`` comes percent-decoded, whatever its name says (and twice: a client's "/a%252Fb" arrives as
"/a/b"), so it is not decoded again, and a "%" in it is one. A stage other than $default is a prefix of it,
on custom domains too, where clients do not see it; a mapping key is never in it and has to be set by hand.
https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json
https://github.com/CodeGenieApp/serverless-express/issues/465
"""

from __future__ import annotations

from ..messages import Event, Request
from ..settings import Settings
from . import paths
from .payload_v2 import LIMIT, SHAPE, render, request

__all__ = ["LIMIT", "SHAPE", "read", "render"]


def read(event: Event, settings: Settings) -> Request:
    context = event["requestContext"]
    path, mount = event.get("rawPath") or "/", ""
    stage = context.get("stage")
    if stage and stage != "$default":
        path, mount = paths.unstaged(path, stage, context.get("domainName") or "")
    raw_path = mount + path
    if paths.plain(raw_path):
        return request(event, settings, path, mount, raw_path)
    return request(event, settings, paths.native(path), paths.native(mount), paths.encoded(raw_path))
