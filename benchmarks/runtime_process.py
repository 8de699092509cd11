"""A Lambda runtime's process, and as little of Lambda's side of the Runtime API as it takes to time it.

Every answer is one write with TCP_NODELAY: apart, head and body would wait 44 ms for Nagle and delayed ACK.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

#: Seconds a runtime may be silent.
PATIENCE = 30.0
_TAKEN = (
    b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"status":"OK"}\n'
)


class Reply(NamedTuple):
    """What a runtime posted for an event."""

    path: str
    #: Names in lower case.
    headers: dict[str, str]
    #: As it came off the wire, less the chunks' framing.
    body: bytes


class Runtime:
    """``command`` run in ``folder`` with this environment, and the Runtime API's address in it.

    with Runtime(...) as runtime: runtime.ready(); reply = runtime.invoke(event)
    """

    def __init__(self, command: Sequence[str | Path], folder: Path, environ: Mapping[str, str]) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(PATIENCE)
        self._connection: socket.socket | None = None
        self._reader: BinaryIO
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # closed in __exit__
        address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        whole = {**_LAMBDAS, **environ, "AWS_LAMBDA_RUNTIME_API": address, "LAMBDA_TASK_ROOT": str(folder)}
        #: perf_counter() when the process was asked for.
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=whole, stdout=self._output, stderr=self._output
        )

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for one in (self._connection, self._listening, self._output):
            if one:
                one.close()

    def ready(self) -> None:
        """Wait until it asks for an event."""
        path, _ = self._request()
        if not path.endswith("/invocation/next"):
            self._fail(f"it asked for {path}")

    def invoke(self, event: bytes) -> Reply:
        """Hand out an event to a runtime that is ``ready``; what it answers, taken off the wire."""
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {_ID}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {int((time.time() + 900) * 1000)}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {_ARN}\r\nContent-Length: {len(event)}\r\n\r\n"
        ).encode()
        assert self._connection
        self._connection.sendall(head + event)
        path, headers = self._request()
        if not path.endswith("/response"):
            self._fail(f"it posted {self._body(headers)!r:.2000} to {path}")
        return Reply(path, headers, self._body(headers))

    def taken(self) -> None:
        """Tell it that the answer is there."""
        assert self._connection
        self._connection.sendall(_TAKEN)

    def _request(self) -> tuple[str, dict[str, str]]:
        """Path and headers of the next request, on a new connection where it left the old one."""
        while True:
            line = b""
            if self._connection:
                line = self._reader.readline()
            if line:
                break
            try:
                self._connection, _ = self._listening.accept()
            except TimeoutError:
                self._fail("it asked for nothing")
            self._connection.settimeout(PATIENCE)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._reader = self._connection.makefile("rb")
        headers = {}
        while field := self._reader.readline().strip():
            name, _, value = field.decode().partition(":")
            headers[name.lower()] = value.strip()
        return line.split()[1].decode(), headers

    def _body(self, headers: dict[str, str]) -> bytes:
        if "transfer-encoding" not in headers:
            return self._reader.read(int(headers["content-length"]))
        chunks = []
        while size := int(self._reader.readline(), 16):
            chunks.append(self._reader.read(size))
            self._reader.readline()
        while self._reader.readline().strip():
            pass  # trailers
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _fail(self, what: str) -> None:
        self._output.seek(0)
        raise SystemExit(f"the runtime does not work: {what}. It wrote:\n{self._output.read().decode()}")


_ID = "c0ffee00-1111-2222-3333-444455556666"
_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:web"
_LAMBDAS = {
    "PATH": os.environ["PATH"],
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "AWS_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_NAME": "web",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
}
