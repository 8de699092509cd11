"""One JSON object per log line, for a container. ``logging.conf`` puts it to use under gunicorn.

The app itself never configures logging: on Lambda, under ``flask run`` and in tests the host's set-up stays.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any


class JsonFormatter(logging.Formatter):
    """``time`` (UTC, RFC 3339), ``level``, ``logger``, ``message`` and, if there is one, ``traceback``."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        line |= self.said(record)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)

    def said(self, record: logging.LogRecord) -> dict[str, Any]:
        """What this record adds to the line."""
        return {"message": record.getMessage()}


class AccessFormatter(JsonFormatter):
    """gunicorn's access record, whose ``args`` are its log atoms, as fields of their own."""

    def said(self, record: logging.LogRecord) -> dict[str, Any]:
        atoms = record.args
        if not isinstance(atoms, Mapping):
            return super().said(record)
        return {
            "method": atoms["m"],
            "path": atoms["U"],
            "query": atoms["q"],
            "status": int(str(atoms["s"])),
            "bytes": atoms["B"],
            "ms": round(int(str(atoms["D"])) / 1000, 1),
            "client": atoms["h"],
            "user_agent": atoms["a"],
        }
