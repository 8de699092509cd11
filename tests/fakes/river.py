"""A whole river, from the client's request to the answer it gets; and the plain server to compare it with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from sameroom.local.gateways import gateway
from sameroom.local.http import Entrance, HttpAnswer, HttpRequest, Outcome
from sameroom.runtime.handler import Handler
from sameroom.runtime.settings import Settings

from .exchanges import REQUEST_ID
from .traffic import Said

Environ = dict[str, Any]


def plain_environ(request: HttpRequest, raw_path: str, scheme: str) -> Environ:
    """What a WSGI server that is nothing else shows the app of a request."""
    path, _, query = request.target.partition("?")
    raw_uri = f"{raw_path}?{query}" if query else raw_path
    environ: Environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": raw_uri,
        "REQUEST_URI": raw_uri,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "3000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.client,
        "wsgi.url_scheme": scheme,
        "body": request.body,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ


class Room:
    """A WSGI app that keeps what it saw, and says what it was told to."""

    def __init__(self, said: Said) -> None:
        self.said = said
        self.seen: Environ = {}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        ours = ("wsgi.", "sameroom.", "SERVER_SOFTWARE")
        self.seen = {key: value for key, value in environ.items() if not key.startswith(ours)}
        self.seen["wsgi.url_scheme"] = environ["wsgi.url_scheme"]
        self.seen["body"] = environ["wsgi.input"].read()
        start_response(f"{self.said.status} Some Reason", self.said.headers)
        return [self.said.body]


def visit(room: Room, request: HttpRequest, place: Entrance) -> HttpAnswer:
    """The answer of an app behind both halves of a door, with JSON between them as on AWS."""
    gate = gateway(place.door)
    event = gate.admit(request, place, REQUEST_ID)
    assert isinstance(event, dict), event
    handler = Handler(room, Settings(access_log=False, binary_media_types=place.binary_media_types))
    result = handler(json.loads(json.dumps(event)), None)
    return gate.answer(Outcome("result", json.dumps(result).encode()), request, place)
