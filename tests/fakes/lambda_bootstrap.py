"""A Runtime API client as small as can be, to be run as a sandbox's ``bootstrap``.

It takes the handler from _HANDLER and speaks over one raw socket. It adds nothing to what is to be tested:
no logging, and every response in the very bytes that the handler chose. A handler gets the client and the
event's headers as its context; one that returns None has answered by itself, and an iterator is a streamed
response.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import Any

HOST, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
BASE = "/2018-06-01/runtime"
STREAMING = (
    "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
    "Content-Type: application/vnd.awslambda.http-integration-response\r\n"
)
IMPORT_ERROR = "Lambda-Runtime-Function-Error-Type: Runtime.ImportModuleError\r\n"


class Client:
    """One connection to the Runtime API."""

    def __init__(self) -> None:
        self.socket = socket.create_connection((HOST, int(PORT)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.path = ""

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        head = f"{method} {BASE}{path} HTTP/1.1\r\nHost: {HOST}\r\n{headers}"
        self.socket.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return self.receive()

    def receive(self) -> tuple[int, dict[str, str], bytes]:
        status = int(self.file.readline().split()[1])
        headers = {}
        while (line := self.file.readline().decode().strip()) != "":
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return status, headers, self.file.read(int(headers["content-length"]))

    def stream(self, chunks: Iterator[bytes], headers: str = STREAMING) -> int:
        """Answer in chunks. The message of a RuntimeError that ``chunks`` raises is sent as the trailers."""
        head = f"POST {BASE}{self.path}/response HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n"
        self.socket.sendall(head.encode() + headers.encode() + b"\r\n")
        trailers = b""
        try:
            for chunk in chunks:
                self.socket.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        except RuntimeError as problem:
            trailers = str(problem).encode()
        self.socket.sendall(b"0\r\n" + trailers + b"\r\n")
        return self.receive()[0]


def described(problem: BaseException) -> bytes:
    trace = traceback.format_exception(type(problem), problem, problem.__traceback__)
    described = {"errorType": type(problem).__name__, "errorMessage": str(problem), "stackTrace": trace}
    return json.dumps(described).encode()


def main() -> None:
    client = Client()
    sys.path.insert(0, os.getcwd())
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    try:
        handler = getattr(importlib.import_module(module), name)
    except Exception as problem:
        client.ask("POST", "/init/error", described(problem), IMPORT_ERROR)
        sys.exit(1)
    while True:
        serve(client, handler)


def serve(client: Client, handler: Any) -> None:
    _, headers, body = client.ask("GET", "/invocation/next")
    client.path = "/invocation/" + headers["lambda-runtime-aws-request-id"]
    try:
        result = handler(json.loads(body), {"client": client, "headers": headers})
    except Exception as problem:
        client.ask("POST", client.path + "/error", described(problem))
        return
    if isinstance(result, Iterator):
        client.stream(result)
    elif result is not None:
        payload = result if isinstance(result, bytes) else json.dumps(result).encode()
        client.ask("POST", client.path + "/response", payload)


if __name__ == "__main__":
    main()
