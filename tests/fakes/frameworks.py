"""The same small site in four frameworks, each as its own users would write it.

Every site has: POST /upload (a multipart form with a note and a file), /login (two cookies and a redirect to
/me), /me (what it reads from the cookies), /items/<name> (a name from the path), /away (a redirect by the
framework's own url_for), /search (every value of ``q``), and /stream (a generator).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from .serving import App


def report(note: str, name: str, data: bytes) -> dict[str, Any]:
    """What /upload says it got."""
    return {"note": note, "name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def chunks() -> Iterator[bytes]:
    yield b"one,"
    yield "zwölf".encode()


def flask_site() -> App:
    import flask

    app = flask.Flask("flask_site")

    @app.post("/upload")
    def upload() -> dict[str, Any]:
        file = flask.request.files["file"]
        return report(flask.request.form["note"], file.filename or "", file.read())

    @app.get("/login")
    def login() -> Any:
        response = flask.redirect(flask.url_for("me"))
        response.set_cookie("session", "abc")
        response.set_cookie("theme", "dark")
        return response

    @app.get("/me")
    def me() -> dict[str, Any]:
        return dict(flask.request.cookies)

    @app.get("/items/<path:name>")
    def item(name: str) -> dict[str, Any]:
        return {"name": name}

    @app.get("/away")
    def away() -> Any:
        return flask.redirect(flask.url_for("item", name="zwölf a"))

    @app.get("/search")
    def search() -> dict[str, Any]:
        return {"q": flask.request.args.getlist("q")}

    @app.get("/stream")
    def stream() -> Any:
        return flask.Response(chunks(), mimetype="text/plain")

    return app


def werkzeug_site() -> App:
    from werkzeug import Request, Response
    from werkzeug.exceptions import HTTPException
    from werkzeug.routing import Map, Rule
    from werkzeug.utils import redirect

    rules = Map(
        [Rule(f"/{name}", endpoint=name) for name in ("upload", "login", "me", "away", "search", "stream")]
    )
    rules.add(Rule("/items/<path:name>", endpoint="item"))

    def say(value: Any) -> Response:
        return Response(json.dumps(value), mimetype="application/json")

    def respond(request: Request) -> Any:
        urls = rules.bind_to_environ(request.environ)
        endpoint, values = urls.match()
        if endpoint == "upload":
            file = request.files["file"]
            return say(report(request.form["note"], file.filename or "", file.read()))
        if endpoint == "login":
            response = redirect(urls.build("me"))
            response.set_cookie("session", "abc")
            response.set_cookie("theme", "dark")
            return response
        if endpoint == "away":
            return redirect(urls.build("item", {"name": "zwölf a"}))
        if endpoint == "stream":
            return Response(chunks(), mimetype="text/plain")
        said = {"me": dict(request.cookies), "search": {"q": request.args.getlist("q")}, "item": values}
        return say(said[endpoint])

    @Request.application
    def app(request: Request) -> Any:
        try:
            return respond(request)
        except HTTPException as error:
            return error

    return app


def bottle_site() -> App:
    import bottle

    app = bottle.Bottle()

    @app.post("/upload")  # type: ignore[untyped-decorator]
    def upload() -> dict[str, Any]:
        file = bottle.request.files.file
        return report(bottle.request.forms.note, file.raw_filename, file.file.read())

    @app.get("/login")  # type: ignore[untyped-decorator]
    def login() -> None:
        bottle.response.set_cookie("session", "abc")
        bottle.response.set_cookie("theme", "dark")
        bottle.redirect(app.get_url("me"))

    @app.get("/me", name="me")  # type: ignore[untyped-decorator]
    def me() -> dict[str, Any]:
        return dict(bottle.request.cookies)

    @app.get("/items/<name:path>", name="item")  # type: ignore[untyped-decorator]
    def item(name: str) -> dict[str, Any]:
        return {"name": name}

    @app.get("/away")  # type: ignore[untyped-decorator]
    def away() -> None:
        bottle.redirect(app.get_url("item", name="zwölf a"))

    @app.get("/search")  # type: ignore[untyped-decorator]
    def search() -> dict[str, Any]:
        return {"q": bottle.request.query.decode().getall("q")}

    @app.get("/stream")  # type: ignore[untyped-decorator]
    def stream() -> Iterable[bytes]:
        bottle.response.content_type = "text/plain; charset=utf-8"
        return chunks()

    return app  # type: ignore[no-any-return]


def django_site() -> App:
    """Django has one configuration a process, made by the first call."""
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
    from django.shortcuts import redirect
    from django.urls import path

    def upload(request: Any) -> Any:
        file = request.FILES["file"]
        return JsonResponse(report(request.POST["note"], file.name, file.read()))

    def login(request: Any) -> Any:
        response = redirect("me")
        response.set_cookie("session", "abc")
        response.set_cookie("theme", "dark")
        return response

    def stream(request: Any) -> Any:
        return StreamingHttpResponse(chunks(), content_type="text/plain; charset=utf-8")

    def away(request: Any) -> HttpResponse:
        return redirect("item", name="zwölf a")

    if not settings.configured:
        urls = (
            path("upload", upload),
            path("login", login),
            path("me", lambda request: JsonResponse(request.COOKIES), name="me"),
            path("items/<path:name>", lambda request, name: JsonResponse({"name": name}), name="item"),
            path("away", away),
            path("search", lambda request: JsonResponse({"q": request.GET.getlist("q")})),
            path("stream", stream),
        )
        settings.configure(ROOT_URLCONF=urls, ALLOWED_HOSTS=["*"], SECRET_KEY="test", LOGGING_CONFIG=None)
        django.setup()
    app: App = WSGIHandler()
    return app


SITES = {"flask": flask_site, "werkzeug": werkzeug_site, "bottle": bottle_site, "django": django_site}
