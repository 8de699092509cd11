"""Nothing is left behind, however the toolkit ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import psutil
import pytest
import uvloop
from fakes.lambda_pools import APP, BOOTSTRAP, Log, config, descendants, do, error, gone, result

from sameroom.local.sandboxes.pool import Pool


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


@pytest.mark.anyio
async def test_close_ends_every_process_and_their_children() -> None:
    async with Pool(config(), Log()) as pool:
        pids = result(await do(pool, "breed"))["pids"]
        await asyncio.gather(*[do(pool, "sleep", {"seconds": 0.1}) for _ in range(2)])
        assert len(descendants()) == 5
    assert gone(pids, 0)
    assert descendants() == []


@pytest.mark.anyio
async def test_a_home_that_is_not_writable_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/caches")
    async with Pool(config(), Log()) as pool:
        seen = result(await do(pool, "look"))
        library = seen["environ"]["LAMBDA_RUNTIME_DIR"]
        assert seen["sameroom"] == f"{library}/sameroom/__init__.py"
    assert not os.path.exists(library)


@pytest.mark.anyio
async def test_close_in_the_middle_of_requests_answers_them_with_an_error() -> None:
    async with Pool(config(concurrency=3), Log()) as pool:
        await do(pool, "echo")
        tasks = [asyncio.ensure_future(do(pool, "sleep", {"seconds": 30})) for _ in range(2)]
        starting = asyncio.ensure_future(pool.replace())
        await asyncio.sleep(0.01)
    for task in tasks:
        assert error(await task)["errorType"] == "Sandbox.Failure"
    assert not (await starting).ok
    assert descendants() == []


@pytest.mark.anyio
async def test_a_pool_that_never_started_a_sandbox_closes_as_well() -> None:
    async with Pool(config(), Log()):
        pass
    assert descendants() == []


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_pool_closed_at_any_moment_leaves_nothing_open(
    run: Callable[[Coroutine[Any, Any, None]], None],
) -> None:
    async def play(moment: float) -> None:
        async with Pool(config(), Log()) as pool:
            begun = [asyncio.ensure_future(do(pool, "sleep", {"seconds": 30}))]
            begun.append(asyncio.ensure_future(do(pool, "echo")))
            begun.append(asyncio.ensure_future(do(pool, "leave_at_once", {"status": 1})))
            await asyncio.sleep(moment)
        await asyncio.gather(*begun)
        assert descendants() == []

    run(play(0))
    before = os.listdir("/proc/self/fd")
    for step in range(20):
        run(play(step * 0.004))
        assert os.listdir("/proc/self/fd") == before


PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from sameroom.local.sandboxes.function import FunctionConfig
from sameroom.local.sandboxes.pool import Pool

async def main():
    config = FunctionConfig(Path(sys.argv[1]), handler="handlers.handler", bootstrap=Path(sys.argv[2]))
    async with Pool(config, lambda line: None) as pool:
        bred = await pool.invoke(b'{"do": "breed"}', request_id="id-1")
        slow = asyncio.ensure_future(pool.invoke(b'{"do": "sleep", "seconds": 60}', request_id="id-2"))
        await asyncio.sleep(0.5)
        print(bred.outcome.payload.decode(), flush=True)
        if sys.argv[3] == "crash":
            raise SystemExit("crashed")
        await slow

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["kill", "terminate", "interrupt", "crash"])
def test_nothing_is_left_when_the_toolkit_is_killed_or_crashes(how: str) -> None:
    program = [sys.executable, "-c", PROGRAM, str(APP), str(BOOTSTRAP), how]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as toolkit:
        assert toolkit.stdout is not None
        bred = json.loads(toolkit.stdout.readline())["pids"]
        if how == "crash":
            seen = bred
        else:
            seen = bred + [child.pid for child in psutil.Process(toolkit.pid).children(recursive=True)]
            assert len(set(seen)) >= 4
            number = {"kill": signal.SIGKILL, "terminate": signal.SIGTERM, "interrupt": signal.SIGINT}[how]
            toolkit.send_signal(number)
        toolkit.wait(10)
    assert gone(seen)


@pytest.mark.anyio
async def test_when_the_supervisor_is_killed_the_sandboxes_die_with_it_and_the_next_request_starts_anew() -> (
    None
):
    log = Log()
    async with Pool(config(), log) as pool:
        pid = result(await do(pool, "echo"))["pid"]
        os.kill(psutil.Process(pid).ppid(), signal.SIGKILL)
        assert await asyncio.to_thread(gone, [pid])
        await asyncio.sleep(0.1)
        assert result(await do(pool, "echo"))["pid"] != pid
    assert descendants() == []
