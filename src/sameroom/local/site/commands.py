"""The front end's own commands, its build and its server, run beside us and ended with us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from ..ending import end

#: Seconds that a command may take to end before its leash is killed; more than the leash gives it.
_GRACE = 4.0
#: Bytes of one line of output.
_LONGEST = 1 << 20


@asynccontextmanager
async def running(
    command: str, folder: Path, more: Mapping[str, str], said: Callable[[str], None]
) -> AsyncIterator[asyncio.Future[int]]:
    """The command by the shell, in ``folder``, until the end of the block; its exit status is in the future.

    :param more: variables beside the shell's own.
    :param said: gets each line of its output.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sameroom.local.site.leash", command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=_LONGEST,
        cwd=folder,
        env={**os.environ, **more, "PYTHONPATH": _where_we_are()},
        start_new_session=True,
    )
    ended = asyncio.ensure_future(_followed(process, said))
    try:
        yield ended
    finally:
        await end(process, _GRACE)
        ended.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ended


async def _followed(process: asyncio.subprocess.Process, said: Callable[[str], None]) -> int:
    assert process.stdout is not None
    with contextlib.suppress(ValueError):  # a line longer than any
        async for line in process.stdout:
            said(line.decode("utf-8", "replace").rstrip("\r\n"))
    return await process.wait()


def _where_we_are() -> str:
    ours = str(Path(__file__).parents[3])
    return os.pathsep.join(filter(None, [ours, os.environ.get("PYTHONPATH", "")]))
