"""What is typed into the terminal that we run in, line by line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

#: Seconds until it is looked again whether the terminal is ours.
_AGAIN = 1.0


async def lines(terminal: int) -> AsyncIterator[str]:
    """Lines typed into ``terminal``, a file descriptor, without their ends; none when it is no terminal.

    In the background nothing is read, for that would stop us (SIGTTIN): the shell has the terminal then.
    """
    if not os.isatty(terminal):
        return
    loop = asyncio.get_running_loop()
    typed: asyncio.Queue[bytes] = asyncio.Queue()

    def listen() -> None:
        loop.add_reader(terminal, ready)

    def ready() -> None:
        if not _ours(terminal):
            loop.remove_reader(terminal)
            loop.call_later(_AGAIN, listen)
            return
        try:
            data = os.read(terminal, 4096)
        except OSError:
            data = b""
        typed.put_nowait(data)
        if not data:
            loop.remove_reader(terminal)

    listen()
    try:
        while data := await typed.get():
            for line in data.decode(errors="replace").splitlines():
                yield line
    finally:
        loop.remove_reader(terminal)


def _ours(terminal: int) -> bool:
    """Whether we are in the foreground of it."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return True  # not the terminal that controls us: nobody else reads it
