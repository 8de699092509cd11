"""The apps that are measured. Answers are made beforehand, so that the time is the handler's."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

App = Callable[..., Iterable[bytes]]

SMALL = json.dumps({"id": 17, "name": "a message", "tags": ["one", "two"], "done": False}).encode()
TEXT = (b"The quick brown fox jumps over the lazy dog, again and again.\n" * 17_000)[: 1 << 20]
BINARY = random.Random(7).randbytes(1 << 20)

_ANSWERS = {
    "/json": ("application/json", SMALL),
    "/text": ("text/plain; charset=utf-8", TEXT),
    "/binary": ("image/png", BINARY),
}


def plain(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """As little as a WSGI app can do."""
    path = environ["PATH_INFO"]
    if path == "/upload":
        size = len(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        kind, body = "application/json", b'{"bytes": %d}' % size
    else:
        kind, body = _ANSWERS[path]
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def flask() -> App:
    """The same answers from Flask."""
    from flask import Flask, Response, request

    app = Flask(__name__)

    def fixed(path: str) -> Callable[[], Response]:
        kind, body = _ANSWERS[path]
        return lambda: Response(body, content_type=kind)

    for path in _ANSWERS:
        app.add_url_rule(path, path[1:], fixed(path))

    @app.post("/upload")
    def upload() -> Response:
        return Response(b'{"bytes": %d}' % len(request.get_data()), content_type="application/json")

    return app


def witness(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Says what reached the app, to see that every handler hands the same request on."""
    size = int(environ.get("CONTENT_LENGTH") or 0)
    seen = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "query": sorted(parse_qsl(environ["QUERY_STRING"])),
        "type": environ.get("CONTENT_TYPE") or "",
        "headers": {
            key: value
            for key, value in environ.items()
            if key.startswith(
                ("HTTP_ACCEPT", "HTTP_USER", "HTTP_X_", "HTTP_SEC_", "HTTP_AUTH", "HTTP_ORIGIN")
            )
        },
        "body": sha256(environ["wsgi.input"].read(size)).hexdigest(),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen, sort_keys=True).encode()]
