"""One event through the live function, its log's end with the answer."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

from ..errors import NotDeployed, Refused

if TYPE_CHECKING:
    from ..aws.cloud import Cloud

#: Seconds to wait for the answer: Lambda's longest, and a little.
_PATIENCE = 910


class Invoked(NamedTuple):
    """What Lambda answered."""

    #: JSON text: the handler's result, or ``{"errorType", "errorMessage", "stackTrace"}``.
    payload: bytes
    failed: bool
    #: The last 4 KB of the log.
    log: str
    version: str
    request: str


def invoke(cloud: Cloud, alias: str, event: str) -> Invoked:
    """Send ``event``, JSON text, to the alias with the ARN ``alias``, and wait for the answer.

    :raises NotDeployed: there is no such function or alias.
    :raises Refused: RequestTooLargeException beyond 6 MB, and whatever else AWS refuses.
    """
    try:
        said = cloud.call(
            "lambda",
            "invoke",
            patience=_PATIENCE,
            once=True,
            FunctionName=alias,
            LogType="Tail",
            Payload=event.encode(),
        )
    except Refused as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise NotDeployed(
            f"There is no function {alias}.",
            why="The stack makes it; somebody deleted it, or its alias, by hand.",
            next="sameroom destroy, then sameroom deploy, make it anew.",
        ) from error
    return Invoked(
        said["Payload"].read(),
        bool(said.get("FunctionError")),
        base64.b64decode(said.get("LogResult", "")).decode("utf-8", "replace"),
        said.get("ExecutedVersion", ""),
        said["ResponseMetadata"].get("RequestId", ""),
    )
