"""A client of Lambda's Runtime API over one kept connection.

Written on a socket because ``http.client`` sends no trailers, which is how a stream says that it broke,
and takes 5 ms to import. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import socket
from base64 import b64encode
from typing import Any, NamedTuple

_ROOT = "/2018-06-01/runtime"
#: Bytes from which on a body is not copied to travel in one write with what goes before it.
_LARGE = 1 << 16
#: Bytes read at once: an event and its headers in one go, as a rule.
_CHUNK = 1 << 16


class Invoked(NamedTuple):
    """One answer of ``/invocation/next``. ``headers`` have their names in lower case."""

    request_id: str
    #: Milliseconds since the epoch.
    deadline_ms: int
    headers: dict[str, str]
    #: The event, JSON text.
    body: bytes


class Answer(NamedTuple):
    """What the Runtime API says to a request. ``headers`` have their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def refusal(self) -> str:
        """What Lambda has against what it was sent, "" if nothing."""
        return "" if self.status < 300 else f"{self.status} {self.body.decode('utf-8', 'replace')}"


class RuntimeApi:
    """The Runtime API at ``host:port``.

    :raises OSError: nobody answers there.
    :raises ValueError: the port is no number.
    """

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        # As bytes: for a name that is text, Python loads its codec for international ones, a millisecond.
        self._address: Any = (host.strip("[]").encode(), int(port)) if host else (address.encode(), 80)
        self.name = address
        self._connect()

    def _connect(self) -> None:
        #: What was received and not yet read.
        self._rest = b""
        # Whatever timeout the app gives its own sockets by default: the next invocation may take days.
        self._socket = socket.create_connection(self._address, timeout=None)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._socket.close()

    def abandon(self) -> str:
        """Close a connection that broke under a request; why Lambda broke it, "" where it did not say.

        Whatever it said must not be taken for its answer to the next request.
        """
        try:
            return self.answer().refusal
        except (OSError, ValueError):
            return ""
        finally:
            self.close()

    def next(self) -> Invoked:
        """Wait for the next invocation; Lambda freezes the process meanwhile."""
        status, headers, body = self._ask(
            f"GET {_ROOT}/invocation/next HTTP/1.1\r\nHost: {self.name}\r\n\r\n".encode()
        )
        if status != 200:
            raise ConnectionError(f"the Runtime API answered {status} to /next: {body[:500]!r}")
        return Invoked(
            headers["lambda-runtime-aws-request-id"],
            int(headers.get("lambda-runtime-deadline-ms", "0")),
            headers,
            body,
        )

    def respond(self, invoked: Invoked, payload: bytes) -> str:
        """Hand in a result, JSON text. Returns what Lambda has against it, "" if nothing."""
        return self._post(f"/invocation/{invoked.request_id}/response", payload, _echo(invoked)).refusal

    def failed(self, invoked: Invoked, error: dict[str, Any]) -> str:
        """The invocation failed. Returns what Lambda has against hearing so, "" if nothing."""
        path = f"/invocation/{invoked.request_id}/error"
        return self._post(path, json.dumps(error).encode(), _kind(error) + _echo(invoked)).refusal

    def init_failed(self, error: dict[str, Any]) -> str:
        """The handler could not be loaded; the process has to end after this."""
        return self._post("/init/error", json.dumps(error).encode(), _kind(error)).refusal

    def stream(self, invoked: Invoked) -> "StreamedResponse":
        """Hand in a result while it is made."""
        return StreamedResponse(self, invoked)

    def _post(self, path: str, payload: bytes, more: str) -> Answer:
        head = (
            f"POST {_ROOT}{path} HTTP/1.1\r\nHost: {self.name}\r\nContent-Type: application/json\r\n"
            f"{more}Content-Length: {len(payload)}\r\n\r\n"
        ).encode()
        return self._ask(head + payload) if len(payload) < _LARGE else self._ask(head, payload)

    def _ask(self, *parts: bytes) -> Answer:
        try:
            return self._exchange(parts)
        except OSError:
            # A connection does not always outlive a freeze. Asking twice does no harm: Lambda hands out
            # an invocation once, and takes one answer to it.
            self.close()
            self._connect()
            return self._exchange(parts)

    def _exchange(self, parts: tuple[bytes, ...]) -> Answer:
        try:
            for part in parts:
                self.send(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was all there: the answer, if one came, says why
        return self.answer()

    def send(self, data: bytes) -> None:
        """Send all of ``data``, part of a request."""
        self._socket.sendall(data)

    def answer(self) -> Answer:
        """Read the answer to the request that was sent.

        :raises ConnectionResetError: the connection ended before the answer did.
        """
        first, *lines = self._until(b"\r\n\r\n").decode("utf-8", "replace").split("\r\n")
        status = int(first.split(" ", 2)[1])
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return Answer(status, headers, self._chunks())
        return Answer(status, headers, self._exactly(int(headers.get("content-length", "0"))))

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self._until(b"\r\n").partition(b";")[0], 16):
            parts.append(self._exactly(size))
            self._until(b"\r\n")
        while self._until(b"\r\n"):
            pass  # trailers
        return b"".join(parts)

    def _until(self, mark: bytes) -> bytes:
        """What comes before ``mark``."""
        while mark not in self._rest:
            self._rest += self._receive()
        before, _, self._rest = self._rest.partition(mark)
        return before

    def _exactly(self, size: int) -> bytes:
        parts, missing = [self._rest[:size]], size - len(self._rest)
        self._rest = self._rest[size:]
        while missing > 0:
            data = self._receive(missing)
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def _receive(self, most: int = _CHUNK) -> bytes:
        data = self._socket.recv(min(most, _CHUNK))
        if not data:
            raise ConnectionResetError("the Runtime API closed the connection in the middle of an answer")
        return data


