"""Whether the process answers. The table is not asked: a restart would not mend it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

health = Blueprint("health", __name__)


@health.get("/health")
def answer() -> ResponseReturnValue:
    """Answer."""
    return {"status": "ok"}
