"""What a command prints: kept for the caller, and written on line by line while it runs."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from .logs import wants_json

#: Bytes of output that are kept, the last ones: what is returned travels through Lambda's API.
KEPT = 256 << 10
#: Bytes after which a line goes to the log although it has no end.
_LINE = 64 << 10


class Output(io.BufferedIOBase):
    """Takes what is printed, on either stream and from any thread. After ``release`` it hands bytes on as
    they are: a log handler that the command made may hold the stream for as long as the process lives."""

    def __init__(self, told: Callable[[str], None], after: TextIO) -> None:
        self._told = told
        self._after = after
        self._lock = threading.RLock()
        self._kept = bytearray()
        self._line = bytearray()
        self._released = False

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Never closed: two text streams share it, and whichever is thrown away first would."""

    def write(self, data: object) -> int:
        text = bytes(data)  # type: ignore[call-overload]
        with self._lock:
            if self._released:
                self._after.write(text.decode("utf-8", "replace"))
                return len(text)
            self._kept += text
            if len(self._kept) > 2 * KEPT:
                del self._kept[:-KEPT]
            self._line += text
            *lines, rest = self._line.split(b"\n")
            self._line = rest
            for line in lines:
                self._tell(line)
            if len(rest) > _LINE:
                self._end_line()
        return len(text)

    def note(self, line: str) -> None:
        """For the log alone."""
        self._told(" ".join(line.split()))

    def release(self) -> str:
        """The command has ended; the last ``KEPT`` bytes of what it printed."""
        with self._lock:
            self._end_line()
            self._released = True
            return self._kept[-KEPT:].decode("utf-8", "replace")

    def _end_line(self) -> None:
        if self._line:
            line, self._line = self._line, bytearray()
            self._tell(line)

    def _tell(self, line: bytearray) -> None:
        self._told(line.decode("utf-8", "replace").rstrip("\r"))

    def stream(self) -> TextIO:
        """A text stream that ends here."""
        whole: Any = self
        return io.TextIOWrapper(whole, encoding="utf-8", errors="backslashreplace", write_through=True)


@contextmanager
def captured(request_id: str, argv: list[str]) -> Iterator[Output]:
    """Standard output and error go to the ``Output`` and the log, standard input is empty, ``sys.argv`` is
    ``argv``. Afterwards these, the environment, the current folder and logging are as they were: what a
    command does to them must not stay with a process that serves requests next. Alembic, for one, replaces
    the root logger's handlers and disables all other loggers.
    """
    stdin, stdout, stderr, before = sys.stdin, sys.stdout, sys.stderr, sys.argv
    environ, folder, logged = dict(os.environ), os.getcwd(), _logging()
    output = Output(_teller(stdout, request_id), stdout)
    sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.stdout, sys.stderr, sys.argv = output.stream(), output.stream(), argv
    forget = _tell_alembic(sys.stdout)
    try:
        yield output
    finally:
        forget()
        sys.stdin, sys.stdout, sys.stderr, sys.argv = stdin, stdout, stderr, before
        for name in os.environ.keys() - environ.keys():
            del os.environ[name]
        os.environ.update({name: value for name, value in environ.items() if os.environ.get(name) != value})
        os.chdir(folder)
        _restore(*logged)


def _tell_alembic(stream: TextIO) -> Callable[[], None]:
    """Alembic prints (``flask db current``, ``history``) where standard output led when it was imported, by a
    default of its Config's. What is returned undoes it."""
    config = getattr(sys.modules.get("alembic.config"), "Config", None)
    start: Any = getattr(config, "__init__", None)
    kept = getattr(start, "__defaults__", None)
    if not kept:
        return lambda: None
    start.__defaults__ = tuple(stream if hasattr(one, "write") else one for one in kept)

    def forget() -> None:
        start.__defaults__ = kept

    return forget


def _teller(stream: TextIO, request_id: str) -> Callable[[str], None]:
    """Writes a line to the log, in Lambda's format, with the request id that finds it again. A record of
    the app's own logging has it already."""
    as_json = wants_json()

    def tell(line: str) -> None:
        if request_id and request_id not in line:
            now = time.time()
            at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
            if as_json:
                said = {"timestamp": at, "level": "INFO", "message": line, "requestId": request_id}
                line = json.dumps(said, ensure_ascii=False)
            else:
                line = f"[INFO]\t{at}\t{request_id}\t{line}"
        encoding = stream.encoding or "utf-8"
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()

    return tell


def _logging() -> tuple[list[logging.Handler], int, dict[str, bool]]:
    root = logging.getLogger()
    return root.handlers[:], root.level, {logger.name: logger.disabled for logger in _loggers()}


def _restore(handlers: list[logging.Handler], level: int, disabled: dict[str, bool]) -> None:
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(level)
    for logger in _loggers():
        logger.disabled = disabled.get(logger.name, logger.disabled)


def _loggers() -> list[logging.Logger]:
    known = logging.getLogger().manager.loggerDict
    return [logger for logger in list(known.values()) if isinstance(logger, logging.Logger)]
