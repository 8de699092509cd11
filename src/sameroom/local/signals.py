"""How ``sameroom`` is ended."""

from __future__ import annotations

import asyncio
import os
import signal

#: As a shell has it for a program that Ctrl-C ended.
ENDED_AT_ONCE = 130


def end_on_signals() -> None:
    """The first SIGINT, SIGTERM or SIGHUP cancels the running task, so that all ends in good order; a second
    one ends the process at once.

    Nothing stays behind then either: sandboxes and the local AWS are tied to us by pipes.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    told = False

    def end() -> None:
        nonlocal told
        if told:
            os._exit(ENDED_AT_ONCE)
        told = True
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
