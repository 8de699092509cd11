"""WSGI entry: ``flask run``, ``gunicorn wsgi:app``, ``sameroom dev``."""

import os

from flask import Flask
from portfolio import create_app


def behind(app: Flask, proxies: int) -> Flask:
    """Take visitors' addresses from so many proxies of our own; nobody else's word is believed."""
    if proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


# On Lambda it is the runtime that knows: `trusted_hops` in pyproject.toml.
app = behind(create_app(), int(os.environ.get("PROXIES", "0")))
