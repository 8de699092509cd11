"""Our own runtime: fetch an invocation, run the handler, send what it answers, for ever.

It does what AWS's client for Python does, and streams, which that does not. Start it as
``python -m sameroom.runtime.loop``: in a container image, from a ``bootstrap``, or on a managed runtime
through AWS_LAMBDA_EXEC_WRAPPER (the script ``sameroom/runtime/bootstrap`` serves for both).
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

from . import logs, settings
from .runtime_api import Invoked, RuntimeApi
from .stream import Broken

log = logging.getLogger("sameroom")

DEFAULT_HANDLER = "sameroom.runtime.handler.handler"


class LambdaContext:
    """The context object that handlers get, with the names AWS documents.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def __init__(self, invoked: Invoked) -> None:
        environ = os.environ
        self.aws_request_id = invoked.request_id
        self.invoked_function_arn = invoked.headers.get("lambda-runtime-invoked-function-arn", "")
        self.tenant_id = invoked.headers.get("lambda-runtime-aws-tenant-id")
        self.client_context = _json(invoked.headers.get("lambda-runtime-client-context"))
        self.identity = _json(invoked.headers.get("lambda-runtime-cognito-identity"))
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self._deadline = invoked.deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message: str) -> None:
        sys.stdout.write(str(message))


def _json(text: str | None) -> Any:
    return json.loads(text) if text else None


def main() -> NoReturn:
    """Run until Lambda ends the process; exit status 1 where the handler cannot be loaded."""
    # Nothing made while importing is garbage worth looking for.
    gc.disable()
    address = os.environ.get("AWS_LAMBDA_RUNTIME_API")
    if not address:
        sys.exit(
            "AWS_LAMBDA_RUNTIME_API is not set: this program runs inside Lambda, or a sandbox of "
            "`sameroom dev`, and fetches its work from there."
        )
    logs.install()
    signal.signal(signal.SIGTERM, _leave)
    api = RuntimeApi(address)
    try:
        handler = _loaded(os.environ.get("_HANDLER") or DEFAULT_HANDLER)
    except Exception as error:
        log.critical("The app could not be loaded: %s: %s", type(error).__name__, error, exc_info=error)
        api.init_failed(_described(error, ""))
        sys.exit(1)
    gc.freeze()
    gc.enable()
    streaming = settings.read().streaming and hasattr(handler, "stream")
    while True:
        serve(api, handler, streaming)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM is Lambda's word that the environment ends: let atexit hooks run."""
    sys.exit(0)


def _loaded(named: str) -> Callable[[Any, Any], Any]:
    """The handler called ``module.attribute``, with the code's folder first on the path as on Lambda."""
    root = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    if root not in sys.path:
        sys.path.insert(0, root)
    module, dot, attribute = named.rpartition(".")
    if not dot:
        raise ValueError(f"_HANDLER is {named!r}; it names a function as 'module.function'")
    handler: Callable[[Any, Any], Any] = getattr(import_module(module.replace("/", ".")), attribute)
    return handler


def serve(api: RuntimeApi, handler: Any, streaming: bool) -> None:
    """One invocation, from fetching it to having its answer taken."""
    invoked = api.next()
    if trace := invoked.headers.get("lambda-runtime-trace-id"):
        os.environ["_X_AMZN_TRACE_ID"] = trace
    context = LambdaContext(invoked)
    try:
        event = json.loads(invoked.body)
        if streaming:
            _streamed(api, handler, event, context)
            return
        payload = json.dumps(handler(event, context), ensure_ascii=False).encode("utf-8", "surrogatepass")
    except Exception as error:
        log.error("%s: %s", type(error).__name__, error, exc_info=error)
        api.failed(invoked.request_id, _described(error, invoked.request_id))
        return
    refused = api.respond(invoked.request_id, payload)
    if refused:
        log.error("Lambda refused the response of %d bytes: %s", len(payload), refused)


def _streamed(api: RuntimeApi, handler: Any, event: Any, context: LambdaContext) -> None:
    sink = api.stream(context.aws_request_id)
    try:
        handler.stream(event, context, sink)
    except Broken as error:
        cause = error.__cause__ or error
        log.error("%s", error, exc_info=error)
        sink.broke(_described(cause, context.aws_request_id))
    else:
        sink.end()


def _described(error: BaseException, request_id: str) -> dict[str, Any]:
    """An error as Lambda's console and callers know it."""
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_list(traceback.extract_tb(error.__traceback__)),
    }


if __name__ == "__main__":
    main()