def _kind(error: dict[str, Any]) -> str:
    kind = error["errorType"].encode("ascii", "replace").decode()
    return f"Lambda-Runtime-Function-Error-Type: {kind}\r\n"


def _echo(invoked: Invoked) -> str:
    """Where Lambda numbers its attempts, it wants to hear which one is answered."""
    attempt = invoked.headers.get("lambda-runtime-invocation-id")
    return f"Lambda-Runtime-Invocation-Id: {attempt}\r\n" if attempt else ""


class StreamedResponse:
    """One response sent while it is made: chunked, a JSON prelude, eight NULs, then the body's bytes.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
    """

    def __init__(self, api: RuntimeApi, invoked: Invoked) -> None:
        self._api = api
        self._lost = False
        #: Whether some of it is with Lambda, so that it is too late for a plain error.
        self.began = False
        # Sent with the first of the body, in one write.
        self._held = (
            f"POST {_ROOT}/invocation/{invoked.request_id}/response HTTP/1.1\r\nHost: {api.name}\r\n"
            "Content-Type: application/vnd.awslambda.http-integration-response\r\n"
            "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
            f"{_echo(invoked)}Transfer-Encoding: chunked\r\n"
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
        ).encode()

    def head(self, prelude: bytes) -> None:
        """Status and headers, JSON text. It waits for the first of the body, or for there being none."""
        self._held += b"%x\r\n%b\0\0\0\0\0\0\0\0\r\n" % (len(prelude) + 8, prelude)

    def data(self, chunk: bytes) -> None:
        """Some of the body, sent at once.

        :raises ConnectionResetError: Lambda takes no more of it.
        """
        if not chunk:
            return  # as a chunk, nothing is the end
        self._held += b"%x\r\n" % len(chunk)
        if len(chunk) < _LARGE:
            self._send(b"%b%b\r\n" % (self._held, chunk))
            self._held = b""
        else:
            self._send(self._held)
            self._send(chunk)
            self._held = b"\r\n"

    def end(self) -> str:
        """The body is whole. Returns what Lambda has against it, "" if nothing."""
        return self._finish(b"")

    def broke(self, error: dict[str, Any]) -> str:
        """The app failed half-way: say so in the trailers. Returns as :meth:`end` does."""
        body = b64encode(json.dumps(error).encode())
        trailers = b"%bLambda-Runtime-Function-Error-Body: %b\r\n"
        return self._finish(trailers % (_kind(error).encode(), body))

    def _finish(self, trailers: bytes) -> str:
        if not self._lost:
            try:
                self._send(b"%b0\r\n%b\r\n" % (self._held, trailers))
                return self._api.answer().refusal
            except OSError:
                self._lost = True
                self._api.close()
        return "the connection to the Runtime API was lost"

    def _send(self, data: bytes) -> None:
        try:
            self._api.send(data)
        except OSError as error:
            self._lost = True
            why = self._api.abandon() or error
            raise ConnectionResetError(f"Lambda takes no more of this response: {why}") from error
        self.began = True
