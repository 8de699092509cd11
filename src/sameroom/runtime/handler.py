"""The online river on one page: event -> Request -> environ -> app -> Response -> result.

``sameroom.runtime.handler.handler`` is what Lambda is pointed at; the app is the one SAMEROOM_APP names.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from time import monotonic
from typing import TYPE_CHECKING, Any

from . import access, bundled
from .context import active, begun
from .deadline import watch
from .doors import COMMANDS, EVENTS, door, loaded, malformed, name_of
from .doors.bodies import oversize
from .errors import AppImportError, InvalidEvent
from .messages import Event, Response, Result
from .settings import Settings, read
from .wsgi import App, call, environ_of

if TYPE_CHECKING:
    from .stream import Sink


class Handler:
    """A Lambda handler for one WSGI app: ``handler(event, context)`` gives the result the door wants."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        #: Milliseconds that loading the app took; None where somebody else loaded it.
        self.init_ms: float | None = None
        if settings.access_log:
            access.allow_access_lines()

    def __call__(self, event: Event, context: Any = None) -> Result:
        """One request, answered whole.

        :raises UnknownEvent: no door knows this event.
        :raises InvalidEvent: a door knows it and cannot read it.
        """
        settings = self.settings
        name = name_of(event)
        room = loaded.get(name)
        if room is None:
            if name in _NO_REQUESTS:
                return self._aside(name, event, context)
            room = door(name)
        try:
            request = room.read(event, settings)
            environ = environ_of(request, event, context, name)
        except _UNREADABLE as error:
            raise malformed(name, event, error) from error
        invocation = begun(event, context, name)
        entered = active.set(invocation)
        thread = watch.enter(invocation)
        try:
            try:
                response = call(self.app, environ)
            except Exception as error:
                from . import problems  # here and below: what few requests need, no cold start pays for

                response = problems.failed(error, request, invocation)
            result = room.render(response, event, settings)
            # Six bytes is the most that JSON makes of one, so this spares nearly every response a count.
            if response.size * 6 > room.LIMIT:
                size = oversize(result, response, room.LIMIT)
                if size is not None:
                    from . import problems

                    response = problems.too_large(size, room.LIMIT, request, invocation)
                    result = room.render(response, event, settings)
            if settings.access_log:
                access.access_line(request, response.status, len(response.body), invocation.began)
        finally:
            watch.leave(thread, invocation)
            active.reset(entered)
        return result

    def stream(self, event: Event, context: Any, sink: Sink) -> Result | None:
        """One request, each chunk handed to ``sink`` as the app yields it. Errors as for a call. What is no
        request is not streamed: its result is returned.

        :raises stream.Broken: the app failed when the client had part of the answer.
        """
        from . import stream

        name = name_of(event)
        if name in _NO_REQUESTS:
            return self._aside(name, event, context)
        room = door(name)
        try:
            request = room.read(event, self.settings)
            environ = environ_of(request, event, context, name)
        except _UNREADABLE as error:
            raise malformed(name, event, error) from error
        invocation = begun(event, context, name)

        def head(response: Response) -> None:
            sink.head(prelude(room.render(response, event, self.settings)))

        entered = active.set(invocation)
        thread = watch.enter(invocation)
        status = sent = 0
        try:
            try:
                status, sent = stream.call(self.app, environ, head, sink.data)
            except stream.Broken as broken:
                status, sent = broken.status, broken.sent
                raise  # too late for a 500
            except Exception as error:
                from . import problems

                response = problems.failed(error, request, invocation)
                status, sent = response.status, len(response.body)
                head(response._replace(body=b""))
                if response.body:
                    sink.data(response.body)
        finally:
            if self.settings.access_log and status:
                access.access_line(request, status, sent, invocation.began)
            watch.leave(thread, invocation)
            active.reset(entered)
        return None

    def _aside(self, name: str, event: Event, context: Any) -> Result:
        """What is no request, and goes past the app's front door into the same room."""
        if name == COMMANDS:
            from . import commands

            return commands.answer(self.app, self.init_ms, event, context)
        from .events.answering import answer

        return answer(self.app, event, context)


_NO_REQUESTS = (COMMANDS, EVENTS)
# What reading an event raises that has not what it should have.
_UNREADABLE = (InvalidEvent, LookupError, TypeError, AttributeError, ValueError)


def prelude(result: Result) -> bytes:
    """Status and headers of a streamed response: the door's result less its body."""
    del result["body"], result["isBase64Encoded"]
    # Half a surrogate pair becomes what JSON writes for it, rather than bytes that are not UTF-8.
    return json.dumps(result, ensure_ascii=False).encode("utf-8", "backslashreplace")


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
    from . import finder  # not needed where the app is handed to make_handler

    collecting = gc.isenabled()
    gc.disable()  # nothing made while importing is garbage worth looking for
    try:
        with bundled():
            began = monotonic()
            made = make_handler(finder.find(os.environ.get("SAMEROOM_APP", "")))
            if "sqlalchemy" in sys.modules and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
                from .connections import watch_all

                watch_all()
            made.init_ms = round((monotonic() - began) * 1000, 1)
            return made
    except AttributeError as error:
        # The runtime client would take it for a handler that does not exist.
        fault = AppImportError(f"the app raised AttributeError at import: {error}")
        # AWS's client shows the frames of an error, and not those of its cause.
        raise fault.with_traceback(error.__traceback__) from error
    finally:
        gc.freeze()  # or the first collection would walk all that was imported
        if collecting:
            gc.enable()


def __getattr__(name: str) -> Handler:
    """``handler``, made when it is first asked for: importing this module loads no app."""
    if name != "handler":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loaded = globals()["handler"] = load()
    return loaded
