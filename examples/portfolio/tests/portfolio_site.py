"""The front end and the API on one origin, as a release has them: files of web/dist, and /api for the app."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

WEB = Path(__file__).parent.parent / "web"
DIST = WEB / "dist"


def with_site(app: Flask, folder: Path = DIST) -> Callable[..., Any]:
    """A WSGI app: the app under /api, files elsewhere, and index.html for what is neither."""

    @Request.application
    def files(request: Request) -> Response:
        file = (folder / request.path.lstrip("/")).resolve()
        if not (file.is_relative_to(folder.resolve()) and file.is_file()):
            file = folder / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Response(file.read_bytes(), mimetype=kind)

    def both(environ: dict[str, Any], start_response: Any) -> Any:
        chosen: Any = app if environ["PATH_INFO"].startswith("/api/") else files
        return chosen(environ, start_response)

    return both


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """Over a socket; the URL."""
    server = make_server("127.0.0.1", port, with_site(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
