"""The message API: free-form JSON messages, kept in one DynamoDB table."""

from __future__ import annotations

import os

from flask import Flask, Response

from . import problems
from .models.table import Table
from .payload import DecimalJSON
from .routes.health import health
from .routes.message import message

#: A message fits in DynamoDB's 400 KB; the rest is room for JSON's escapes.
MAX_BODY = 512 * 1024


def create_app() -> Flask:
    """Create an app. Nothing is read from or sent to AWS before the first request that needs it."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json = DecimalJSON(app)
    app.extensions["messages"] = Table(os.environ.get("DDB_TABLE_NAME", ""))
    app.register_blueprint(message)
    app.register_blueprint(health)
    app.after_request(_always_ask_again)
    problems.register(app)
    return app


def _always_ask_again(response: Response) -> Response:
    # Without this, CloudFront keeps every answer for a day, and a 404 for ten seconds.
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
