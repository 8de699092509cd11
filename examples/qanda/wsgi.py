"""WSGI entry: ``gunicorn wsgi:app``, ``flask run``, or anything else that speaks WSGI."""

from qanda import create_app

app = create_app()
