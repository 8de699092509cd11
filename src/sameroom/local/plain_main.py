"""The app on an ordinary web server, in the app's own interpreter: ``sameroom dev --plain``.

Serves on the listening socket whose descriptor is in SAMEROOM_PLAIN_FD: with Werkzeug, the server of
``flask run``, where the app's environment has it, else with the standard library's wsgiref.
"""

from __future__ import annotations

import os
import socket
import socketserver
import sys
import wsgiref.simple_server
from typing import Any

from sameroom.runtime.finder import find


class _Threaded(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


def main() -> None:
    """Serve until the process is ended."""
    # As at the command line: modules are found from the app's folder.
    sys.path.insert(0, os.getcwd())
    descriptor = int(os.environ.pop("SAMEROOM_PLAIN_FD"))
    app: Any = find(os.environ["SAMEROOM_APP"])
    listening = socket.socket(fileno=os.dup(descriptor))
    host, port = listening.getsockname()[:2]
    try:
        from werkzeug.serving import make_server
    except ModuleNotFoundError:
        server = _Threaded((host, port), wsgiref.simple_server.WSGIRequestHandler, bind_and_activate=False)
        server.socket.close()
        server.socket = listening
        server.server_name, server.server_port = host, port
        server.setup_environ()
        server.set_app(app)
        server.serve_forever()
    else:
        make_server(host, port, app, threaded=True, fd=descriptor).serve_forever()
