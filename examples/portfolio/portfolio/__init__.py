"""The investment portfolio manager: portfolios of funds and stocks, what they cost, gained and paid."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response

from . import api, cli, compression, logs
from .ledger.prices import PriceStore, TablePrices
from .models import db

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .prices.feed import Feed

#: Bytes of a body: a file of 50,000 trades has two million.
MAX_BODY = 6 * 1024 * 1024


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Create an app. Nothing is asked of the database before the first request that needs it."""

    from sameroom import sql

    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, **(config or {}))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["prices"] = _prices(app.config.get("PRICES_TABLE", os.environ.get("PRICES_TABLE", "")))
    app.extensions["feeds"] = app.config.get("FEEDS", _feed)
    logs.init_app(app)
    sql.init_app(app)
    db.init_app(app)
    api.init_app(app)
    cli.init_app(app)
    app.after_request(_always_ask_again)
    compression.init_app(app)
    return app


def _prices(table: str) -> Callable[[Session], PriceStore]:
    """Where prices are: in DynamoDB's table of that name, or in the database."""
    if not table:
        return TablePrices
    from .ledger.dynamo_prices import DynamoPrices, DynamoTable

    return partial(DynamoPrices, DynamoTable(table))


def _feed(name: str) -> Feed:
    """The provider of prices of that name; loaded when it is asked for."""
    if name == "fixed":
        from .prices.fixed import FixedFeed

        return FixedFeed()
    if name == "csv":
        from .prices.folder import FolderFeed

        return FolderFeed(Path(os.environ.get("PRICES_FOLDER", "prices")))
    from .prices.yahoo import YahooFeed

    return YahooFeed()


def _always_ask_again(response: Response) -> Response:
    # Nobody's figures may stay in a cache between here and the owner.
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.status_code == 204:
        # There is nothing that could have a type.
        response.headers.pop("Content-Type", None)
    return response
