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

from .access import message
from .context import active

_LEVELS = {"TRACE": "DEBUG", "FATAL": "CRITICAL"}


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
    """Give the root logger Lambda's format, as a managed runtime does before it imports the app.

    What the app prints goes out line by line: the process may be frozen or killed at any time.
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    handler = Sink(_writer(environ))
    handler.setFormatter(JsonFormatter() if wants_json(environ) else TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level(environ))


#: Request id and tenant id of what this process works on.
_serving: tuple[str, str | None] = ("", None)


def serving(request_id: str, tenant_id: str | None = None) -> None:
    """What this process works on from now on, for records of threads that have no invocation of their own."""
    global _serving
    _serving = (request_id, tenant_id)


class Sink(logging.Handler):
    """Hands each formatted record on as one piece, so that it becomes one event of the log stream.

    Records get ``aws_request_id`` and ``tenant_id``, as on AWS, where formatters of apps refer to them.
    """

    def __init__(self, write: Callable[[str, logging.LogRecord], None]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        try:
            invocation = active.get()
            record.aws_request_id = invocation.request_id if invocation else _serving[0]
            record.tenant_id = _serving[1]
            self._write(self.format(record).rstrip("\n"), record)
        except Exception:  # logging's own rule: a log line never breaks the app
            self.handleError(record)


def _writer(environ: Mapping[str, str]) -> Callable[[str, logging.LogRecord], None]:
    telemetry = environ.get("_LAMBDA_TELEMETRY_LOG_FD", "")
    if telemetry.isdecimal():
        leveled = wants_json(environ) or "AWS_LAMBDA_LOG_LEVEL" in environ
        return _framed(int(telemetry), is_json=wants_json(environ), leveled=leveled)
    # Without frames CloudWatch cuts at line feeds; a carriage return keeps a traceback one event.
    seam = "\n" if sys.stdout.isatty() else "\r"

    def write(text: str, record: logging.LogRecord) -> None:
        sys.stdout.write(text.replace("\n", seam) + "\n")
        sys.stdout.flush()

    return write


def _framed(descriptor: int, *, is_json: bool, leveled: bool) -> Callable[[str, logging.LogRecord], None]:
    """Lambda's frames: type, length, microseconds since the epoch, then the text; all big-endian.

    The type tells Lambda the level, by which it filters what it was told to, and whether it is JSON.
    """

    def write(text: str, record: logging.LogRecord) -> None:
        data = text.encode("utf-8", "backslashreplace")
        kind = _FRAMES[_rounded(record.levelno) if leveled else 0] - is_json
        head = kind.to_bytes(4, "big") + len(data).to_bytes(4, "big")
        frame = head + int(record.created * 1_000_000).to_bytes(8, "big") + data
        while frame:
            frame = frame[os.write(descriptor, frame) :]

    return write


#: By level, of text; that of JSON is one less.
_FRAMES = {
    logging.NOTSET: 0xA55A0003,
    logging.DEBUG: 0xA55A000B,
    logging.INFO: 0xA55A000F,
    logging.WARNING: 0xA55A0013,
    logging.ERROR: 0xA55A0017,
    logging.CRITICAL: 0xA55A001B,
}


def _rounded(levelno: int) -> int:
    """Levels between Lambda's own count as the one below."""
    return min(logging.CRITICAL, max(logging.NOTSET, levelno)) // 10 * 10


class TextFormatter(logging.Formatter):
    """``[LEVEL]\\ttimestamp\\trequest id\\tmessage``, tab-separated."""

    def __init__(self) -> None:
        super().__init__(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        self.converter = time.gmtime


#: What every record has; anything else came by ``extra=``.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "aws_request_id",
    "tenant_id",
}


class JsonFormatter(logging.Formatter):
    """One JSON object a record; ``extra=`` keys stand beside Lambda's own, which they cannot replace."""

    def format(self, record: logging.LogRecord) -> str:
        plain = isinstance(record.msg, dict) and not record.args
        said = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": logging.getLevelName(_rounded(record.levelno)),
            "message": record.msg if plain else record.getMessage(),
            "logger": record.name,
            "requestId": getattr(record, "aws_request_id", ""),
        }
        if tenant := getattr(record, "tenant_id", None):
            said["tenantId"] = tenant
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            said |= {
                "errorType": type(error).__name__,
                "errorMessage": message(error),
                "location": f"{record.pathname}:{record.funcName}:{record.lineno}",
                "stackTrace": frames(error),
            }
        for key, value in vars(record).items():
            if key not in _USUAL and value is not None:
                said.setdefault(key, value)
        return _json(said)


def _json(said: dict[str, Any]) -> str:
    try:
        return json.dumps(said, default=str, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        # Keys that are no strings, NaN, a value that holds itself: as text, rather than not at all.
        return json.dumps({str(key): _text(value) for key, value in said.items()}, ensure_ascii=False)


def _text(value: Any) -> Any:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return str(value)
    return value


def frames(error: BaseException) -> list[str]:
    """Lambda's ``stackTrace``: a string a frame.

    Where an error has a cause, notes or a place in a source file, all that the interpreter would print.
    """
    whole = traceback.format_exception(type(error), error, error.__traceback__)
    plain = traceback.format_tb(error.__traceback__)
    # Around them, a plain error has the heading that goes before frames, and the line that says what it is.
    return plain if whole[bool(plain) : -1] == plain else whole
