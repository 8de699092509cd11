"""What runs in a process of its own: the app is imported as on Lambda, and everything it does is told.

A script for the project's interpreter, any Python from 3.10; standard library only. It is given a JSON
document: the app, the folder it is in, a folder of its own, and seconds. Whatever would change something
outside /tmp, ask the network or start a program is refused, as Lambda or the lack of a network would
refuse it, by an audit hook (https://docs.python.org/3/library/audit_events.html). Each such act is a line
of JSON in ``acts`` in its own folder, with the stack at that moment; the last line tells how it ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Audit events that change a file or folder -> which argument is its path.
_CHANGES = {
    "os.chmod": 0, "os.chown": 0, "os.link": 1, "os.mkdir": 0, "os.remove": 0, "os.rename": 0,
    "os.rmdir": 0, "os.symlink": 1, "os.truncate": 0, "os.utime": 0, "os.setxattr": 0,
}  # fmt: skip
#: Those whose path must be there already: without it, they fail by themselves.
_NEED_IT = {"os.chmod", "os.chown", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.utime"}
_PROGRAMS = {"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.spawn", "pty.spawn"}
_FORKS = {"os.fork", "os.forkpty"}
_NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_DEEPEST = 60
try:
    from sqlite3 import OperationalError
except ImportError:  # a Python that was built without it
    OperationalError = OSError  # type: ignore[assignment,misc]
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


class Watch:
    """Tells acts and refuses them."""

    def __init__(self, channel: int, writable: tuple[str, ...], read_only: tuple[str, ...]) -> None:
        self._channel = channel
        self._writable = writable
        self._read_only = read_only
        self._here = threading.local()
        #: Threads in the order they started, with their stacks.
        self._threads: list[threading.Thread] = []
        self._began: dict[int, list[list[Any]]] = {}
        #: Exceptions of ours, to know them again.
        self.refusals: list[BaseException] = []

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """For sys.addaudithook."""
        if getattr(self._here, "busy", False):
            return
        self._here.busy = True
        try:
            refusal = self._judged(event, arguments)
        finally:
            self._here.busy = False
        if refusal is not None:
            self.refusals.append(refusal)
            raise refusal

    def thread(self, started: threading.Thread) -> None:
        """A thread is about to start."""
        stack = self._stack(sys._getframe(2))
        self.tell({"act": "thread", "what": type(started).__qualname__, "stack": stack})
        self._threads.append(started)
        self._began[id(started)] = stack

    def running(self) -> list[int]:
        """Which of the threads that were told of still run."""
        return [number for number, thread in enumerate(self._threads) if thread.is_alive()]

    def tell(self, act: dict[str, Any]) -> None:
        os.write(self._channel, (json.dumps(act) + "\n").encode())

    def _judged(self, event: str, arguments: tuple[Any, ...]) -> BaseException | None:
        if event == "open":
            path, _, flags = arguments
            return self._change(path, "open") if isinstance(flags, int) and flags & _WRITING else None
        if event == "os.rename" and not isinstance(arguments[1], int):
            # Into the project is as bad as out of it.
            return self._change(arguments[1], "os.link") or self._change(arguments[0], event)
        if event in _CHANGES:
            return self._change(arguments[_CHANGES[event]], event)
        if event == "sqlite3.connect":
            return self._database(arguments[0])
        if event in _PROGRAMS:
            return self._program(event, arguments)
        if event in _FORKS:
            self._act("fork", event)
            return BlockingIOError(errno.EAGAIN, "sameroom check starts no process")
        if event in ("os.kill", "os.killpg"):
            return (
                None
                if arguments[0] == os.getpid()
                else PermissionError(errno.EPERM, os.strerror(errno.EPERM))
            )
        if event.startswith("socket."):
            return self._network(event, arguments)
        return None

    def _change(self, path: Any, event: str) -> BaseException | None:
        if isinstance(path, int):
            return None
        name = os.path.abspath(os.fsdecode(path))
        folder = os.path.realpath(os.path.dirname(name))
        place = os.path.join(folder, os.path.basename(name))
        if self._may_write(place) or (event in _NEED_IT and not os.path.lexists(place)):
            return None
        if event == "os.mkdir" and os.path.lexists(place):
            return None  # it fails by itself, and so on Lambda
        if not os.path.isdir(folder):
            return None
        self._act("write", event, path=place)
        return OSError(errno.EROFS, os.strerror(errno.EROFS), os.fsdecode(path))

    def _may_write(self, place: str) -> bool:
        inside = [each for each in self._writable if place == each or place.startswith(each + os.sep)]
        kept = [each for each in self._read_only if place == each or place.startswith(each + os.sep)]
        return len(max(inside, key=len, default="")) > len(max(kept, key=len, default=""))

    def _database(self, database: Any) -> BaseException | None:
        name = os.fsdecode(database) if isinstance(database, (str, bytes, os.PathLike)) else ""
        path = name.removeprefix("file:").partition("?")[0]
        if (
            not path
            or ":memory:" in name
            or "mode=memory" in name
            or "mode=ro" in name
            or "immutable=1" in name
        ):
            return None
        place = os.path.realpath(path)
        if self._may_write(place):
            return None
        self._act("sqlite", "sqlite3.connect", path=place)
        return OperationalError("unable to open database file")

    def _program(self, event: str, arguments: tuple[Any, ...]) -> BaseException | None:
        command = arguments[1] if event == "subprocess.Popen" and arguments[1] else arguments[0]
        words = command if isinstance(command, (list, tuple)) else [command]
        shown = " ".join(os.fsdecode(w) if isinstance(w, (str, bytes, os.PathLike)) else "?" for w in words)
        self._act("program", event, path=shown[:200])
        name = words[0] if words and isinstance(words[0], str) else shown
        return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)

    def _network(self, event: str, arguments: tuple[Any, ...]) -> BaseException | None:
        if event in _NAMES:
            host = os.fsdecode(arguments[0] or "") if isinstance(arguments[0], (str, bytes)) else ""
            if _is_local(host):
                return None
            self._act("network", event, path=host)
            return socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if event not in ("socket.connect", "socket.bind", "socket.sendto"):
            return None
        handle, address = arguments[0], arguments[-1]
        shown = ":".join(str(part) for part in address[:2]) if isinstance(address, tuple) else str(address)
        if event == "socket.bind":
            if handle.type != socket.SOCK_STREAM or not isinstance(address, tuple) or address[1] == 0:
                return None  # no server: it would be found nowhere
            self._act("listen", event, path=shown)
            return OSError(errno.EACCES, "sameroom check opens no port")
        if event == "socket.connect" and handle.type == socket.SOCK_DGRAM:
            return None  # nothing is sent by it
        self._act("network", event, path=shown)
        return ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))

    def _act(self, act: str, event: str, path: str = "") -> None:
        self.tell({"act": act, "what": event, "path": path, "stack": self._stack(sys._getframe(3))})

    def _stack(self, frame: FrameType | None) -> list[list[Any]]:
        """Files and lines, innermost first; of a thread, what started it comes last."""
        frames: list[list[Any]] = []
        while frame is not None and len(frames) < _DEEPEST:
            if frame.f_code.co_filename != __file__ and not frame.f_code.co_filename.startswith("<frozen"):
                frames.append([frame.f_code.co_filename, frame.f_lineno])
            frame = frame.f_back
        running = threading._active.get(threading.get_ident())  # type: ignore[attr-defined]
        return frames + self._began.get(id(running), [])


def main() -> NoReturn:
    """Import the app and end, whatever still runs."""
    order = json.loads(sys.argv[1])
    own = order["own"]
    channel = os.open(os.path.join(own, "acts"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    watch = Watch(channel, tuple(order["writable"]), tuple(order["read_only"]))
    with contextlib.suppress(OSError):
        _cut_off()
    _give_up_after(order["seconds"], watch)
    _tell_threads(watch)
    sys.argv[:] = [""]
    sys.path.pop(0)
    sys.path.insert(0, order["root"])
    sys.path.append(os.path.join(own, "toolkit"))
    sys.addaudithook(watch.hook)
    try:
        from sameroom.runtime.finder import find

        app = find(order["app"])
    except BaseException as error:  # SystemExit too: it ends the sandbox
        watch.tell({"act": "failed", **_failure(error, watch)})
    else:
        watch.tell(
            {
                "act": "imported",
                "debug": _debug(app),
                "running": watch.running(),
                "files": _files(order["root"]),
            }
        )
    _flush()
    os._exit(0)


def _failure(error: BaseException, watch: Watch) -> dict[str, Any]:
    """The traceback, and whether a refusal of ours is behind it."""
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.append(each)
        each = each.__cause__ or each.__context__
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": "".join(traceback.format_exception_only(type(error), error)).strip()[:2000],
        "traceback": text[-20_000:],
        "stack": [[frame.filename, frame.lineno] for frame in reversed(frames)][:_DEEPEST],
        "refused": any(refusal in chain for refusal in watch.refusals),
        "syntax": [error.filename, error.lineno] if isinstance(error, SyntaxError) else None,
    }


def _debug(app: Any) -> bool | None:
    """Whether a Flask app is in debug mode; None of any other app."""
    config = getattr(app, "config", None)
    return bool(config["DEBUG"]) if isinstance(config, dict) and "DEBUG" in config else None


def _files(root: str) -> list[str]:
    """The files below ``root`` that were imported."""
    found = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return sorted({file for file in found if isinstance(file, str) and file.startswith(root + os.sep)})


def _tell_threads(watch: Watch) -> None:
    start: Callable[[threading.Thread], None] = threading.Thread.start

    def told(self: threading.Thread) -> None:
        watch.thread(self)
        start(self)

    threading.Thread.start = told  # type: ignore[method-assign]


def _give_up_after(seconds: float, watch: Watch) -> None:
    """Where an import waits for ever, say where."""
    main_thread = threading.get_ident()

    def wait() -> None:
        threading.Event().wait(seconds)
        frame = sys._current_frames().get(main_thread)
        watch.tell({"act": "hung", "seconds": seconds, "stack": watch._stack(frame)})
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def _cut_off() -> None:
    """Leave this machine's network where Linux lets us: a driver in C raises no audit event."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        libc.unshare(_CLONE_NEWNET)
    elif libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def _is_local(host: str) -> bool:
    if host in ("", "localhost", "0.0.0.0", "::", "127.0.0.1", "::1", socket.gethostname()):  # noqa: S104
        return True
    return host.replace(".", "").isdigit() or ":" in host


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the app may have put anything there
            stream.flush()


if __name__ == "__main__":
    main()
