"""``sameroom`` as people start it: a real process in a project's folder."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from sameroom.own import own_folder

#: Many short processes import the same modules.
BYTECODE = Path(__file__).parents[2] / ".pytest_cache" / "bytecode"
#: And so do their sandboxes, in folders of each project, which here are all the same one.
_SANDBOXES = tempfile.mkdtemp(prefix="sameroom-bytecode-")
atexit.register(shutil.rmtree, _SANDBOXES, ignore_errors=True)
HELLO = """
from flask import Flask
app = Flask(__name__)

@app.get("/")
def hello():
    return "Hello"
"""


class Dev:
    """One ``sameroom dev`` on a free port; ``output`` is all that it has printed."""

    def __init__(
        self, folder: Path, *arguments: str, stdin: int = subprocess.DEVNULL, **environment: str
    ) -> None:
        self.folder = folder
        self.output = ""
        share_bytecode(folder)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sameroom", "dev", *arguments],
            cwd=folder,
            env=own_environment(**environment),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def wait_for(self, pattern: str, seconds: float = 10.0) -> re.Match[str]:
        """The first place in the output that matches, waiting for it to come."""
        end = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.output, re.MULTILINE)
            if found:
                return found
            if time.monotonic() > end or (self.process.poll() is not None and not self._reader.is_alive()):
                raise AssertionError(f"{pattern!r} never came; the output was:\n{self.output}")
            time.sleep(0.01)

    @property
    def url(self) -> str:
        return self.wait_for(r"(http://\S+?)/?$")[1]

    def get(self, path: str = "/", **more: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=10, headers=more)

    def family(self) -> list[psutil.Process]:
        """Every process that hangs on this one."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int = signal.SIGINT, seconds: float = 10.0) -> int:
        """Send a signal; the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(seconds)
        self._reader.join(5)
        return status


@contextmanager
def dev(folder: Path, *arguments: str, stdin: int = subprocess.DEVNULL, **environment: str) -> Iterator[Dev]:
    """``sameroom dev`` until the end of the block, on a free port unless ``arguments`` have one."""
    port = () if "--port" in arguments else ("--port", "0")
    running = Dev(folder, *port, *arguments, stdin=stdin, **environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end()
        assert running.process.stdout is not None
        running.process.stdout.close()


def sameroom(
    folder: Path, *arguments: str, text: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """One command, run to its end."""
    if arguments[:1] == ("invoke",):
        share_bytecode(folder)
    return subprocess.run(
        [sys.executable, "-m", "sameroom", *arguments],
        cwd=folder,
        env=own_environment(**environment),
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )


def share_bytecode(project: Path) -> None:
    """Let the project's sandboxes find Python's modules and Flask compiled: a second of work for each new
    project. They are kept by their paths, so nobody is given another's."""
    compiled = own_folder(project, "bytecode")
    if not compiled.is_symlink() and not any(compiled.iterdir()):
        compiled.rmdir()
        compiled.symlink_to(_SANDBOXES)


def own_environment(**more: str) -> dict[str, str]:
    """The shell's environment without what could decide for the project."""
    dropped = {
        "SAMEROOM_APP",
        "FLASK_APP",
        "VIRTUAL_ENV",
        "NO_COLOR",
        "FORCE_COLOR",
        "PYTHONDONTWRITEBYTECODE",
    }
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PYTHONIOENCODING": "utf-8", "PYTHONPYCACHEPREFIX": str(BYTECODE), **more}


def gone(processes: list[psutil.Process], seconds: float = 10.0) -> bool:
    """Whether all of them have ended, or do within ``seconds``."""
    _, alive = psutil.wait_procs(processes, seconds)
    return not alive


def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.02)
