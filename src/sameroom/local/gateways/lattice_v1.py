"""VPC Lattice with a Lambda target and event version 1.0, seen from AWS's side: snake case, repeated headers
in one string, of repeated query keys the last, and no request context.

https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
"""

from __future__ import annotations

from typing import Any

from ..http import Entrance, HttpAnswer, HttpRequest
from . import bodies, target_group, targets
from .lattice import answer, received, too_large

__all__ = ["admit", "answer"]


def admit(request: HttpRequest, entrance: Entrance, request_id: str) -> dict[str, Any] | HttpAnswer:
    """The event; the answer is event version 2.0's."""
    arrived = received(request)
    if isinstance(arrived, HttpAnswer):
        return arrived
    path, query, found = arrived
    body, encoded = target_group.text(request)
    event = {
        "raw_path": path,
        "method": request.method,
        "headers": {name: ", ".join(values) for name, values in found.items()},
        "query_string_parameters": dict(targets.pairs(query)),
        "body": body,
        "is_base64_encoded": encoded,
    }
    return too_large() if bodies.too_large(event, request.body) else event
