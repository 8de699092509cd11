"""Servers on 127.0.0.1, started for a benchmark and ended with all they started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

#: Seconds a server may take to answer for the first time, and to end.
PATIENCE = 60.0


class Request(NamedTuple):
    """What a server is asked."""

    method: str = "GET"
    path: str = "/"
    body: bytes = b""


GET = Request()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def ask(port: int, request: Request = GET) -> bytes:
    """The body of a 200 on a connection of its own.

    :raises ConnectionError: no such answer.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(request.method, request.path, request.body or None)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException) as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
    if answer.status != 200:
        raise ConnectionError(f"{answer.status}: {body!r:.500}")
    return body


@contextmanager
def running(
    command: Sequence[str | Path],
    folder: Path,
    environ: Mapping[str, str],
    port: int,
    request: Request = GET,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server run in ``folder``, from its first 200 for ``request`` to its end."""
    log = folder / f"{Path(command[0]).name}-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _await_answer(process, port, request, log)
        yield process
    finally:
        _end(process)


def _await_answer(process: subprocess.Popen[bytes], port: int, request: Request, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up and process.poll() is None:
        with suppress(ConnectionError):
            ask(port, request)
            return
        time.sleep(0.05)
    raise SystemExit(f"{process.args} does not serve:\n{log.read_text()[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C would; then, by force, whoever of its session is left."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
