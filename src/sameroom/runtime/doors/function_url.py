"""Lambda Function URL: payload format 2.0, but with ``rawPath`` as the client encoded it.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

from ..messages import Event, Request
from ..settings import Settings
from . import paths
from .payload_v2 import LIMIT, SHAPE, render, request

__all__ = ["LIMIT", "SHAPE", "read", "render"]


def read(event: Event, settings: Settings) -> Request:
    raw_path = event.get("rawPath") or "/"
    return request(event, settings, paths.decoded(raw_path), "", paths.native(raw_path))
