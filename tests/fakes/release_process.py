"""Releases in processes of their own, to be killed. Started once, it forks for each: imports take a second.

Told of each in a line of JSON on its standard input; says the child's number, and then its exit status.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from sameroom.stack.release import release

from .cloud import cloud_at
from .releasing import Shop, Told


class Releases:
    """Starts releases and waits for their end."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fakes.release_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        self._known = threading.Event()
        self._child = 0

    def run(self, endpoint: str, shop: Shop, version: str, settings: dict[str, Any]) -> int:
        """The exit status: 0 when the release went well, -9 when it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._known.clear()
        told = [endpoint, shop.stack, shop.bucket, shop.outputs, version, settings]
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        self._child = int(self._process.stdout.readline())
        self._known.set()
        return int(self._process.stdout.readline())

    def killing(self, *, pass_on: bool) -> Callable[[], None]:
        """Kills the release that runs; without ``pass_on`` the call that it made does not arrive."""

        def kill() -> None:
            self._known.wait(30)
            os.kill(self._child, 9)
            if not pass_on:
                raise ConnectionAbortedError

        return kill

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _release(*json.loads(line))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _release(
    endpoint: str, stack: str, bucket: str, outputs: dict[str, str], version: str, settings: dict[str, Any]
) -> None:
    code = 1
    try:
        cloud = cloud_at(endpoint)
        cloud.belongs_to("000000000000")
        shop = Shop(cloud, bucket)
        shop.stack = shop.function = stack
        shop.outputs = outputs
        release(cloud, shop.turn(version, **settings), Told())
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
