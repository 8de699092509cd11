"""Reload: the old code serves until the new one waits for its first event."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from fakes.lambda_pools import Log, config, descendants, error, gone, result

from sameroom.local.sandboxes.invocation import Invocation
from sameroom.local.sandboxes.pool import Pool

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


class App:
    """A module whose answer and manners change from one version to the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("one")

    def write(self, version: str, before: str = "") -> None:
        code = f"""
import os, time
{before}
def handler(event, context):
    time.sleep(event.get("seconds", 0))
    return {{"version": {version!r}, "pid": os.getpid()}}
"""
        (self.folder / "app.py").write_text(code)


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(tmp_path)


def pool_of(app: App, log: Log) -> Pool:
    return Pool(config(app.folder, "app.handler"), log)


async def ask(pool: Pool, seconds: float = 0) -> Invocation:
    return await pool.invoke(b'{"seconds": %g}' % seconds, request_id="id")


async def test_the_first_replacement_warms_a_sandbox_up(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        replaced = await pool.replace()
        assert replaced.ok
        assert replaced.init_ms is not None
        answered = await ask(pool)
        assert result(answered)["version"] == "one"
        assert answered.sandbox == 1
        assert answered.init_ms == replaced.init_ms


async def test_new_code_takes_over_and_the_old_processes_end(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        old = result(await ask(pool))["pid"]
        app.write("two")
        assert (await pool.replace()).ok
        assert result(await ask(pool))["version"] == "two"
        assert gone([old])


async def test_the_old_code_serves_while_the_new_is_loading(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        await ask(pool)
        app.write("two", before="time.sleep(0.4)")
        replacing = asyncio.ensure_future(pool.replace())
        await asyncio.sleep(0.1)
        assert result(await ask(pool))["version"] == "one"
        assert not replacing.done()
        assert (await replacing).ok
        assert result(await ask(pool))["version"] == "two"


async def test_a_request_under_way_is_finished_by_the_old_code(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        old = result(await ask(pool))["pid"]
        slow = asyncio.ensure_future(ask(pool, 0.6))
        app.write("two")
        assert (await pool.replace()).ok
        assert not slow.done()
        assert result(await ask(pool))["version"] == "two"
        assert result(await slow)["version"] == "one"
        await asyncio.sleep(0.05)
        assert gone([old])


async def test_code_that_does_not_import_is_told_and_the_old_stays(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        old = result(await ask(pool))["pid"]
        app.write("two", before="raise RuntimeError('not like this')")
        replaced = await pool.replace()
        assert not replaced.ok
        assert not replaced.superseded
        assert replaced.error.splitlines()[0] == "Traceback (most recent call last):"
        assert "app.py" in replaced.error
        assert replaced.error.endswith("RuntimeError: not like this")
        assert result(await ask(pool))["pid"] == old
        app.write("three")
        assert (await pool.replace()).ok
        assert result(await ask(pool))["version"] == "three"


async def test_while_the_code_is_broken_requests_share_the_old_sandboxes(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        await ask(pool)
        app.write("two", before="raise RuntimeError('not like this')")
        assert not (await pool.replace()).ok
        answers = await asyncio.gather(*[ask(pool, 0.05) for _ in range(4)])
        assert [result(answer)["version"] for answer in answers] == ["one"] * 4


async def test_with_no_old_code_to_stay_every_request_says_what_is_broken(app: App) -> None:
    app.write("one", before="raise RuntimeError('not like this')")
    async with pool_of(app, Log()) as pool:
        assert not (await pool.replace()).ok
        for _ in range(2):
            assert error(await ask(pool))["errorMessage"] == "not like this"


async def test_when_the_last_old_sandbox_ends_requests_say_what_is_broken_until_it_is_mended(
    app: App,
) -> None:
    async with pool_of(app, Log()) as pool:
        old = result(await ask(pool))["pid"]
        app.write("two", before="raise RuntimeError('not like this')")
        assert not (await pool.replace()).ok
        os.kill(old, signal.SIGKILL)
        await asyncio.sleep(0.1)
        assert error(await ask(pool))["errorMessage"] == "not like this"
        app.write("three")
        answers = await asyncio.gather(*[ask(pool, 0.2) for _ in range(2)])
        assert {result(answer)["version"] for answer in answers} == {"three"}
        assert len({result(answer)["pid"] for answer in answers}) == 2


async def test_code_that_takes_too_long_to_load_is_told(app: App) -> None:
    app.write("one", before="time.sleep(60)")
    async with Pool(config(app.folder, "app.handler", init_timeout=0.2), Log()) as pool:
        replaced = await pool.replace()
    assert replaced.error == "Sandbox.Timedout: The app was not loaded within 0.2 seconds"


async def test_code_that_exits_while_loading_is_told_with_what_it_printed(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        app.write("one", before="print('no licence', flush=True); os._exit(3)")
        replaced = await pool.replace()
    assert replaced.error.splitlines() == [
        "no licence",
        "Runtime.ExitError: Runtime exited with error: exit status 3",
    ]


async def test_a_second_change_supersedes_the_first(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        await ask(pool)
        app.write("two", before="time.sleep(30)")
        first = asyncio.ensure_future(pool.replace())
        await asyncio.sleep(0.15)
        app.write("three")
        assert (await pool.replace()).ok
        assert (await first).superseded
        assert result(await ask(pool))["version"] == "three"
        await asyncio.sleep(0.2)
        assert len(descendants()) == 2  # the supervisor, and one sandbox


async def test_requests_that_wait_are_served_by_the_new_code(app: App) -> None:
    app.write("one", before="time.sleep(0.3)")
    async with pool_of(app, Log()) as pool:
        replacing = asyncio.ensure_future(pool.replace())
        await asyncio.sleep(0.05)
        answers = await asyncio.gather(*[ask(pool) for _ in range(3)])
        assert {result(answer)["version"] for answer in answers} == {"one"}
        assert (await replacing).ok


async def test_the_function_can_be_configured_anew(app: App) -> None:
    async with pool_of(app, Log()) as pool:
        await ask(pool)
        assert (await pool.replace(config(app.folder, "app.handler", timeout=0.2))).ok
        assert error(await ask(pool, 5))["errorType"] == "Sandbox.Timedout"
