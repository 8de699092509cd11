"""Runs a shell command that ends when we end, however we end, with everything that it has started.

    python -m sameroom.local.site.leash "npm run dev"

Standard input is a pipe from the owner. When it closes, the command's process group gets SIGTERM, and SIGKILL
a few seconds later: npm starts a shell that starts Node, and none of the three may stay behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

SECONDS_TO_END = 2.0


def _watch(process: subprocess.Popen[bytes]) -> None:
    while os.read(0, 4096):
        pass
    _tell(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_END)
    _tell(process.pid, signal.SIGKILL)


def _tell(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def main(command: str) -> int:
    """The command's exit status."""
    with subprocess.Popen(  # noqa: S602 - the project's own command line
        command, shell=True, stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        threading.Thread(target=_watch, args=(process,), daemon=True).start()
        status = process.wait()
        # What the command has left behind in its group.
        _tell(process.pid, signal.SIGKILL)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
