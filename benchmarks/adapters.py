"""Ours and the peers behind one signature, ``(event, context) -> result``, for any WSGI app."""

from __future__ import annotations

import importlib
import logging
import sys
from base64 import b64decode
from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType, SimpleNamespace
from typing import Any

from apps import App

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

_VERSION_2 = ("http-api", "function-url")
_VERSION_1 = ("rest-api", "alb", "alb, multi-value")
#: What each can do, by its own documentation and code; none but ours knows Lattice.
DOORS = {
    "apig-wsgi": _VERSION_2 + _VERSION_1,
    "serverless-wsgi": _VERSION_2 + _VERSION_1,
    "awsgi2": (*_VERSION_2, "rest-api"),
    "aws-wsgi": ("rest-api",),
    "zappa": (*_VERSION_2, "rest-api", "alb"),
    "mangum + a2wsgi": _VERSION_2 + _VERSION_1,
    "mangum + asgiref": _VERSION_2 + _VERSION_1,
}
# Those that have to be told which content types are binary.
_BINARY = ["image/png"]


def ours(app: App, *, pybase64: bool = True) -> Handler:
    """sameroom's handler, from a copy of its own: one with pybase64 can stand beside one without."""
    names = [name for name in sys.modules if name.partition(".")[0] == "sameroom"]
    for name in names:
        del sys.modules[name]
    known = sys.modules.pop("pybase64", None)
    if not pybase64:
        sys.modules["pybase64"] = None  # type: ignore[assignment]  # the import system's word for "not there"
    try:
        runtime = importlib.import_module("sameroom.runtime.handler")
        doors = importlib.import_module("sameroom.runtime.doors")
        for name in doors.DOORS:
            doors.door(name)
        bodies = importlib.import_module("sameroom.runtime.doors.bodies")
        bodies.sent(b"\xff", "", "")  # what there is for base64 is chosen when it is first needed
    finally:
        if not pybase64:
            del sys.modules["pybase64"]
            if known:
                sys.modules["pybase64"] = known
    handler: Handler = runtime.make_handler(app)
    return handler


def _apig_wsgi(app: App) -> Handler:
    from apig_wsgi import make_lambda_handler

    handler: Handler = make_lambda_handler(app, binary_support=True)
    return handler


def _serverless_wsgi(app: App) -> Handler:
    from serverless_wsgi import handle_request

    return lambda event, context: handle_request(app, event, context)


def _awsgi(module: ModuleType, app: App) -> Handler:
    response = module.response
    return lambda event, context: response(app, event, context, base64_content_types=_BINARY)


def _zappa(app: App) -> Handler:
    """Its handler without what only loads settings; the access line is made and goes nowhere."""
    from zappa.handler import LambdaHandler
    from zappa.middleware import ZappaWSGIMiddleware
    from zappa.utilities import DEFAULT_TEXT_MIMETYPES

    logging.getLogger("zappa").addHandler(logging.NullHandler())
    logging.getLogger("zappa").propagate = False
    handler: Any = object.__new__(LambdaHandler)
    handler.settings = SimpleNamespace(
        DEBUG=False, BINARY_SUPPORT=True, CONTEXT_HEADER_MAPPINGS={}, API_STAGE="prod", EXCEPTION_HANDLER=None
    )
    handler.wsgi_app = ZappaWSGIMiddleware(app)
    handler.app_type = "wsgi"
    handler._text_mimetypes = DEFAULT_TEXT_MIMETYPES
    bound: Handler = handler.handler
    return bound


def _mangum(asgi_app: Any) -> Handler:
    from mangum import Mangum

    # Its cheapest: the default "auto" starts the app's lifespan for every request.
    handler: Handler = Mangum(asgi_app, lifespan="off")
    return handler


def peer(name: str, app: App) -> Handler:
    """The peer of that name, around ``app``."""
    if name == "apig-wsgi":
        return _apig_wsgi(app)
    if name == "serverless-wsgi":
        return _serverless_wsgi(app)
    if name == "awsgi2":
        return _awsgi(importlib.import_module("awsgi2"), app)
    if name == "aws-wsgi":
        return _awsgi(importlib.import_module("awsgi"), app)
    if name == "zappa":
        return _zappa(app)
    if name == "mangum + a2wsgi":
        from a2wsgi import WSGIMiddleware

        return _mangum(WSGIMiddleware(app))
    from asgiref.wsgi import WsgiToAsgi

    return _mangum(WsgiToAsgi(app))


def versions() -> dict[str, str]:
    """Of everything in this environment that is measured or measured with."""
    names = ("flask", "werkzeug", "awslambdaric", "pybase64", "apig-wsgi", "serverless-wsgi", "awsgi2")
    more = ("aws-wsgi", "zappa", "mangum", "a2wsgi", "asgiref")
    return {name: version(name) for name in names + more}


def answer(result: dict[str, Any]) -> tuple[int, str, bytes]:
    """Status, content type and body that AWS would send for a result."""
    headers = {name.lower(): value for name, value in (result.get("headers") or {}).items()}
    many = {name.lower(): values for name, values in (result.get("multiValueHeaders") or {}).items()}
    kind = headers.get("content-type") or many.get("content-type", [""])[0]
    text = result.get("body") or ""
    body = b64decode(text) if result.get("isBase64Encoded") else text.encode()
    return int(result["statusCode"]), kind, body
