"""Parameter Store on loopback, as far as GetParameters goes, with the troubles that a test asks for.

with parameter_store(TOKEN="hunter2") as fake:
    fake.trouble(throttled, throttled, cut)
    assert ParameterStore(["TOKEN"], PATH, fake.environ()).value("TOKEN") == "hunter2"
    assert len(fake.calls) == 4
"""

from __future__ import annotations

import calendar
import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

PATH = "/sameroom/shop/"


class Trouble(NamedTuple):
    """One answer that is not what was asked for; a ``status`` of 0 is none at all."""

    status: int
    code: str = ""
    message: str = ""
    #: Seconds before it.
    delay: float = 0.0
    body: bytes = b""


throttled = Trouble(400, "ThrottlingException", "Rate exceeded")
broken = Trouble(500, "InternalServerError", "An error occurred on the server side.")
cut = Trouble(0)
nonsense = Trouble(200, body=b"<html>hunter2</html>")


def slow(seconds: float) -> Trouble:
    """The true answer, late."""
    return Trouble(0, delay=seconds)


class FakeParameterStore:
    """What the server knows, and what it was asked."""

    def __init__(self, port: int, values: dict[str, str]) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.values = {PATH + name: value for name, value in values.items()}
        #: Names, less their path, of each call that arrived, those that got no answer too.
        self.calls: list[list[str]] = []
        #: Headers of them.
        self.headers: list[dict[str, str]] = []
        #: Connections that were opened.
        self.connections = 0
        #: Seconds that its clock is ahead of ours.
        self.skew = 0.0
        #: Access keys that it takes; None is any.
        self.keys: set[str] | None = None
        self._troubles: deque[Trouble] = deque()

    def trouble(self, *troubles: Trouble) -> None:
        """The next calls are answered so, one each."""
        self._troubles.extend(troubles)

    def environ(self, **more: str) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_SSM": self.endpoint,
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "verysecretkey",
            "AWS_SESSION_TOKEN": "session",
            **more,
        }

    def answer(self, headers: dict[str, str], asked: dict[str, Any]) -> Trouble:
        self.calls.append([name.removeprefix(PATH) for name in asked["Names"]])
        self.headers.append(headers)
        trouble = self._troubles.popleft() if self._troubles else None
        if trouble is not None:
            time.sleep(trouble.delay)
            if not trouble.delay or trouble.status:
                return trouble
        now = time.time() + self.skew
        signed = calendar.timegm(time.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ"))
        if abs(now - signed) > 300:
            return Trouble(400, "InvalidSignatureException", "Signature expired: it is too old")
        key = headers["authorization"].partition("Credential=")[2].partition("/")[0]
        if self.keys is not None and key not in self.keys:
            return Trouble(400, "ExpiredTokenException", "The security token included is expired")
        found = [
            {"Name": name, "Type": "SecureString", "Value": self.values[name], "Version": 1}
            for name in asked["Names"]
            if name in self.values
        ]
        invalid = [name for name in asked["Names"] if name not in self.values]
        said = json.dumps({"Parameters": found, "InvalidParameters": invalid}, ensure_ascii=False)
        return Trouble(200, body=said.encode())


class _Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeParameterStore

    def setup(self) -> None:
        super().setup()
        self.fake.connections += 1

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.fake.answer({name.lower(): value for name, value in self.headers.items()}, asked)
        if not said.status:
            self.close_connection = True
            return
        body = said.body or json.dumps({"__type": said.code, "message": said.message}).encode()
        self.send_response_only(said.status)
        self.send_header("Date", formatdate(time.time() + self.fake.skew, usegmt=True))
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that did not wait for its answer."""


@contextmanager
def parameter_store(**values: str) -> Iterator[FakeParameterStore]:
    """One with these SecureStrings below ``PATH``, for as long as the block lasts."""

    class Desk(_Desk):
        pass

    with _Server(("127.0.0.1", 0), Desk) as server:
        fake = Desk.fake = FakeParameterStore(server.server_port, values)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
