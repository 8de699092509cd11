"""The log that the owner can read: lines of this app's loggers, kept in the database.

A request's lines are written when it is over, in a transaction of their own: what was refused and rolled back
is in the log all the same. They go to the process's ordinary logging as well, which is all there is when the
database is away.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, has_app_context, has_request_context, request
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from .clock import utc_now
from .models import LogRecord, db
from .settings import Settings, read

LEVELS = ("debug", "info", "warning", "error", "critical")
CATEGORIES = ("portfolio", "fund", "transaction", "dividend", "system", "database", "security")
_ROOT = "portfolio"
#: Lines; older ones go as new ones come.
_KEPT = 20_000


def logger(category: str) -> logging.Logger:
    """The logger of a category; what it is told is in the log that the owner can read."""
    return logging.getLogger(f"{_ROOT}.{category}")


class _Collected(logging.Handler):
    """Keeps lines until the context they were written in ends."""

    def emit(self, record: logging.LogRecord) -> None:
        if has_app_context():
            g.setdefault("log_lines", []).append(_row(record))


def init_app(app: Flask) -> None:
    """Collect this app's log lines. Called before the database's own ``init_app``, whose session ends
    first.
    """
    logger = logging.getLogger(_ROOT)
    if not any(isinstance(handler, _Collected) for handler in logger.handlers):
        logger.addHandler(_Collected())
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.DEBUG if app.debug else logging.INFO)
    app.before_request(_name_request)
    app.after_request(_answered)
    app.teardown_appcontext(_write)


def _name_request() -> None:
    from sameroom import current_invocation

    g.request_id = current_invocation.request_id or uuid4().hex


def _answered(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    for line in g.get("log_lines", ()):
        line["http_status"] = response.status_code
    return response


def _row(record: logging.LogRecord) -> dict[str, Any]:
    category = record.name.rpartition(".")[2]
    row: dict[str, Any] = {
        "at": utc_now(),
        "level": record.levelname.lower(),
        "category": category if category in CATEGORIES else "system",
        "message": record.getMessage(),
        "details": getattr(record, "details", None),
        "source": f"{record.module}.{record.funcName}",
        "request_id": g.get("request_id", ""),
        "stack_trace": "".join(traceback.format_exception(record.exc_info[1])) if record.exc_info else "",
        "http_status": None,
        "address": "",
        "user_agent": "",
    }
    if has_request_context():
        row["address"] = (request.remote_addr or "")[:45]
        row["user_agent"] = request.headers.get("User-Agent", "")[:255]
    return row


def _write(error: BaseException | None) -> None:
    lines = g.pop("log_lines", [])
    if not lines:
        return
    try:
        db.session.remove()
        wanted = _wanted(lines, read(db.session()))
        if wanted:
            db.session.execute(insert(LogRecord), wanted)
            newest = select(func.max(LogRecord.number) - _KEPT).scalar_subquery()
            db.session.execute(delete(LogRecord).where(LogRecord.number <= newest))
            db.session.commit()
    except SQLAlchemyError as failed:
        logging.getLogger("portfolio_log").warning("Lines of the log could not be kept: %s", failed)
    finally:
        db.session.remove()


def _wanted(lines: list[dict[str, Any]], settings: Settings) -> list[dict[str, Any]]:
    if not settings.logging_enabled:
        return []
    least = LEVELS.index(settings.logging_level)
    return [line for line in lines if LEVELS.index(line["level"]) >= least]
