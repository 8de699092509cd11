"""A real process that runs a runtime against :class:`fakes.lambda_service.LambdaService`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import sameroom

from .lambda_service import PATIENCE, LambdaService

LOOP = ("-m", "sameroom.runtime.loop")
RIC = ("-m", "awslambdaric")
HANDLER = "sameroom.runtime.handler.handler"
SOURCES = str(Path(sameroom.__file__).resolve().parent.parent)


class LambdaProcess:
    """One runtime process; ``folder`` is the function's code, and the process's current one.

    ``command`` is LOOP, RIC, or the whole command of something else. The environment holds what Lambda
    sets, and ``environ``, where None takes a variable away; nothing of the test's own.
    """

    def __init__(
        self,
        service: LambdaService | None,
        folder: Path,
        *,
        command: Sequence[str] = LOOP,
        handler: str = HANDLER,
        environ: Mapping[str, str | None] | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        self._output = folder / f"output-{time.monotonic_ns()}"
        arguments = list(command)
        if command in (LOOP, RIC):
            arguments = [sys.executable, *command, *([handler] if command == RIC else [])]
        known: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": SOURCES,
            "LANG": "en_US.UTF-8",
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_LAMBDA_FUNCTION_NAME": "room",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/room",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/21/[7]abc",
            # As on AWS since Python 3.12: awslambdaric then hears signals, and writes UTF-8.
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "_HANDLER": handler,
            **({"AWS_LAMBDA_RUNTIME_API": service.address} if service else {}),
            **(environ or {}),
        }
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                arguments,
                cwd=folder,
                env={name: value for name, value in known.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
            )

    def __enter__(self) -> LambdaProcess:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def status(self) -> int:
        """Exit status, once the process has ended."""
        return self._process.wait(PATIENCE)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def threads(self) -> int:
        """How many threads the process has now (Linux)."""
        return len(os.listdir(f"/proc/{self._process.pid}/task"))

    def output(self) -> str:
        """What was printed so far, on either stream. Lambda's carriage returns are left as they are."""
        return self._output.read_bytes().decode()

    def lines(self) -> list[str]:
        return [line for line in self.output().split("\n") if line]

    def line(self, text: str) -> str:
        """The first line that contains ``text``, waited for."""
        until = time.monotonic() + PATIENCE
        while True:
            for line in self.lines():
                if text in line:
                    return line
            assert time.monotonic() < until, f"no line with {text!r} in:\n{self.output()}"
            time.sleep(0.005)

    def records(self) -> list[dict[str, Any]]:
        """What was logged so far, in the JSON format."""
        return [json.loads(line) for line in self.lines()]

    def record(self, text: str) -> dict[str, Any]:
        """The first JSON record whose line contains ``text``, waited for."""
        record: dict[str, Any] = json.loads(self.line(text))
        return record


@contextmanager
def function(folder: Path, source: str, **how: Any) -> Iterator[tuple[LambdaService, LambdaProcess]]:
    """``source`` as the module ``wsgi`` of a function, and the service it works for."""
    (folder / "wsgi.py").write_text(dedent(source))
    how["environ"] = {"SAMEROOM_APP": "wsgi", **how.get("environ", {})}
    with LambdaService() as service, LambdaProcess(service, folder, **how) as process:
        yield service, process
