"""A client of Lambda's Runtime API over one kept connection.

Written on a socket because ``http.client`` sends no trailers, which is how a stream says that it broke,
and takes 5 ms to import.
"""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from typing import Any, BinaryIO, NamedTuple

_ROOT = "/2018-06-01/runtime"
_LARGE = 1 << 16


class Invoked(NamedTuple):
    """One answer of ``/invocation/next``. ``headers`` have their names in lower case."""

    request_id: str
    deadline_ms: int
    headers: dict[str, str]
    body: bytes


class RuntimeApi:
    """The Runtime API at ``host:port``."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host.strip("[]"), int(port)) if host else (address, 80)
        self._name = address
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(self._address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader: BinaryIO = self._socket.makefile("rb")

    def next(self) -> Invoked:
        """Wait for the next invocation; Lambda freezes the process meanwhile."""
        request = f"GET {_ROOT}/invocation/next HTTP/1.1\r\nHost: {self._name}\r\n\r\n".encode()
        try:
            self._socket.sendall(request)
            status, headers, body = self._answer()
        except (ConnectionError, TimeoutError):
            # A connection does not always outlive a freeze, and asking twice does no harm.
            self._connect()
            self._socket.sendall(request)
            status, headers, body = self._answer()
        if status != 200:
            raise ConnectionError(f"the Runtime API answered {status} to /next: {body[:500]!r}")
        return Invoked(
            headers["lambda-runtime-aws-request-id"],
            int(headers.get("lambda-runtime-deadline-ms", "0")),
            headers,
            body,
        )

    def respond(self, request_id: str, payload: bytes) -> str:
        """Hand in a result, JSON text. Returns what Lambda has against it, "" if nothing."""
        status, body = self._post(f"/invocation/{request_id}/response", payload, "")
        return "" if status < 300 else f"{status} {body.decode('utf-8', 'replace')}"

    def failed(self, request_id: str, error: dict[str, Any]) -> None:
        """The invocation failed."""
        self._post_error(f"/invocation/{request_id}/error", error)

    def init_failed(self, error: dict[str, Any]) -> None:
        """The handler could not be loaded; the process has to end after this."""
        self._post_error("/init/error", error)

    def stream(self, request_id: str) -> StreamedResponse:
        return StreamedResponse(self, request_id)

    def _post_error(self, path: str, error: dict[str, Any]) -> None:
        kind = error["errorType"].encode("ascii", "replace").decode()
        self._post(path, json.dumps(error).encode(), f"Lambda-Runtime-Function-Error-Type: {kind}\r\n")

    def _post(self, path: str, payload: bytes, more: str) -> tuple[int, bytes]:
        head = (
            f"POST {_ROOT}{path} HTTP/1.1\r\nHost: {self._name}\r\nContent-Type: application/json\r\n"
            f"{more}Content-Length: {len(payload)}\r\n\r\n"
        ).encode()
        if len(payload) < _LARGE:
            self._socket.sendall(head + payload)
        else:
            self._socket.sendall(head)
            self._socket.sendall(payload)
        status, _, body = self._answer()
        return status, body

    def _answer(self) -> tuple[int, dict[str, str], bytes]:
        reader = self._reader
        line = reader.readline()
        if not line:
            raise ConnectionResetError("the Runtime API closed the connection")
        status = int(line.split(b" ", 2)[1])
        headers: dict[str, str] = {}
        while (line := reader.readline().rstrip(b"\r\n")) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if "chunked" in headers.get("transfer-encoding", ""):
            return status, headers, self._chunks()
        return status, headers, reader.read(int(headers.get("content-length", "0")))

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self._reader.readline().partition(b";")[0], 16):
            parts.append(self._reader.read(size))
            self._reader.readline()
        while self._reader.readline().rstrip(b"\r\n"):
            pass  # trailers
        return b"".join(parts)


class StreamedResponse:
    """One response sent while it is made: chunked, a JSON prelude, eight NULs, then the body's bytes.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
    """

    def __init__(self, api: RuntimeApi, request_id: str) -> None:
        self._api = api
        self._socket = api._socket
        # Sent with the first of the body, in one write.
        self._held = (
            f"POST {_ROOT}/invocation/{request_id}/response HTTP/1.1\r\nHost: {api._name}\r\n"
            "Content-Type: application/vnd.awslambda.http-integration-response\r\n"
            "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
            "Transfer-Encoding: chunked\r\n"
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
        ).encode()

    def head(self, prelude: bytes) -> None:
        self._held += b"%x\r\n%b\0\0\0\0\0\0\0\0\r\n" % (len(prelude) + 8, prelude)

    def data(self, chunk: bytes) -> None:
        self._held += b"%x\r\n" % len(chunk)
        if len(chunk) < _LARGE:
            self._socket.sendall(b"%b%b\r\n" % (self._held, chunk))
            self._held = b""
        else:
            self._socket.sendall(self._held)
            self._socket.sendall(chunk)
            self._held = b"\r\n"

    def end(self) -> None:
        self._socket.sendall(self._held + b"0\r\n\r\n")
        self._api._answer()

    def broke(self, error: dict[str, Any]) -> None:
        """The app failed half-way: say so in the trailers."""
        kind = error["errorType"].encode("ascii", "replace")
        body = b64encode(json.dumps(error).encode())
        trailers = b"Lambda-Runtime-Function-Error-Type: %b\r\nLambda-Runtime-Function-Error-Body: %b\r\n"
        self._socket.sendall(self._held + b"0\r\n" + trailers % (kind, body) + b"\r\n")
        self._api._answer()
