"""Links in the pages: the same templates are served by the app, and frozen into files for S3."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Flask, current_app, url_for

STATIC = Path(__file__).with_name("static")


class Frozen(NamedTuple):
    """Pages become files. ``api`` is the app's origin; "" is the pages' own."""

    api: str


def register(app: Flask) -> None:
    """What the templates of ``app`` link with."""
    app.jinja_env.globals.update(asset=asset, page=page, to_app=to_app)


def asset(name: str) -> str:
    """A file of static/. The app's own links have its hash; those on S3 get one when they are published."""
    return url_for("static", filename=name, v=None if _frozen() else version(name))


def page(endpoint: str) -> str:
    """A public page. On S3 it is the index.html of a folder."""
    path = url_for(endpoint)
    return path if not _frozen() or path.endswith("/") else f"{path}/"


def to_app(endpoint: str) -> str:
    """What only the app can answer."""
    frozen = _frozen()
    return (frozen.api if frozen else "") + url_for(endpoint)


@cache
def version(name: str) -> str:
    """The first 12 digits of the file's SHA-256, "" if there is no such file."""
    try:
        return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    except OSError:
        return ""


def _frozen() -> Frozen | None:
    found = current_app.config.get("FROZEN")
    return found if isinstance(found, Frozen) else None
