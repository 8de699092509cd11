"""Whether the app is well, which one it is, and what its API is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import Response, render_template
from sqlalchemy import text

from .. import migrated
from ..models import db
from ..models.base import only_read
from . import openapi
from .operations import operation
from .wire import Wire


class Health(Wire):
    """Whether the database answers, and is as this version of the app wants it."""

    status: str
    database: str
    migration_needed: bool


class Version(Wire):
    """Which app this is."""

    app_version: str
    database_version: str | None
    newest_database_version: str | None


@operation("GET", "/health", who="anybody")
def health() -> Health:
    """Whether the app can work. 503 when the database is away."""
    only_read(db.session())
    db.session.execute(text("SELECT 1"))
    needed = migrated.current(db.session()) != migrated.newest()
    return Health(status="ok", database="connected", migration_needed=needed)


@operation("GET", "/version")
def app_version() -> Version:
    """The version of the app, and of its database."""
    return Version(
        app_version=_version(),
        database_version=migrated.current(db.session()),
        newest_database_version=migrated.newest(),
    )


@operation("GET", "/openapi.json", who="anybody")
def openapi_document() -> Response:
    """This API as an OpenAPI 3.1 document."""
    return Response(openapi.document_text(_version()), mimetype="application/json")


@operation("GET", "/docs", who="anybody")
def docs() -> Response:
    """This API as a page, with nothing from elsewhere."""
    response = Response(render_template("docs.html", api=openapi.document(_version())), mimetype="text/html")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


def _version() -> str:
    try:
        return version("portfolio")
    except PackageNotFoundError:
        return "0.1.0"
