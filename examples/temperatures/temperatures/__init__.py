"""A temperature rug: KNMI's daily lowest and highest temperatures, each in the colour of its yarn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask, Response

from . import answers, days, knmi, settings
from .commands import commands
from .pages import pages
from .store import Store

#: No script runs, and nothing comes from elsewhere.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def create_app(environ: Mapping[str, str] = os.environ, now: Callable[[], float] = time.time) -> Flask:
    """The app. KNMI is not asked before the first rug is.

    :param now: seconds since the epoch.
    :raises settings.BadSetting: a variable's value cannot be used.
    """
    said = settings.read(environ)
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["USUAL"] = said.usual
    app.extensions["temperatures"] = days.Source(Store(said.cache), partial(knmi.ask, said), now, said.rest)
    app.register_blueprint(pages)
    app.register_blueprint(commands)
    answers.register(app)
    app.after_request(_guarded)
    return app


def _guarded(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
