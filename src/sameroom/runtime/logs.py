"""Log records as Lambda's managed runtimes write them: text, or one JSON object a line.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from .context import active

access = logging.getLogger("sameroom.access")

_LEVELS = {"TRACE": "DEBUG", "FATAL": "CRITICAL"}

#: What every record has; anything else came by ``extra=``.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def level(environ: Mapping[str, str] = os.environ) -> str:
    """AWS_LAMBDA_LOG_LEVEL as a level of ``logging``; what Lambda defaults to where it is not set."""
    said = environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    said = _LEVELS.get(said, said)
    if said in ("DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL"):
        return said
    return "INFO" if wants_json(environ) else "WARNING"


def wants_json(environ: Mapping[str, str] = os.environ) -> bool:
    return environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"


def install(environ: Mapping[str, str] = os.environ) -> None:
    """Give the root logger Lambda's format, as a managed runtime does before it imports the app."""
    handler = Sink(_writer(environ))
    handler.setFormatter(JsonFormatter() if wants_json(environ) else TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level(environ))


def allow_access_lines(environ: Mapping[str, str] = os.environ) -> None:
    """They are INFO, and the default level of text logs is WARNING: let them through unless asked not to."""
    if "AWS_LAMBDA_LOG_LEVEL" not in environ:
        access.setLevel(logging.INFO)


def access_line(environ: Mapping[str, Any], status: int, sent: int, began: float) -> None:
    """Method, path, status, bytes of body and milliseconds of one request."""
    method, path = environ["REQUEST_METHOD"], environ["SCRIPT_NAME"] + environ["PATH_INFO"]
    ms = round((time.monotonic() - began) * 1000, 1)
    said = {"method": method, "path": path, "status": status, "bytes": sent, "ms": ms}
    access.info("%s %s %d %d B %.1f ms", method, path, status, sent, ms, extra=said)


class Sink(logging.Handler):
    """Hands each formatted record on as one piece, so that it becomes one event of the log stream."""

    def __init__(self, write: Callable[[str, logging.LogRecord], None]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._write(self.format(record), record)
        except Exception:  # logging's own rule: a log line never breaks the app
            self.handleError(record)


def _writer(environ: Mapping[str, str]) -> Callable[[str, logging.LogRecord], None]:
    telemetry = environ.get("_LAMBDA_TELEMETRY_LOG_FD", "")
    if telemetry.isdecimal():
        return _framed(int(telemetry))
    # Without frames CloudWatch cuts at line feeds; a carriage return keeps a traceback one event.
    seam = "\n" if sys.stdout.isatty() else "\r"

    def write(text: str, record: logging.LogRecord) -> None:
        sys.stdout.write(text.replace("\n", seam) + "\n")
        sys.stdout.flush()

    return write


def _framed(descriptor: int) -> Callable[[str, logging.LogRecord], None]:
    """Lambda's frames: type, length, microseconds since the epoch, then the text; all big-endian."""

    def write(text: str, record: logging.LogRecord) -> None:
        data = text.encode("utf-8", "backslashreplace")
        kind = 0xA55A0000 | _FRAME_TYPES.get(record.levelname, 0x03)
        head = kind.to_bytes(4, "big") + len(data).to_bytes(4, "big")
        frame = head + int(record.created * 1_000_000).to_bytes(8, "big") + data
        while frame:
            frame = frame[os.write(descriptor, frame) :]

    return write


_FRAME_TYPES = {"DEBUG": 0x0B, "INFO": 0x0F, "WARNING": 0x13, "ERROR": 0x17, "CRITICAL": 0x1B}


class TextFormatter(logging.Formatter):
    """``[LEVEL]\\ttimestamp\\trequest id\\tmessage``, tab-separated."""

    def __init__(self) -> None:
        super().__init__(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(request)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        record.request = _request_id()
        return super().format(record)


class JsonFormatter(logging.Formatter):
    """One JSON object a record; ``extra=`` keys stand beside Lambda's own, which they cannot replace."""

    def format(self, record: logging.LogRecord) -> str:
        said = {key: value for key, value in vars(record).items() if key not in _USUAL}
        said |= {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": _request_id(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            said |= {
                "errorType": type(error).__name__,
                "errorMessage": str(error),
                "location": f"{record.pathname}:{record.funcName}:{record.lineno}",
                "stackTrace": frames(error),
            }
        return json.dumps(said, default=repr, ensure_ascii=False)


def frames(error: BaseException) -> list[str]:
    """Every line of the traceback, causes included, as the interpreter would print it."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__)).splitlines()


def _request_id() -> str:
    invocation = active.get()
    return invocation.request_id if invocation else ""
