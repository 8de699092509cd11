"""The parent of every sandbox process: starts them on order, tells how they ended, and outlives nobody.

    python -E -S -m sameroom.local.sandboxes.supervisor      orders arrive on the socket that is its stdin

A process of its own for three reasons. It is small and has one thread, so it may fork, and a fork that
makes its own jail costs 2 ms where a launcher per sandbox would cost another start of Python. It sees the
toolkit end in any way, SIGKILL included, because the socket closes; then it kills what is left. And on
Linux nothing escapes it: orphans, daemons too, come back to it (PR_SET_CHILD_SUBREAPER).

One JSON object per line. In: an ``Order``, the write end of the log pipe attached. Out, per order: ``pid``,
or ``error`` with the ``step`` that failed ("jail" or "exec"), and later ``exit`` with the status as in
os.waitstatus_to_exitcode. Loads the standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from typing import Any, NamedTuple

from . import jail


class Order(NamedTuple):
    """One process to start. ``number`` names it in the replies; ``view`` is None for one without a jail."""

    number: int
    argv: tuple[str, ...]
    environment: dict[str, str]
    cwd: str
    view: jail.View | None


class Supervisor:
    """The running processes, by pid."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._numbers: dict[int, int] = {}
        self._heard = b""
        self._logs: list[int] = []

    def serve(self) -> None:
        """Follow orders until the toolkit has gone, then end every process."""
        wake, alarm = os.pipe()
        os.set_blocking(alarm, False)
        signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        control, obeying = self._control.fileno(), True
        try:
            while obeying:
                ready, _, _ = select.select([control, wake], [], [])
                if wake in ready:
                    os.read(wake, 4096)
                    self._bury()
                if control in ready:
                    obeying = self._obey()
        except ConnectionError:
            pass  # The toolkit died before it had read all that we told it.
        finally:
            self._end_all()

    def _obey(self) -> bool:
        """Follow the orders that have come; False when there will be no more."""
        data, logs, _, _ = socket.recv_fds(self._control, 1 << 20, 16)
        for log in logs:
            os.set_inheritable(log, False)
        self._logs += logs
        *orders, self._heard = (self._heard + data).split(b"\n")
        for order in orders:
            self._start(_order(order), self._logs.pop(0))
        return bool(data)

    def _start(self, order: Order, log: int) -> None:
        reader, writer = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(order, log, writer, parent)
        os.close(writer)
        os.close(log)
        # Closed without a word once exec has succeeded: Python's descriptors do not survive it.
        with open(reader, "rb") as pipe:
            failure = pipe.read()
        if failure:
            os.waitpid(pid, 0)
            self._say({"number": order.number, **json.loads(failure)})
        else:
            self._numbers[pid] = order.number
            self._say({"number": order.number, "pid": pid})

    def _bury(self) -> None:
        """Report who ended, and kill what they left behind, as Lambda does with a sandbox."""
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                break
            number = self._numbers.pop(ended.si_pid, None)
            if number is not None:
                # Still unreaped, so the number of its process group cannot have been given to anyone else.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(ended.si_pid, signal.SIGKILL)
            _, status = os.waitpid(ended.si_pid, 0)
            if number is not None:
                self._say({"number": number, "exit": os.waitstatus_to_exitcode(status)})
        for pid in _children():
            if pid not in self._numbers:
                _kill(pid)

    def _end_all(self) -> None:
        for pid in self._numbers:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        while True:
            for pid in _children():
                _kill(pid)
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return

    def _say(self, message: dict[str, Any]) -> None:
        # Nobody listens any more when the toolkit has just gone; the loop will see that next.
        with contextlib.suppress(OSError):
            self._control.sendall(json.dumps(message).encode() + b"\n")


def _order(line: bytes) -> Order:
    fields = json.loads(line)
    if fields["view"] is not None:
        fields["view"] = jail.View(*fields["view"])
    return Order(**fields)


def _become(order: Order, log: int, complaints: int, parent: int) -> None:
    """In the forked child: turn into the ordered process, or say why not."""
    step = "jail"
    try:
        os.setsid()
        for number in (signal.SIGPIPE, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        if order.view is not None:
            jail.enter(order.view)
        if sys.platform == "linux":
            # After the jail: a new user namespace clears the death signal.
            jail.prctl(jail.PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                return
            jail.prctl(jail.PR_SET_CHILD_SUBREAPER, 1)
        step = "exec"
        os.chdir(order.cwd)
        os.execve(order.argv[0], order.argv, order.environment)  # noqa: S606
    except BaseException as error:
        os.write(complaints, json.dumps({"step": step, "error": str(error)}).encode())
    finally:
        os._exit(127)


def _children() -> list[int]:
    """Our children, adopted ones included, where the kernel tells (Linux)."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def main() -> None:
    if sys.platform == "linux":
        jail.prctl(jail.PR_SET_CHILD_SUBREAPER, 1)
    with socket.socket(fileno=0) as control:
        Supervisor(control).serve()


if __name__ == "__main__":
    main()
