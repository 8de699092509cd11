"""Questions and answers, anonymous, on the web and in Slack; kept in DynamoDB."""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask import Flask, Response, request

from . import problems, sessions
from .room import furnish
from .routes.api import api
from .routes.moderation import moderation
from .routes.pages import look, pages
from .routes.slack import Desk, slack

#: Bytes. Slack's own requests are far smaller; the longest letter in JSON's escapes is 60 KB.
MAX_BODY = 128 * 1024
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """Create an app. Nothing is read from or sent to AWS or Slack before the first request that needs it.

    QANDA_PRELOAD loads their libraries now: while a function starts it has a whole CPU, and later, within
    Slack's three seconds, a part of one.

    :raises ValueError: QANDA_LIMITS cannot be read
    """
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=12 * 3600,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # it is Flask's own provider
    app.extensions["qanda"] = furnish(environ)
    app.extensions["qanda.slack"] = Desk()
    app.session_interface = sessions.Sessions()
    if environ.get("QANDA_PRELOAD"):
        app.extensions["qanda"].database.prepare()
        app.extensions["qanda.slack"].prepare()
    look(app)
    for blueprint in (pages, api, slack, moderation):
        app.register_blueprint(blueprint)
    app.after_request(_guarded)
    problems.register(app)
    return app


def _guarded(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "static":
        # Without this, CloudFront keeps every answer for a day, and a 404 for ten seconds.
        headers.setdefault("Cache-Control", "no-cache")
    return response
