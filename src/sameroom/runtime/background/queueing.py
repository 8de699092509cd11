"""Where a called job goes: into SQS, dev's own queue, a thread of this process; or it runs at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from ..aws_json import SQS, Client
from ..context import current_invocation
from ..errors import AwsCallFailed, JobNotQueued
from .message import ATTRIBUTE, Message, read
from .registry import Function

#: Variable: the queue's URL. And one that may say "direct".
QUEUE, HOW = "SAMEROOM_BACKGROUND_QUEUE", "SAMEROOM_BACKGROUND"
#: Below this path a URL is that of ``sameroom dev``'s own queue, which is nothing of AWS's.
LOCAL = "/_sameroom/"
#: Seconds that putting a job into the queue may take.
_PATIENCE = 8.0


def put(function: Function, message: Message, body: str, delay: float) -> None:
    """
    :raises JobNotQueued: the queue does not take it, or there is none.
    """
    if _direct():
        from .running import run_here

        run_here(function, read(body))
    elif url := os.environ.get(QUEUE):
        send(url, message.name, body, delay)
    elif "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        raise JobNotQueued(
            f"{message.name} has no queue to wait in, and on Lambda nothing runs after the response. "
            "Write [tool.sameroom.background] into pyproject.toml, which makes one."
        )
    else:
        from .thread import worker

        worker.put(read(body), delay, _flask())


def _direct() -> bool:
    if os.environ.get(HOW) == "direct":
        return True
    app = _flask()
    return app is not None and bool(app.testing)


def _flask() -> Any:
    """The Flask app in whose context this is, or None."""
    flask = sys.modules.get("flask")
    return flask.current_app._get_current_object() if flask is not None and flask.has_app_context() else None


def send(url: str, name: str, body: str, delay: float = 0) -> None:
    """Put ``body`` into the queue at ``url``.

    :raises JobNotQueued: it does not take it; the message says why.
    """
    asked: dict[str, Any] = {
        "QueueUrl": url,
        "MessageBody": body,
        "MessageAttributes": {ATTRIBUTE: {"DataType": "String", "StringValue": name}},
    }
    if delay:
        asked["DelaySeconds"] = round(delay)
    patience = min(_PATIENCE, max(0.5, current_invocation.remaining / 2))
    try:
        client(url).call("SendMessage", asked, patience)
    except AwsCallFailed as error:
        raise JobNotQueued(f"{name} was not queued: {error}") from error


@cache
def client(url: str) -> Client:
    """Of the queue at ``url``.

    :raises AwsCallFailed: nothing says which region.
    """
    return Client(SQS, _surroundings(url, os.environ))


def _surroundings(url: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    parsed = urlsplit(url)
    if parsed.path.startswith(LOCAL):
        here = f"{parsed.scheme}://{parsed.netloc}"
        nobody = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        return {"AWS_REGION": "local", "AWS_ENDPOINT_URL_SQS": here, **nobody}
    if environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION"):
        return environ
    # https://sqs.eu-west-1.amazonaws.com/111122223333/name
    parts = (parsed.hostname or "").split(".")
    return {**environ, "AWS_REGION": parts[1]} if parts[0] == "sqs" and len(parts) > 2 else environ
