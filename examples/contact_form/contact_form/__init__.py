"""The contact form of Connecting The Dots: pages, an API, and a dashboard, on one DynamoDB table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from sameroom import check_secrets, load_secrets

from . import assets, cors, dashboard, headers, pages, problems, signing_in
from .settings import settings_of
from .table import Table

#: Bytes; the longest message takes less, however it is encoded.
MAX_BODY = 64 * 1024

csrf = CSRFProtect()


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """Create an app. Nothing is read from or sent to DynamoDB before the first request that needs it.

    :param config: goes into ``app.config``; with a SECRET_KEY in it, no secrets are asked for.
    :raises ValueError: an environment variable of ours makes no sense.
    :raises sameroom.runtime.errors.SecretMissing: SECRET_KEY or ADMIN_PASSWORD has no value.
    """
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        SESSION_COOKIE_NAME="dots",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=8),
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,  # dashboard and signing_in ask for it: where a cookie authorises
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        # It would compare Referer with Host; behind CloudFront, Host is the API's own.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.config.update(config or {})
    if "SECRET_KEY" not in (config or {}):
        check_secrets("SECRET_KEY", "ADMIN_PASSWORD")
        load_secrets(app, "SECRET_KEY")
    app.extensions["contact_form"] = settings_of(os.environ)
    app.extensions["contact_form.table"] = Table(os.environ.get("ENQUIRIES_TABLE", ""))
    csrf.init_app(app)
    for room in (pages.pages, dashboard.dashboard, signing_in.signing_in):
        app.register_blueprint(room)
    for part in (assets, headers, cors, problems):
        part.register(app)
    return app
