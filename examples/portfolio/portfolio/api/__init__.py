"""The REST API, under ``/api``: operations by subject, each a function with typed parameters."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Answer the API's operations, and every error as a problem."""
    from . import (  # noqa: F401
        deleted,
        dividends,
        files,
        funds,
        histories,
        jobs,
        owner,
        portfolios,
        positions,
        problems,
        quotes,
        rates,
        restoring,
        system,
        transactions,
    )
    from .operations import api

    app.register_blueprint(api)
    problems.register(app)
