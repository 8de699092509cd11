"""A sandbox stands still between requests."""

from __future__ import annotations

import asyncio

import psutil
import pytest
from fakes.lambda_pools import Log, config, do, result

from sameroom.local.sandboxes.pool import Pool

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def test_a_background_thread_stands_still_between_requests() -> None:
    async with Pool(config(), Log()) as pool:
        await do(pool, "count")
        await asyncio.sleep(0.3)
        # 300 steps if it had run; FREEZE_AFTER allows for a few.
        frozen = result(await do(pool, "count"))
        assert frozen < 60
        pid = result(await do(pool, "echo"))["pid"]
        await asyncio.sleep(0.05)
        assert psutil.Process(pid).status() == psutil.STATUS_STOPPED
        await do(pool, "sleep", {"seconds": 0.2})
        assert result(await do(pool, "count")) > frozen + 50


async def test_child_processes_are_frozen_too() -> None:
    async with Pool(config(), Log()) as pool:
        pids = result(await do(pool, "breed"))["pids"]
        await asyncio.sleep(0.05)
        assert [psutil.Process(pid).status() for pid in pids[:2]] == [psutil.STATUS_STOPPED] * 2


async def test_a_frozen_sandbox_answers_as_before() -> None:
    async with Pool(config(), Log()) as pool:
        pids = set()
        for _ in range(5):
            pids.add(result(await do(pool, "echo"))["pid"])
            await asyncio.sleep(0.02)
        assert len(pids) == 1
