"""Request -> environ -> app -> Response: the server's side of PEP 3333.

https://peps.python.org/pep-3333/
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from types import TracebackType
from typing import Any

from .doors.paths import native
from .errors import InvalidEvent, ProtocolError
from .messages import Event, Request, Response, new

Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType]

#: Only a Lambda that was told to run requests on threads does so.
_THREADS = os.environ.get("AWS_LAMBDA_CONCURRENCY_MODE", "") in ("thread", "hybrid")

# Header name as sent -> environ key, "" for those an app must not see. Bounded: clients choose the names.
_KEYS: dict[str, str] = {}
_MOST_KEYS = 2000
# RFC 9110's token in upper case, less the underscore, which CGI's names cannot tell from "-".
_TOKEN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-!#$%&'*+.^`|~")


def _key(name: str) -> str:
    upper = name.upper()
    if upper == "CONTENT-TYPE" or upper == "CONTENT-LENGTH":
        key = upper.replace("-", "_")
    elif upper == "TRANSFER-ENCODING" or not _TOKEN.issuperset(upper):
        # The door has undone the one; and "X_User" would shadow "X-User", as line breaks would worse.
        key = ""
    else:
        key = "HTTP_" + upper.replace("-", "_")
    if len(_KEYS) < _MOST_KEYS:
        _KEYS[name] = key
    return key


def environ_of(request: Request, event: Event, context: object, door: str) -> Environ:
    """The environ of PEP 3333, with RAW_URI and REQUEST_URI as gunicorn and Werkzeug set them.

    The event and Lambda's context are in it as ``sameroom.event`` and ``sameroom.context``.

    :raises InvalidEvent: a header value that is no string.
    """
    (
        method,
        path,
        mount,
        raw_uri,
        query,
        headers,
        body,
        remote_addr,
        host,
        scheme,
        protocol,
        identity,
        cookies,
    ) = request
    environ: Environ = {
        "SERVER_SOFTWARE": "sameroom",
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": mount,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "RAW_URI": raw_uri,
        "REQUEST_URI": raw_uri,
        "SERVER_PROTOCOL": protocol,
        "REMOTE_ADDR": remote_addr,
        "wsgi.version": (1, 0),
        "wsgi.input": BytesIO(body),
        # The body is whole: reading to the end never blocks, whatever Content-Length says.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": _THREADS,
        # Other sandboxes serve the same app at the same time.
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.url_scheme": scheme,
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "sameroom.event": event,
        "sameroom.context": context,
        "sameroom.door": door,
    }
    known = _KEYS
    for name, value in headers:
        key = known.get(name)
        if key is None:
            key = _key(name)
        if type(value) is not str:
            raise InvalidEvent(f"header {name!r} is {type(value).__name__}, not a string")
        if not value.isascii() or "\n" in value or "\r" in value:
            value = _clean(value)
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
    environ.pop("", None)
    if body or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    if cookies:
        environ["HTTP_COOKIE"] = native("; ".join(cookies))
    _place(environ)
    if identity:
        environ.update(identity)
    return environ


def _clean(value: str) -> str:
    """A header value as a native string. A line break in one is an attack on whoever prints it."""
    return native(value).replace("\r", " ").replace("\n", " ")


def _place(environ: Environ) -> None:
    """Scheme, host and port as the client used them; AWS sets X-Forwarded-Proto and -Port itself."""
    scheme = environ.get("HTTP_X_FORWARDED_PROTO")
    if scheme == "http" or scheme == "https":
        environ["wsgi.url_scheme"] = scheme
    host = environ.get("HTTP_HOST")
    if not host:
        host = environ["HTTP_HOST"] = environ["SERVER_NAME"] or "localhost"
    name, _, port = host.rpartition(":")
    if not port.isdecimal() or not name:
        name = host
        port = environ.get("HTTP_X_FORWARDED_PORT", "")
        if not port.isdecimal():
            port = "443" if environ["wsgi.url_scheme"] == "https" else "80"
    environ["SERVER_NAME"] = name
    environ["SERVER_PORT"] = port


# Status line -> (status, reason), and header name -> what it is; both bounded, apps use few.
_STATUSES: dict[str, tuple[int, str]] = {}
_NAMES: dict[str, int] = {}
_MOST_NAMES = 500
_PLAIN, _LENGTH, _HOP_BY_HOP = range(3)


class Start:
    """``start_response`` of one request, and what was said through it."""

    # Defaults on the class: most of them stay, and this is made for every request.
    status = 0
    reason = ""
    headers: list[tuple[str, str]] = []  # noqa: RUF012 - replaced, never added to
    #: Content-Length, -1 where the app set none.
    length = -1
    #: Whether body has followed, so that headers cannot be replaced any more.
    sent = False

    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        if exc_info is not None:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # a frame in its own traceback would never be freed
            self.length = -1
        elif self.status:
            raise ProtocolError("the app called start_response a second time without exc_info")
        self.status, self.reason = _STATUSES.get(status) or _status(status)
        self.headers = headers
        hop_by_hop = False
        for name, value in headers:
            kind = _NAMES.get(name)
            if kind is None:
                kind = _kind(name)
            if type(value) is not str or not value.isprintable():
                _refuse(name, value)
            if kind:
                if kind == _LENGTH:
                    self.length = _length(value)
                else:
                    hop_by_hop = True
        if hop_by_hop:
            self.headers = [header for header in headers if _kind(header[0]) != _HOP_BY_HOP]
        return self.write

    def write(self, data: bytes) -> None:
        """PEP 3333's older way to send body, before what the app returns."""
        self.before_body()
        self.parts.append(data)

    def before_body(self) -> None:
        """Called once body is there.

        :raises ProtocolError: the app has said no status yet.
        """
        if not self.status:
            raise ProtocolError("the app produced body before it called start_response")
        self.sent = True


