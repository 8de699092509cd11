"""WSGI entry: ``flask run``, ``gunicorn wsgi:app``, ``sameroom dev``."""

from portfolio import create_app

app = create_app()
