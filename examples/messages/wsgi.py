"""WSGI entry: ``gunicorn wsgi:handler``, ``flask run``, or anything else that speaks WSGI."""

import app

handler = app.create_app()
