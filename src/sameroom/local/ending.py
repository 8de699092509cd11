"""The end of a process whose life hangs on a pipe of ours."""

from __future__ import annotations

import asyncio
import contextlib


async def end(process: asyncio.subprocess.Process, seconds: float) -> None:
    """Close the pipe, which tells it to end, and kill it if it has not done so after ``seconds``."""
    assert process.stdin is not None
    process.stdin.close()
    with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
        await asyncio.wait_for(process.wait(), seconds)
    if process.returncode is None:
        process.kill()
        await process.wait()
