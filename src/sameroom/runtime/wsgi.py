"""Request -> environ -> app -> Response: the server's side of PEP 3333.

https://peps.python.org/pep-3333/

This is on every request's way, so it is written for few steps: what is alike in nearly all requests and
responses is looked at once for all, and only what is not takes the slower functions.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from types import TracebackType
from typing import Any

from .doors.paths import native
from .errors import InvalidEvent, ProtocolError
from .messages import Event, Request, Response, new

Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType]

# Header name as sent -> environ key, for names that an app may see. Clients choose them, so what is kept
# is bounded, in number and in size.
_KEYS: dict[str, str] = {}
_MOST = 2000
_LONGEST = 64
# RFC 9110's token in upper case; and less the underscore, which CGI's names cannot tell from "-".
_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_!#$%&'*+.^`|~")
_TOKEN = _NAME - {"_"}


def _key(name: str) -> str:
    """The environ key of a request header, "" for one that an app must not see."""
    upper = name.upper()
    if not name or not name.isascii() or not _TOKEN.issuperset(upper) or upper == "TRANSFER-ENCODING":
        # The door has undone the last; of the others, "X_User" would shadow "X-User", and so on.
        return ""
    key = upper.replace("-", "_")
    if key != "CONTENT_TYPE" and key != "CONTENT_LENGTH":
        key = "HTTP_" + key
    if len(_KEYS) < _MOST and len(name) < _LONGEST:
        _KEYS[name] = key
    return key


# What every environ has, in its place: to copy this and fill it in takes half as long as to make one.
_ENVIRON: Environ = {
    "SERVER_SOFTWARE": "sameroom",
    "REQUEST_METHOD": "",
    "SCRIPT_NAME": "",
    "PATH_INFO": "",
    "QUERY_STRING": "",
    "RAW_URI": "",
    "REQUEST_URI": "",
    "SERVER_PROTOCOL": "",
    "REMOTE_ADDR": "",
    "SERVER_NAME": "",
    "SERVER_PORT": "443",
    "wsgi.version": (1, 0),
    "wsgi.input": None,
    # The body is whole: reading to the end never blocks, whatever Content-Length says.
    "wsgi.input_terminated": True,
    "wsgi.errors": None,
    # Only a Lambda that was told to run requests on threads does so.
    "wsgi.multithread": os.environ.get("AWS_LAMBDA_CONCURRENCY_MODE", "") in ("thread", "hybrid"),
    # Other sandboxes serve the same app at the same time.
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.url_scheme": "https",
    "sameroom.event": None,
    "sameroom.context": None,
    "sameroom.door": "",
}
_SIZE = len(_ENVIRON)


def environ_of(request: Request, event: Event, context: object, door: str) -> Environ:
    """The environ of PEP 3333, with RAW_URI and REQUEST_URI as gunicorn and Werkzeug set them.

    The event and Lambda's context are in it as ``sameroom.event`` and ``sameroom.context``.

    :raises InvalidEvent: a header value that is no string.
    :raises TypeError: a method that is none.
    """
    method, path, mount, uri, query, headers, body, address, host, scheme, protocol, more, cookies = request
    if type(method) is not str:
        raise TypeError("the method is no string")
    environ = {**_ENVIRON}
    keys = _KEYS
    try:
        for name, value in headers.items():
            environ[keys[name]] = value
        # One look at all values together is cheaper than one at each.
        values = "".join([*headers.values()])
        plain = values.isascii() and "\n" not in values and "\r" not in values
    except (KeyError, TypeError):
        plain = False  # a name that is new or to be dropped, or a value that is no string
    if not plain or len(environ) != _SIZE + len(headers):
        environ.update(_folded(headers))
    environ["REQUEST_METHOD"] = method
    environ["SCRIPT_NAME"] = mount
    environ["PATH_INFO"] = path
    environ["QUERY_STRING"] = query
    environ["RAW_URI"] = environ["REQUEST_URI"] = uri
    environ["SERVER_PROTOCOL"] = protocol
    environ["REMOTE_ADDR"] = address
    environ["wsgi.input"] = BytesIO(body)
    environ["wsgi.errors"] = sys.stderr
    environ["sameroom.event"] = event
    environ["sameroom.context"] = context
    environ["sameroom.door"] = door
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    elif "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = "0"
    if cookies:
        environ["HTTP_COOKIE"] = native("; ".join(cookies))
    get = environ.get
    name = get("HTTP_HOST") or ":"
    if ":" in name or get("HTTP_X_FORWARDED_PORT") != "443" or get("HTTP_X_FORWARDED_PROTO") != "https":
        _place(environ, host, scheme)
    else:
        environ["SERVER_NAME"] = name  # scheme and port are in place
    if more:
        environ.update(more)
    return environ


def _folded(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as the environ has them, with a look at each; two may differ in nothing but casing."""
    folded: dict[str, str] = {}
    for name, value in headers.items():
        if type(value) is not str:
            raise InvalidEvent(f"header {name!r} is {type(value).__name__}, not a string")
        key = _KEYS.get(name) or _key(name)
        if not key:
            continue
        # A line break in a value is an attack on whoever prints it.
        value = native(value).replace("\r", " ").replace("\n", " ")
        if key in folded:
            value = folded[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        folded[key] = value
    return folded


def _place(environ: Environ, host: str, scheme: str) -> None:
    """Scheme, host and port as the client used them; AWS sets X-Forwarded-Proto and -Port itself.

    :param host: what to assume where there is no Host header; ``scheme`` likewise.
    """
    get = environ.get
    name = get("HTTP_HOST")
    if not name:
        name = environ["HTTP_HOST"] = host or "localhost"
    forwarded = get("HTTP_X_FORWARDED_PROTO")
    if forwarded == "https" or forwarded == "http":
        scheme = forwarded
    port = get("HTTP_X_FORWARDED_PORT", "")
    if ":" in name:
        before, _, after = name.rpartition(":")
        if before and after.isdecimal():
            name, port = before, after
    environ["wsgi.url_scheme"] = scheme
    environ["SERVER_NAME"] = name
    environ["SERVER_PORT"] = port if port.isdecimal() else "443" if scheme == "https" else "80"


# Status line -> (status, reason, whether it is one that no body may follow, bytes of all but headers).
_STATUSES: dict[str, tuple[int, str, bool, int]] = {}
# Name of a response header -> what it is; and -> the last value that passed. Bounded; apps use few.
_KINDS: dict[str, int] = {}
_PASSED: dict[str, str] = {}
_NONE = object()
_MOST_NAMES = 500
_PLAIN, _LENGTH, _HOP_BY_HOP = range(3)
# A server's own business; PEP 3333 forbids them to apps, and AWS answers some with an error.
_SERVERS = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")


class Start:
    """What an app says through ``start_response``, which is this object's method of that name."""

    # Defaults on the class and no __init__: this is made for every request.
    #: 0 until the app has called start_response; ``reason`` and what follows it have no value until then.
    status = 0
    #: Content-Length as the app wrote it, "" where it set none.
    promised = ""
    #: Whether body has followed, so that headers cannot be replaced any more.
    sent = False
    #: Body that came through ``write()``, if any did.
    written: list[bytes] | None = None
    reason: str
    headers: list[tuple[str, str]]
    #: Bytes that status and headers take, or somewhat more.
    size: int
    #: Whether the status is one that no body may follow.
    bare: bool

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        if exc_info is not None:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # a frame in its own traceback would never be freed
            self.status, self.promised = 0, ""
        elif self.status:
            raise ProtocolError("the app called start_response a second time without exc_info")
        number, self.reason, self.bare, size = _STATUSES.get(status) or _status(status)
        self.headers = headers
        self.size = size + 256 * len(headers)
        for name, value in headers:
            # Most come again and again with the same value, and comparing it costs least.
            if _PASSED.get(name, _NONE) == value:
                continue
            if name == "Content-Length" and type(value) is str and value.isdecimal() and value.isascii():
                self.promised = value
            else:
                self._look(name, value)
        if self.bare and self.promised:
            self._drop("content-length")  # RFC 9110, 8.6
        self.status = number  # last: an app that catches what is raised above has said nothing yet
        return self.write

    def _look(self, name: str, value: str) -> None:
        """A look at a header whose value is not the one it had last."""
        kind = _KINDS.get(name)
        if kind is None:
            kind = _kind(name)
        if type(value) is not str or not (value.isascii() and value.isprintable()) or value.strip() != value:
            value = self._cleaned(name, value)
        if kind == _LENGTH:
            if not value.isdecimal():
                raise ProtocolError(f"the app's Content-Length is {value!r}")
            self.promised = value
        elif kind == _HOP_BY_HOP:
            self._drop(name.lower())
        elif len(name) < _LONGEST and len(value) < _LONGEST and len(_PASSED) < _MOST_NAMES:
            _PASSED[name] = value
            return
        self.size += len(name) + len(value)

    def _cleaned(self, name: str, value: str) -> str:
        """The value of a header without the white space around it, which is no part of it (RFC 9110, 5.5)."""
        _refuse(name, value)
        cleaned = value.strip(" \t")
        self.headers = [(key, cleaned if said is value else said) for key, said in self.headers]
        return cleaned

    def _drop(self, lower: str) -> None:
        self.headers = [header for header in self.headers if header[0].lower() != lower]

    @property
    def length(self) -> int:
        """Content-Length, -1 where the app set none, or may set none."""
        return int(self.promised) if self.promised and not self.bare else -1

    def write(self, data: bytes) -> None:
        """PEP 3333's older way to send body, before what the app returns."""
        self.before_body()
        if self.written is None:
            self.written = []
        self.written.append(data)

    def before_body(self) -> None:
        """Called once body is there.

        :raises ProtocolError: the app has said no status yet.
        """
        if not self.status:
            raise ProtocolError("the app produced body before it called start_response")
        self.sent = True


def _status(status: str) -> tuple[int, str, bool, int]:
    if type(status) is not str or not status[:3].isdecimal() or status[3:4] not in ("", " "):
        raise ProtocolError(f"the app's status is {status!r}, not like '200 OK'")
    _refuse("status", status)
    number = int(status[:3])
    if number < 100:
        raise ProtocolError(f"the app's status is {status!r}, and statuses begin at 100")
    known = (number, status[4:], bodiless("", number), 512 + len(status))
    if len(_STATUSES) < _MOST_NAMES and len(status) < _LONGEST:
        _STATUSES[status] = known
    return known


def _kind(name: str) -> int:
    if type(name) is not str or not name or not name.isascii() or not _NAME.issuperset(name.upper()):
        raise ProtocolError(f"the app's header name {name!r} is not one (RFC 9110, 5.1)")
    lower = name.lower()
    kind = _LENGTH if lower == "content-length" else _HOP_BY_HOP if lower in _SERVERS else _PLAIN
    if len(_KINDS) < _MOST_NAMES and len(name) < _LONGEST:
        _KINDS[name] = kind
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


def call(app: App, environ: Environ) -> Response:
    """Run one request through the app and gather its whole response.

    :raises ProtocolError: the app broke PEP 3333; whatever the app itself raises comes through as it is.
    """
    method = environ["REQUEST_METHOD"]  # the environ is the app's to change
    start = Start()
    chunks = app(environ, start.start_response)
    if type(chunks) is list:  # made in full already, and nothing to close
        parts = chunks if start.written is None else start.written + chunks
    else:
        parts = _gathered(chunks, start)
    status = start.status
    if not status:
        raise ProtocolError("the app returned without calling start_response")
    try:
        body = b"".join(parts)
    except TypeError as error:
        raise ProtocolError(f"the app's body is not made of bytes: {error}") from error
    if start.bare or method == "HEAD":
        body = b""
    elif start.promised and start.promised != str(len(body)):
        if start.length > len(body):
            raise short(start.length, len(body))
        body = body[: start.length]
    return new(Response, (status, start.reason, start.headers, body, start.size + len(body)))


def _gathered(chunks: Iterable[bytes], start: Start) -> list[bytes]:
    """What the app writes and yields, and its iterable closed, whatever happens."""
    if start.written is None:
        start.written = []
    parts = start.written
    try:
        for chunk in iterable(chunks):
            if chunk and not start.sent:
                start.before_body()
            parts.append(chunk)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return parts


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
