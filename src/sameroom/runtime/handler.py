"""The online river on one page: event -> Request -> environ -> app -> Response -> result.

``sameroom.runtime.handler.handler`` is what Lambda is pointed at; the app is the one SAMEROOM_APP names.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from . import finder, logs, problems
from .context import active, begun
from .deadline import watch
from .doors import Door, door, malformed, name_of
from .doors.bodies import oversize
from .errors import AppImportError, RuntimeFault
from .messages import Event, Response, Result
from .settings import Settings, read
from .wsgi import App, Environ, call, environ_of

if TYPE_CHECKING:
    from .stream import Sink


class Handler:
    """A Lambda handler for one WSGI app: ``handler(event, context)`` gives the result the door wants."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        if settings.access_log:
            logs.allow_access_lines()

    def __call__(self, event: Event, context: Any = None) -> Result:
        """One request, answered whole.

        :raises UnknownEvent: no door knows this event.
        :raises InvalidEvent: a door knows it and cannot read it.
        """
        name = name_of(event)
        room = door(name)
        environ = self._environ(event, context, name, room)
        invocation = begun(event, context, name)
        entered = active.set(invocation)
        thread = watch.enter(invocation)
        try:
            try:
                response = call(self.app, environ)
            except Exception as error:
                response = problems.failed(error, environ, invocation)
            result = room.render(response, event, self.settings)
            size = oversize(result, response, room.LIMIT)
            if size is not None:
                response = problems.too_large(size, room.LIMIT, environ, invocation)
                result = room.render(response, event, self.settings)
            if self.settings.access_log:
                logs.access_line(environ, response.status, len(response.body), invocation.began)
        finally:
            watch.leave(thread, invocation)
            active.reset(entered)
        return result

    def stream(self, event: Event, context: Any, sink: Sink) -> None:
        """One request, each chunk handed to ``sink`` as the app yields it. Errors as for a call.

        :raises stream.Broken: the app failed when the client had part of the answer.
        """
        from . import stream

        name = name_of(event)
        room = door(name)
        environ = self._environ(event, context, name, room)
        invocation = begun(event, context, name)

        def head(response: Response) -> None:
            sink.head(prelude(room.render(response, event, self.settings)))

        entered = active.set(invocation)
        thread = watch.enter(invocation)
        try:
            try:
                status, sent = stream.call(self.app, environ, head, sink.data)
            except stream.Broken:
                raise  # too late for a 500
            except Exception as error:
                response = problems.failed(error, environ, invocation)
                status, sent = response.status, len(response.body)
                head(response._replace(body=b""))
                sink.data(response.body)
            if self.settings.access_log:
                logs.access_line(environ, status, sent, invocation.began)
        finally:
            watch.leave(thread, invocation)
            active.reset(entered)

    def _environ(self, event: Event, context: Any, name: str, room: Door) -> Environ:
        try:
            return environ_of(room.read(event, self.settings), event, context, name)
        except RuntimeFault:
            raise
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise malformed(name, event, error) from error


def prelude(result: Result) -> bytes:
    """Status and headers of a streamed response: the door's result less its body."""
    del result["body"], result["isBase64Encoded"]
    return json.dumps(result, ensure_ascii=False).encode("utf-8", "surrogatepass")


def make_handler(app: App, **overrides: Any) -> Handler:
    """A Lambda handler for ``app``, any WSGI application.

    Settings come from SAMEROOM_* variables; ``overrides`` are fields of
    :class:`sameroom.runtime.settings.Settings` that go before them.

    :raises TypeError: ``app`` cannot be called, or an override is no setting.
    """
    if not callable(app):
        raise TypeError(f"make_handler wants a WSGI app, and {type(app).__name__} cannot be called")
    known = read()
    unknown = set(overrides) - set(known._fields)
    if unknown:
        raise TypeError(
            f"no such setting: {', '.join(sorted(unknown))}. There are: {', '.join(known._fields)}"
        )
    return Handler(app, known._replace(**overrides))


def load() -> Handler:
    """The handler for the app that SAMEROOM_APP names.

    What the app raises while it is imported is logged with every frame and raised on, so that it is in
    Lambda's init error; Lambda tries again with the next request, so every request says it.
    """
    try:
        return make_handler(finder.find(os.environ.get("SAMEROOM_APP", "")))
    except AttributeError as error:
        # The runtime client would take it for a handler that does not exist.
        raise AppImportError(f"the app raised AttributeError at import: {error}") from error


def __getattr__(name: str) -> Handler:
    """``handler``, made when it is first asked for: importing this module loads no app."""
    if name != "handler":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loaded = globals()["handler"] = load()
    return loaded
