"""A DynamoDB with troubles: a loopback server between the app and the stand-in that fails on demand."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal, NamedTuple


class Trouble(NamedTuple):
    """What goes wrong with one request.

    ``error``: DynamoDB answers with this error. ``lost``: it does what was asked, but the answer is lost.
    """

    kind: Literal["error", "lost"]
    status: int = 400
    code: str = ""


class Between:
    """The server: one trouble per request while there are any, then everything is passed on."""

    def __init__(self, behind: str, troubles: list[Trouble]) -> None:
        self.behind = behind
        self.troubles = list(troubles)
        self.asked = 0
        self.url = ""

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        """What to say to one request; None says nothing."""
        self.asked += 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble and trouble.kind == "error":
            error = {
                "__type": f"com.amazonaws.dynamodb.v20120810#{trouble.code}",
                "message": "internal-detail",
            }
            return trouble.status, json.dumps(error).encode()
        request = urllib.request.Request(self.behind, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                answer = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                answer = error.code, error.read()
        return None if trouble else answer


@contextmanager
def between(behind: str, *troubles: Trouble) -> Iterator[Between]:
    """Such a server in front of the stand-in at ``behind``."""
    state = Between(behind, list(troubles))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            passed = ("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")
            answer = state.answer({name: self.headers[name] for name in passed}, body)
            self.close_connection = True
            if answer is not None:
                self.send_response(answer[0])
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
