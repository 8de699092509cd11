"""Nothing is left behind, however the toolkit ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import psutil
import pytest
from fakes.lambda_pools import APP, BOOTSTRAP, Log, config, descendants, do, error, gone, result

from sameroom.local.pool import Pool

TESTS = Path(__file__).parents[1]
SRC = TESTS.parent / "src"


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


@pytest.mark.anyio
async def test_close_ends_every_process_and_removes_what_was_laid_out() -> None:
    async with Pool(config(), Log()) as pool:
        library = result(await do(pool, "look"))["environ"]["LAMBDA_RUNTIME_DIR"]
        assert os.listdir(library) == ["sameroom"]
        pids = result(await do(pool, "breed"))["pids"]
        await asyncio.gather(*[do(pool, "sleep", {"seconds": 0.1}) for _ in range(2)])
        assert len(descendants()) == 5
    assert gone(pids, 0)
    assert descendants() == []
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


def test_the_loop_closes_without_a_warning() -> None:
    async def play() -> None:
        async with Pool(config(), Log()) as pool:
            await do(pool, "echo")
            await do(pool, "leave_at_once", {"status": 1})
            await do(pool, "echo")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(play(), debug=True)


PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from sameroom.local.function import FunctionConfig
from sameroom.local.pool import Pool

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
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(SRC)}
    ) as toolkit:
        assert toolkit.stdout is not None
        answer = json.loads(toolkit.stdout.readline())
        bred, library = answer["pids"], answer["library"]
        if how == "crash":
            seen = bred
        else:
            seen = bred + [child.pid for child in psutil.Process(toolkit.pid).children(recursive=True)]
            assert len(set(seen)) >= 4
            number = {"kill": signal.SIGKILL, "terminate": signal.SIGTERM, "interrupt": signal.SIGINT}[how]
            toolkit.send_signal(number)
        toolkit.wait(10)
    assert gone(seen)
    end = time.monotonic() + 5
    while os.path.exists(library) and time.monotonic() < end:
        time.sleep(0.01)
    assert not os.path.exists(library)


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
