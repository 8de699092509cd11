"""Listening sockets, and who to blame when a port is taken."""

from __future__ import annotations

import errno
import os
import socket

from ..errors import PortTaken, SameroomError

_BACKLOG = 1024
_COMMAND_LENGTH = 120


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, not yet listening. ``port`` 0 takes any free one.

    :raises PortTaken: somebody else has the port; the message names them and a port that is free.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError, OverflowError) as error:
        raise SameroomError(
            f"{host}:{port} is no address to listen on.",
            why=str(error),
            next="Use --host 127.0.0.1 and a --port up to 65535.",
        ) from None
    server = socket.socket(family, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind(address)
        server.listen(_BACKLOG)
    except OSError as error:
        server.close()
        raise _refused(host, port, error) from None
    server.setblocking(False)
    return server


def url(listening: socket.socket) -> str:
    """Where clients on this machine reach the socket: "http://127.0.0.1:8000", no slash at the end."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def free_port(host: str = "127.0.0.1", near: int = 0) -> int:
    """A port that nobody listens on just now: one of the next after ``near``, else any."""
    for port in [*(range(near + 1, min(near + 50, 65536)) if near else ()), 0]:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SameroomError(f"No port is free on {host}.", next="End some programs that listen there.")


def holder(port: int) -> str:
    """Who listens on ``port``, for people: "pid 123 (python server.py)"; "" when the system will not say."""
    import psutil  # 30 ms that only a taken port is worth

    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.AccessDenied, OSError):
        return ""
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,) and connection.pid:
            try:
                return _named(connection.pid, psutil.Process(connection.pid).cmdline())
            except psutil.Error:
                return _named(connection.pid, [])
    return ""


def _named(pid: int, arguments: list[str]) -> str:
    command = " ".join(arguments)
    if len(command) > _COMMAND_LENGTH:
        command = command[: _COMMAND_LENGTH - 3] + "..."
    return f"pid {pid} ({command})" if command else f"pid {pid}"


def _refused(host: str, port: int, error: OSError) -> SameroomError:
    if error.errno == errno.EADDRINUSE:
        by = holder(port)
        return PortTaken(
            f"Port {port} is taken.",
            why=f"{by or 'Another program, the system does not say which,'} listens there.",
            next=f"End it, or choose another port: --port {free_port(host, near=port)}",
        )
    if error.errno == errno.EACCES:
        return SameroomError(
            f"Port {port} may not be opened.",
            why="Ports below 1024 belong to the administrator.",
            next=f"Choose another: --port {free_port(host, near=8000)}",
        )
    return SameroomError(
        f"Nothing can listen on {host}:{port}.",
        why=f"{os.strerror(error.errno or 0)}.",
        next="Use --host 127.0.0.1.",
    )
