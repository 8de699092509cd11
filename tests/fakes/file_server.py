"""An index's file server on loopback: whole files, broken ones, those that want a login."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class FileServer(ThreadingHTTPServer):
    """Serves what is put into ``files``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        #: "user:password" in base64, where one is wanted.
        self.login = ""
        #: How many of the next answers break off in the middle, or are a 503.
        self.breaks = 0
        self.tired = 0
        #: Of an answer: stop in the middle until this is set.
        self.hold: threading.Event | None = None
        self.asked: list[str] = []
        #: Of each request, names in lower case.
        self.headers: list[dict[str, str]] = []

    def url(self, path: Path) -> str:
        """Serve the file at ``path``; where."""
        self.files[f"/{path.name}"] = path.read_bytes()
        return f"http://127.0.0.1:{self.server_address[1]}/{path.name}"


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        server = self.server
        server.asked.append(self.path)
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        data = server.files.get(self.path.removeprefix(f"http://{self.headers['Host']}"))
        if server.login and self.headers.get("Authorization") != f"Basic {server.login}":
            self.send_error(401)
        elif server.tired:
            server.tired -= 1
            self.send_error(503)
        elif data is None:
            self.send_error(404)
        else:
            self._answer(data)

    def _answer(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.server.breaks:
            self.server.breaks -= 1
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
        elif self.server.hold is not None:
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.server.hold.wait(30)
        else:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def file_server() -> Iterator[FileServer]:
    """A running one."""
    with FileServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
