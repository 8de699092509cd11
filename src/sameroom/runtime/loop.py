"""Our own runtime: fetch an invocation, run the handler, send what it answers, for ever.

It does what AWS's client for Python does, and streams, which that does not. Start it as
``python -m sameroom.runtime.loop``: in a container image, from a ``bootstrap``, or on a managed runtime
through AWS_LAMBDA_EXEC_WRAPPER (the script ``sameroom/runtime/bootstrap`` serves for both).
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import gc

from . import bundled

if __name__ == "__main__":
    gc.disable()  # nothing made while importing is garbage worth looking for
    with bundled():
        from . import logs, runtime_api  # noqa: F401  # below, each by its name

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import FrameType, SimpleNamespace
from typing import Any, NoReturn

from . import access, logs, settings
from .messages import Result
from .runtime_api import Invoked, RuntimeApi, StreamedResponse

log = logging.getLogger("sameroom")

DEFAULT_HANDLER = "sameroom.runtime.handler.handler"


class LambdaContext:
    """The context object that handlers get, with the names AWS documents.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def __init__(self, invoked: Invoked) -> None:
        headers = invoked.headers
        self.aws_request_id = invoked.request_id
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn", "")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.client_context = _client_context(headers.get("lambda-runtime-client-context", ""))
        self.identity = _identity(headers.get("lambda-runtime-cognito-identity", ""))
        (
            self.function_name,
            self.function_version,
            self.memory_limit_in_mb,
            self.log_group_name,
            self.log_stream_name,
        ) = _function()
        self._deadline = invoked.deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message: object) -> None:
        print(message, end="", flush=True)


@cache
def _function() -> tuple[str, str, str, str, str]:
    """What the environment says of the function; it says the same for ever."""
    return (
        os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
        os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", ""),
        os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", ""),
        os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", ""),
    )


_CLIENT = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


def _client_context(text: str) -> SimpleNamespace | None:
    """What the caller sent in X-Amz-Client-Context, as the Mobile SDK shapes it."""
    if not text:
        return None
    said = json.loads(text)
    client = said.get("client")
    return SimpleNamespace(
        client=None if client is None else SimpleNamespace(**{name: client.get(name) for name in _CLIENT}),
        custom=said.get("custom"),
        env=said.get("env"),
    )


def _identity(text: str) -> SimpleNamespace:
    said = json.loads(text) if text else {}
    return SimpleNamespace(
        cognito_identity_id=said.get("cognitoIdentityId"),
        cognito_identity_pool_id=said.get("cognitoIdentityPoolId"),
    )


def main() -> NoReturn:
    """Run until Lambda ends the process; exit status 1 where the handler cannot be loaded."""
    gc.disable()
    address = os.environ.get("AWS_LAMBDA_RUNTIME_API")
    if not address:
        sys.exit(
            "AWS_LAMBDA_RUNTIME_API is not set: this program runs inside Lambda, or a sandbox of "
            "`sameroom dev`, and fetches its work from there."
        )
    logs.install()
    signal.signal(signal.SIGTERM, _leave)
    try:
        api = RuntimeApi(address)
    except (OSError, ValueError) as error:
        sys.exit(f"AWS_LAMBDA_RUNTIME_API is {address!r}, and no Runtime API answers there: {error}")
    try:
        handler = _loaded(os.environ.get("_HANDLER") or DEFAULT_HANDLER)
        streaming = hasattr(handler, "stream") and settings.read().streaming
    except Exception as error:
        described = _described(error, "")
        log.critical(
            "The app could not be loaded: %(errorType)s: %(errorMessage)s", described, exc_info=error
        )
        api.init_failed(described)
        sys.exit(1)
    gc.freeze()
    gc.enable()
    while True:
        serve(api, handler, streaming)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM is Lambda's word that the environment ends: let atexit hooks run."""
    sys.exit(0)


def _loaded(named: str) -> Callable[[Any, Any], Any]:
    """The handler called ``module.attribute``."""
    first = _folders()
    sys.path[:] = first + [folder for folder in sys.path if folder not in first]
    module, dot, attribute = named.rpartition(".")
    if not dot:
        raise ValueError(f"_HANDLER is {named!r}; it names a function as 'module.function'")
    handler: Callable[[Any, Any], Any] = getattr(import_module(module.replace("/", ".")), attribute)
    return handler


def _folders() -> list[str]:
    """Where AWS's runtimes look first: the code, then the layers.

    https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
    """
    root = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    if "PYTHONPATH" in os.environ:
        return [root]
    major, minor = sys.version_info[:2]
    return [root, f"/opt/python/lib/python{major}.{minor}/site-packages", "/opt/python"]


def serve(api: RuntimeApi, handler: Any, streaming: bool) -> None:
    """One invocation, from fetching it to having its answer taken."""
    invoked = api.next()
    logs.serving(invoked.request_id, invoked.headers.get("lambda-runtime-aws-tenant-id"))
    _trace(invoked.headers.get("lambda-runtime-trace-id"))
    payload = b""
    try:
        context = LambdaContext(invoked)
        event = json.loads(invoked.body)
        if streaming:
            result = _streamed(api.stream(invoked), handler, event, context)
            refused = result if isinstance(result, str) else ""
            payload = b"" if isinstance(result, str) else _json(result)
        else:
            payload = _json(handler(event, context))
    except Exception as error:
        if error.__traceback__:  # less this function, which is in all of them
            error.__traceback__ = error.__traceback__.tb_next
        described = _described(error, invoked.request_id)
        log.error("%(errorType)s: %(errorMessage)s", described, exc_info=error)
        refused = api.failed(invoked, described)
    else:
        if payload:
            refused = api.respond(invoked, payload)
    if refused:
        size = f" of {len(payload)} bytes" if payload else ""
        log.error("Lambda refused the response%s: %s", size, refused)


def _trace(trace_id: str | None) -> None:
    """Where the X-Ray SDK looks for it."""
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


_result_text = json.JSONEncoder(ensure_ascii=False).encode


def _json(result: Any) -> bytes:
    # Half a surrogate pair is nothing in UTF-8; with a backslash it is what JSON has for it.
    return _result_text(result).encode("utf-8", "backslashreplace")


def _streamed(sink: StreamedResponse, handler: Any, event: Any, context: LambdaContext) -> str | Result:
    """What Lambda has against the response, "" if nothing; or a result that was not streamed."""
    try:
        whole: Result | None = handler.stream(event, context, sink)
    except Exception as error:
        if not sink.began:
            raise
        cause = error.__cause__ or error
        log.error("%s", access.message(error), exc_info=cause)
        sink.broke(_described(cause, context.aws_request_id))
        return ""
    return sink.end() if whole is None else whole


def _described(error: BaseException, request_id: str) -> dict[str, Any]:
    """An error as Lambda's console and callers know it."""
    return {
        "errorMessage": access.message(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": logs.frames(error),
    }


if __name__ == "__main__":
    main()
