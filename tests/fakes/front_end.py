"""A front end's own server with a WebSocket, as Vite is one; and somebody who is told what becomes of it."""

from __future__ import annotations

import sys
from pathlib import Path

from sameroom.errors import SameroomError
from sameroom.local.http import HttpRequest

#: Echoes WebSocket frames back as they are; /slow streams; /large has a length; else tells what was asked.
SERVER = """
import base64, hashlib, json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            return self.websocket()
        if self.path == "/slow":
            self.send_response(200); self.send_header("Transfer-Encoding", "chunked"); self.end_headers()
            for part in (b"first", b"second"):
                self.wfile.write(b"%x\\r\\n%b\\r\\n" % (len(part), part)); self.wfile.flush(); time.sleep(0.4)
            self.wfile.write(b"0\\r\\n\\r\\n"); return
        if self.path == "/die":
            print("ending as asked", flush=True)
            import os; os._exit(3)
        if self.path == "/unchanged":
            self.send_response(304); self.end_headers(); return
        body = b"x" * 2_000_000 if self.path == "/large" else self.told()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
    do_HEAD = do_GET
    def do_POST(self):
        self.do_GET()
    def told(self):
        length = int(self.headers.get("Content-Length") or 0)
        return json.dumps({"method": self.command, "path": self.path, "host": self.headers["Host"],
            "for": self.headers["X-Forwarded-For"], "body": self.rfile.read(length).decode()}).encode()
    def websocket(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(101); self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade"); self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.connection.sendall(b"hello from the server")
        while data := self.connection.recv(65536):
            self.connection.sendall(data)
        self.close_connection = True
    def log_message(self, *_): pass

time.sleep(float(sys.argv[2]))
server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("front end at", sys.argv[1], flush=True)
server.serve_forever()
"""


def server_command(folder: Path, delay: float = 0.0) -> str:
    """Write the server into ``folder``; the command for `dev`."""
    (folder / "front_end_server.py").write_text(SERVER)
    return f"{sys.executable} front_end_server.py {{port}} {delay}"


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.ready: list[str] = []
        self.troubles: list[SameroomError] = []
        self.requests: list[tuple[str, int]] = []

    def site_said(self, line: str) -> None:
        self.lines.append(line)

    def site_ready(self, what: str, seconds: float) -> None:
        self.ready.append(what)

    def trouble(self, error: SameroomError) -> None:
        self.troubles.append(error)

    def served(self, request: HttpRequest, status: int, duration_ms: float) -> None:
        self.requests.append((request.target, status))
