"""The toolkit's end of the supervisor: processes that can be started, signalled and waited for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sameroom

from ...errors import SandboxError
from .supervisor import Order

#: The folder that Python imports our package from.
IMPORTED_FROM = Path(sameroom.__file__).resolve().parent.parent


class JailRefused(Exception):
    """The host does not let us make a jail; the message is the step and the system's reason."""


class Processes:
    """Starts processes through a supervisor that ends all of them with us. Belongs to one event loop."""

    def __init__(self) -> None:
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._heard = b""
        self._number = 0
        self._closed = False
        self._starting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._exits: dict[int, Callable[[int], None]] = {}
        self._gone = asyncio.Event()

    def open(self) -> None:
        """Start the supervisor unless it runs: some 2 ms here, 20 ms in the background."""
        if self._socket is not None:
            return
        if self._closed:
            raise SandboxError("The sandboxes are being shut down.")
        if sys.platform == "win32":
            raise SandboxError(
                "Sandboxes cannot run here.",
                why="They need processes that fork, and Windows has none.",
                next="Work in WSL, or use `sameroom dev --plain`.",
            )
        self._socket, theirs = socket.socketpair()
        # -S: nothing but the standard library is needed, and our package is found from the current folder.
        argv = [sys.executable, "-E", "-S", "-m", "sameroom.local.sandboxes.supervisor"]
        with theirs:
            self._supervisor = subprocess.Popen(
                argv,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=IMPORTED_FROM,
                start_new_session=True,
            )
        self._gone.clear()
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._hear)

    async def start(self, order: Order, log: int, on_exit: Callable[[int], None]) -> int:
        """Start a process that writes to the descriptor ``log``; its pid, which is also its process group.

        ``on_exit`` is called once with the exit status, negative for a signal. Raises JailRefused, or
        SandboxError when the program cannot be run.
        """
        self.open()
        assert self._socket is not None
        self._number += 1
        number = self._number
        reply = self._starting[number] = asyncio.get_running_loop().create_future()
        self._exits[number] = on_exit
        line = json.dumps(order._replace(number=number)._asdict()).encode() + b"\n"
        # If the supervisor has just died, `_hear` answers in its place.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            sent = socket.send_fds(self._socket, [line], [log])
            self._socket.sendall(line[sent:])
        answer = await reply
        if "pid" in answer:
            return int(answer["pid"])
        self._exits.pop(number, None)
        if answer["step"] == "jail":
            raise JailRefused(answer["error"])
        raise SandboxError(
            f"{order.argv[0]} cannot be run.",
            why=f"{answer['error']}.",
            next="Check which Python the app is to use.",
        )

    async def close(self) -> None:
        """End every process, those that the app started included, and wait until they are gone."""
        self._closed = True
        if self._socket is None:
            return
        self._socket.shutdown(socket.SHUT_WR)
        await self._gone.wait()

    def _hear(self) -> None:
        assert self._socket is not None
        try:
            data = self._socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            self._lose()
            return
        *lines, self._heard = (self._heard + data).split(b"\n")
        loop = asyncio.get_running_loop()
        for line in lines:
            message = json.loads(line)
            if "exit" in message:
                # Soon, not now: whoever started it hears of its pid first.
                loop.call_soon(self._exits.pop(message["number"]), message["exit"])
            else:
                self._starting.pop(message["number"]).set_result(message)

    def _lose(self) -> None:
        """The supervisor has ended, and with it every process."""
        assert self._socket is not None
        assert self._supervisor is not None
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self._socket = None
        self._supervisor.wait()
        for reply in self._starting.values():
            reply.set_result({"step": "exec", "error": "the supervisor of the sandboxes has ended"})
        self._starting.clear()
        for on_exit in self._exits.values():
            loop.call_soon(on_exit, -signal.SIGKILL)
        self._exits.clear()
        self._gone.set()


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process group that may have ended already. 0 is none: to the system it is ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if pid:
            os.killpg(pid, number)
