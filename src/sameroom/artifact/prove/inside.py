"""What runs in the clean process: the app is found as the runtime finds it, and nothing may be written.

A script of its own, for the target's Python, any of 3.10 to 3.14. It is given the tree, the runtime's folder
("" for none), a mark that nobody else prints, seconds, and whether the compiled regular expressions are
wanted ("" if not). It writes to standard error: a line with the mark
as it begins, and the mark with a JSON document as it ends. Of an app that ends or kills the process there
is no such end. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: the code is
read-only, /tmp is not.
"""

from __future__ import annotations

import errno
import faulthandler
import os
import site
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Audit events that change a folder -> which arguments are paths, whether the first of them must be there
#: already, and which argument is the folder that they start from (-1 where it is the current one).
_CHANGES: dict[str, tuple[tuple[int, ...], bool, int | None]] = {
    "os.chmod": ((0,), True, 2),
    "os.link": ((1,), False, 3),
    "os.mkdir": ((0,), False, 2),
    "os.remove": ((0,), True, 1),
    "os.rename": ((0, 1), True, 2),
    "os.rmdir": ((0,), True, 1),
    "os.symlink": ((1,), False, 2),
    "os.truncate": ((0,), True, None),
    "os.utime": ((0,), True, 3),
}
_WRITABLE = ("/tmp", "/dev", "/proc") if os.name == "posix" else (os.environ.get("TEMP", "C:\\"),)  # noqa: S108


def main() -> NoReturn:
    tree, runtime_path, mark, seconds, with_patterns = sys.argv[1:]
    channel = os.dup(2)  # should the app take standard error for itself
    faulthandler.enable()
    faulthandler.dump_traceback_later(float(seconds), exit=True)
    site.setquit()  # an interpreter without -S has exit()
    site.sethelper()
    site.setcopyright()
    sys.path.insert(0, tree)
    if runtime_path:
        sys.path.append(runtime_path)
    sys.argv[:] = [""]
    sys.addaudithook(read_only(tree))
    os.write(2, f"\n{mark}\n".encode())
    document: dict[str, Any]
    began = time.perf_counter()
    try:
        from sameroom.runtime.handler import load

        load()
        took = time.perf_counter() - began
    except BaseException as error:  # SystemExit too: on Lambda it ends the sandbox
        document = {"faults": faults(error)}
    else:
        elsewhere = files(runtime_path) if runtime_path else {}
        document = {"seconds": took, "files": files(tree), "elsewhere": elsewhere}
        if with_patterns:
            from sameroom.runtime.patterns import compiled

            document["patterns"] = compiled()
    ended(channel, mark, document)


def ended(channel: int, mark: str, document: dict[str, Any]) -> NoReturn:
    """Say how it went and end, whatever threads still run."""
    import contextlib
    import json

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the app may have put anything there
            stream.flush()
    rest = memoryview(f"\n{mark}{json.dumps(document)}\n".encode())
    while rest:
        rest = rest[os.write(channel, rest) :]
    os._exit(0)


def files(folder: str) -> dict[str, str]:
    """Where the modules that came from ``folder`` lie in it."""
    start = folder + os.sep
    found = {}
    for name, module in list(sys.modules.items()):
        try:
            # Past any __getattr__: a lazy module would be loaded by a look at it.
            file = object.__getattribute__(module, "__dict__").get("__file__")
        except Exception:  # noqa: S112 - what is in sys.modules need not be a module
            continue
        if isinstance(file, str) and file.startswith(start):
            found[name] = file[len(start) :].replace(os.sep, "/")
    return found


def faults(error: BaseException) -> list[dict[str, Any]]:
    """The error and what it came from, the error itself first."""
    import traceback

    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen and len(found) < 10:
        seen.add(id(following))
        kind = type(following)
        found.append(
            {
                "kinds": [base.__name__ for base in kind.__mro__],
                "ours": kind.__module__ == "sameroom.runtime.errors",
                "text": "".join(traceback.format_exception_only(kind, following)).rstrip(),
                "said": str(following),
                "name": str(getattr(following, "name", None) or ""),
                "errno": getattr(following, "errno", None) or 0,
                "frames": frames(following.__traceback__),
            }
        )
        context = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or context
    return found


def frames(trace: TracebackType | None) -> list[tuple[str, int, str, str]]:
    """File, line, function and the line's text, the oldest first, less ours and the import system's."""
    import linecache

    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        name = code.co_filename
        if name != __file__ and not name.startswith("<frozen importlib"):
            line = linecache.getline(name, trace.tb_lineno, trace.tb_frame.f_globals).strip()
            found.append((name, trace.tb_lineno, code.co_name, line))
        trace = trace.tb_next
    return found[-100:]


def read_only(tree: str) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that makes everything but /tmp read-only for Python code, as it is on Lambda."""
    task = os.path.realpath(tree)
    writable = tuple(os.path.realpath(place) for place in _WRITABLE)

    def refused(path: Any) -> bool:
        folder, name = os.path.split(os.path.abspath(os.fsdecode(path)))
        real = os.path.join(os.path.realpath(folder), name)
        # Without the folder the system has an error of its own.
        return (within(real, (task,)) or not within(real, writable)) and os.path.isdir(folder)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, int) or path is None or not flags & _WRITING:
                return
            paths = (path,)
        elif event in _CHANGES:
            numbers, there, start = _CHANGES[event]
            paths = tuple(arguments[number] for number in numbers)
            if isinstance(paths[0], int) or (start is not None and arguments[start] != -1):
                return
            if os.path.lexists(paths[0]) is not there:
                return  # the system has an error of its own for it
        elif event == "sqlite3.connect":
            database = arguments[0]
            name = os.fsdecode(database) if isinstance(database, (str, bytes, os.PathLike)) else ""
            in_file = name and name != ":memory:" and not name.startswith("file:")
            if in_file and not os.path.exists(name) and refused(name):
                raise sys.modules["sqlite3"].OperationalError("unable to open database file")
            return
        else:
            return
        for path in paths:
            if refused(path):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    return hook


def within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


if __name__ == "__main__":
    main()
