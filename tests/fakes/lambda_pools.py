"""Pools over the hand-written runtime and its handlers, and what tests ask of them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from sameroom.local.sandboxes.function import FunctionConfig
from sameroom.local.sandboxes.invocation import Invocation
from sameroom.local.sandboxes.lines import LogLine
from sameroom.local.sandboxes.pool import Pool
from sameroom.local.sandboxes.streaming import StreamSink

HERE = Path(__file__).parent
BOOTSTRAP = HERE / "lambda_bootstrap.py"
APP = HERE / "lambda_app"
REQUEST_ID = "8f5e6a2b-4a0e-4d0c-9d5b-2f8f5f0c1a11"


def config(root: Path = APP, handler: str = "handlers.handler", **changes: Any) -> FunctionConfig:
    return FunctionConfig(root, handler=handler, **{"bootstrap": BOOTSTRAP, "timeout": 10.0, **changes})


class Log:
    """Keeps every line."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []

    def __call__(self, line: LogLine) -> None:
        self.lines.append(line)

    def texts(self, kind: str = "", request_id: str | None = None) -> list[str]:
        return [
            line.text
            for line in self.lines
            if kind in ("", line.kind) and request_id in (None, line.request_id)
        ]


async def do(
    pool: Pool,
    name: str,
    arguments: Mapping[str, Any] | None = None,
    request_id: str = REQUEST_ID,
    streaming: StreamSink | None = None,
) -> Invocation:
    """Have the handler of this name run."""
    payload = json.dumps({"do": name, **(arguments or {})}).encode()
    return await pool.invoke(payload, request_id=request_id, streaming=streaming)


def result(invocation: Invocation) -> Any:
    """What the handler returned."""
    assert invocation.outcome.kind == "result", invocation.outcome
    return json.loads(invocation.outcome.payload)


def error(invocation: Invocation) -> Any:
    assert invocation.outcome.kind == "error", invocation.outcome
    return json.loads(invocation.outcome.payload)


def running(pids: list[int]) -> list[int]:
    """Those that run; zombies do not."""
    return [pid for pid in pids if _status(pid) not in ("", psutil.STATUS_ZOMBIE)]


def _status(pid: int) -> str:
    try:
        return psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return ""


def children() -> frozenset[psutil.Process]:
    """The processes that we started ourselves."""
    return frozenset(psutil.Process(os.getpid()).children())


#: What other tests of the run have started, and keep.
_earlier: frozenset[psutil.Process] = frozenset()


def count_from_here() -> None:
    """Leave out what runs now: a ministack of the whole run, multiprocessing's servers."""
    global _earlier
    _earlier = children()


def descendants() -> list[int]:
    """All processes that this test started, and those that they started."""
    found = [one.pid for child in children() - _earlier for one in (child, *_children(child))]
    return running(found)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def gone(pids: list[int], seconds: float = 5.0) -> bool:
    """Whether they all end within the time."""
    end = time.monotonic() + seconds
    while running(pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


class Sink:
    """Keeps what a stream brings, and when. ``hang_up_after`` so many pieces it is a client that has gone."""

    def __init__(self, hang_up_after: int = 1 << 30) -> None:
        self.prelude: bytes | None = None
        self.chunks: list[bytes] = []
        self.times: list[float] = []
        self.ends: list[bytes | None] = []
        self.hang_up_after = hang_up_after

    async def head(self, prelude: bytes) -> None:
        assert self.prelude is None
        self.prelude = prelude

    async def data(self, chunk: bytes) -> None:
        assert self.prelude is not None
        if len(self.chunks) >= self.hang_up_after:
            raise ConnectionResetError
        self.chunks.append(chunk)
        self.times.append(time.monotonic())

    async def end(self, error: bytes | None) -> None:
        self.ends.append(error)

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)