def _status(status: str) -> tuple[int, str]:
    if type(status) is not str or not status[:3].isdecimal() or status[3:4] not in ("", " "):
        raise ProtocolError(f"the app's status is {status!r}, not like '200 OK'")
    _refuse("status", status)
    known = (int(status[:3]), status[4:])
    if len(_STATUSES) < _MOST_NAMES:
        _STATUSES[status] = known
    return known


# A server's own business; PEP 3333 forbids them to apps, and AWS answers some with an error.
_SERVERS = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")


def _kind(name: str) -> int:
    if type(name) is not str or not name:
        raise ProtocolError(f"the app's header name {name!r} is not a string")
    _refuse(name, name)
    lower = name.lower()
    kind = _LENGTH if lower == "content-length" else _HOP_BY_HOP if lower in _SERVERS else _PLAIN
    if len(_NAMES) < _MOST_NAMES:
        _NAMES[name] = kind
    return kind


def _refuse(name: str, value: object) -> None:
    """A line break in a header would start another one at the client: header injection."""
    if type(value) is not str:
        raise ProtocolError(f"the app's header {name!r} is {value!r}, not a string")
    for character in value:
        if (character < " " and character != "\t") or character == "\x7f":
            raise ProtocolError(f"the app's header {name!r} has the control character {character!r} in it")
        if character > "\xff":
            raise ProtocolError(f"the app's header {name!r} has {character!r} in it, which is not latin-1")


def _length(value: str) -> int:
    if not value.strip().isdecimal():
        raise ProtocolError(f"the app's Content-Length is {value!r}")
    return int(value)


def call(app: App, environ: Environ) -> Response:
    """Run one request through the app and gather its whole response.

    :raises ProtocolError: the app broke PEP 3333; whatever the app itself raises comes through as it is.
    """
    parts: list[bytes] = []
    start = Start(parts)
    chunks = app(environ, start)
    try:
        for chunk in chunks if type(chunks) is list else iterable(chunks):
            if chunk:
                if not start.sent:
                    start.before_body()
                parts.append(chunk)
    finally:
        if type(chunks) is not list and hasattr(chunks, "close"):
            chunks.close()
    status = start.status
    if not status:
        raise ProtocolError("the app returned without calling start_response")
    if bodiless(environ["REQUEST_METHOD"], status):
        return new(Response, (status, start.reason, start.headers, b""))
    try:
        body = parts[0] if len(parts) == 1 and type(parts[0]) is bytes else b"".join(parts)
    except TypeError as error:
        raise ProtocolError(f"the app's body is not made of bytes: {error}") from error
    if start.length >= 0 and start.length != len(body):
        if start.length > len(body):
            raise short(start.length, len(body))
        body = body[: start.length]
    return new(Response, (status, start.reason, start.headers, body))


def short(length: int, produced: int) -> ProtocolError:
    return ProtocolError(f"the app promised {length} bytes in Content-Length and produced {produced}")


def iterable(chunks: Iterable[bytes]) -> Iterable[bytes]:
    """``chunks`` if it can be a body; text can be iterated, and is no body either.

    :raises ProtocolError: it is neither.
    """
    if not isinstance(chunks, str):
        try:
            return iter(chunks)
        except TypeError:
            pass
    raise ProtocolError(f"the app returned {type(chunks).__name__}, not an iterable of bytes")


def bodiless(method: str, status: int) -> bool:
    """Responses that have no body whatever the app sends. RFC 9110, 6.4.1."""
    return status == 204 or status == 304 or method == "HEAD" or status < 200
