"""The app's own context, for what is no request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .finder import flask_of
from .wsgi import App

Context = Callable[[], AbstractContextManager[Any]]


def context_of(app: App) -> Context:
    """What makes a context: a Flask app's own, whose teardown functions run at its end; none of another's."""
    flask = flask_of(app)
    return nullcontext if flask is None else flask.app_context
