"""The app that answers, and who asks it."""

from __future__ import annotations

from flask import current_app, request

from .settings import Settings
from .table import Table


def wants_page() -> bool:
    """Whether the answer is to be a page.

    A program that says nothing gets JSON where it sends something, and the page where it asks for one.
    """
    kinds = ["text/html", "application/json"]
    if request.method not in ("GET", "HEAD"):
        kinds.reverse()
    return request.accept_mimetypes.best_match(kinds, kinds[0]) == "text/html"


def settings() -> Settings:
    """The settings of the app that answers."""
    found = current_app.extensions["contact_form"]
    assert isinstance(found, Settings)
    return found


def table() -> Table:
    """Its table."""
    found = current_app.extensions["contact_form.table"]
    assert isinstance(found, Table)
    return found
