"""What CloudFront is to a stand that has none: a bucket's files on one origin with the app, for browsers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sameroom.errors import Refused
from sameroom.project.services import Site
from sameroom.project.site_routing import Redirect, asked_for, is_the_apps, missing_status, replaced_status

from .cloud import Stand
from .ways import Call

_HOP = ("content-length", "connection", "date", "server", "transfer-encoding")


@contextmanager
def in_front(stand: Stand, bucket: str, site: Site, call: Call) -> Iterator[str]:
    """The distribution's address: paths are whose the toolkit's routing says, files are what S3 has."""

    cloud = stand.cloud()

    class Front(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if is_the_apps(site, path):
                self.ask_the_app()
                return
            means = asked_for(site, path, query)
            if isinstance(means, Redirect):
                self.answer(302, [("Location", means.location)], b"")
            else:
                self.file(means.key)

        def file(self, key: str, status: int = 200) -> None:
            try:
                found = cloud.call("s3", "get_object", Bucket=bucket, Key=key)
            except Refused:
                if missing_status(site) == replaced_status(site) and status == 200:
                    self.file(site.not_found, 404)
                else:
                    self.answer(missing_status(site), [], b"")
                return
            headers = [("Content-Type", found["ContentType"])]
            headers.append(("Content-Security-Policy", site.content_security_policy or ""))
            self.answer(status, headers, found["Body"].read())

        def ask_the_app(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            passed = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            said = call(self.command, self.path, passed, body)
            self.answer(said.status, [one for one in said.headers if one[0].lower() not in _HOP], said.body)

        do_POST = do_PUT = do_PATCH = do_DELETE = ask_the_app  # noqa: N815 - http.server's names

        def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError):  # the browser has gone on
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        # A host that browsers take for safe, or they would keep no Secure cookie.
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
