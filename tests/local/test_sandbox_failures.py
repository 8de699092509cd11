"""Sandboxes whose function fails, in every way it can."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from pathlib import Path

import pytest
from fakes.lambda_pools import REQUEST_ID, Log, config, do, error, gone, result

from sameroom.local.sandboxes.pool import Pool

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def log() -> Log:
    return Log()


async def test_a_raised_error_is_the_outcome_and_the_sandbox_stays(log: Log) -> None:
    async with Pool(config(), log) as pool:
        failed = await do(pool, "fail")
        assert error(failed)["errorType"] == "ValueError"
        assert error(failed)["errorMessage"] == "the handler's own words"
        assert result(await do(pool, "echo"))["event"] == {"do": "echo"}
        assert failed.sandbox == 1
    assert not any("Status" in text for text in log.texts("platform"))


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ("leave_at_once", 3, "Runtime exited with error: exit status 3"),
        ("leave_at_once", 0, "Runtime exited without providing a reason"),
        ("leave", 4, "Runtime exited with error: exit status 4"),
    ],
)
async def test_a_process_that_exits_is_noticed_at_once_and_replaced(
    log: Log, how: str, status: int, said: str
) -> None:
    async with Pool(config(), log) as pool:
        first = result(await do(pool, "echo"))["pid"]
        began = time.monotonic()
        failed = await do(pool, how, {"status": status})
        assert time.monotonic() - began < 1
        assert error(failed) == {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {REQUEST_ID} Error: {said}",
        }
        assert result(await do(pool, "echo"))["pid"] != first
    lines = log.texts("platform")
    at = lines.index(f"RequestId: {REQUEST_ID} Error: {said}")
    assert lines[at + 1 : at + 3] == ["Runtime.ExitError", f"END RequestId: {REQUEST_ID}"]
    assert lines[at + 3].endswith("\tStatus: error\tError Type: Runtime.ExitError")


async def test_a_function_over_its_time_is_killed_and_replaced(log: Log) -> None:
    async with Pool(config(timeout=0.3), log) as pool:
        pid = result(await do(pool, "echo"))["pid"]
        failed = await do(pool, "loop")
        assert error(failed) == {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"RequestId: {REQUEST_ID} Error: Task timed out after 0.30 seconds",
        }
        assert 290 < failed.duration_ms < 600
        assert gone([pid])
        assert result(await do(pool, "echo"))["pid"] != pid
    line = next(text for text in log.texts("platform") if "timed out" in text)
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(rf"{stamp} {REQUEST_ID} Task timed out after 0\.30 seconds", line)
    assert log.texts("platform")[log.texts("platform").index(line) + 2].endswith("\tStatus: timeout")


@pytest.mark.parametrize("how", ["hog", "hog_in_child"])
async def test_a_function_over_its_memory_is_killed_and_replaced(log: Log, how: str) -> None:
    async with Pool(config(memory=128), log) as pool:
        pid = result(await do(pool, "echo"))["pid"]
        failed = await do(pool, how)
        assert error(failed) == {
            "errorType": "Runtime.OutOfMemory",
            "errorMessage": f"RequestId: {REQUEST_ID} Error: Runtime exited with error: signal: killed",
        }
        assert failed.max_memory_mb > 128
        assert gone([pid])
        result(await do(pool, "echo"))
    assert any(text.endswith("\tStatus: error\tError Type: Runtime.OutOfMemory") for text in log.texts())


async def test_a_failed_import_is_the_outcome_of_every_request(log: Log, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import no_such_module\n")
    async with Pool(config(tmp_path, "broken.handler"), log) as pool:
        for number in (1, 2):
            failed = await do(pool, "echo", request_id=f"id-{number}")
            assert failed.sandbox == number
            assert error(failed)["errorType"] == "ModuleNotFoundError"
            assert "no_such_module" in error(failed)["stackTrace"][-1]
    reports = [text for text in log.texts("platform") if text.startswith("INIT_REPORT")]
    assert len(reports) == 2
    assert re.fullmatch(
        r"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: error"
        r"\tError Type: Runtime\.ImportModuleError",
        reports[0],
    )
    own = log.texts("platform", "id-2")
    assert own[:2] == ["START RequestId: id-2 Version: $LATEST", "END RequestId: id-2"]
    assert own[2].endswith("\tStatus: error\tError Type: Runtime.ImportModuleError")


async def test_an_import_that_exits_the_process_is_the_outcome(log: Log, tmp_path: Path) -> None:
    (tmp_path / "leaving.py").write_text("import os\nprint('before')\nos._exit(5)\n")
    async with Pool(config(tmp_path, "leaving.handler"), log) as pool:
        failed = await do(pool, "echo")
    assert error(failed)["errorMessage"].endswith("Runtime exited with error: exit status 5")


async def test_an_init_over_its_time_is_repeated_inside_the_invocation(log: Log, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\ntime.sleep(0.5)\ndef handler(event, context):\n    return context['headers']\n"
    )
    async with Pool(config(tmp_path, "slow.handler", init_timeout=0.2), log) as pool:
        answered = await do(pool, "echo")
        left = int(result(answered)["lambda-runtime-deadline-ms"]) / 1000 - time.time()
    assert answered.sandbox == 2
    assert answered.init_ms is None
    assert answered.duration_ms > 500
    assert 8.5 < left < 9.6
    lines = log.texts("platform")
    assert re.fullmatch(
        r"INIT_REPORT Init Duration: (199|2\d\d)\.\d\d ms\tPhase: init\tStatus: timeout", lines[0]
    )
    assert lines[1:3] == [f"START RequestId: {REQUEST_ID} Version: $LATEST", f"END RequestId: {REQUEST_ID}"]
    assert "Init Duration" not in lines[3]


async def test_a_repeated_init_counts_against_the_functions_own_time(log: Log, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n")
    async with Pool(config(tmp_path, "slow.handler", init_timeout=0.1, timeout=0.2), log) as pool:
        failed = await do(pool, "echo")
    assert error(failed)["errorType"] == "Sandbox.Timedout"
    assert error(failed)["errorMessage"].endswith("Task timed out after 0.20 seconds")
    phases = [text.split("\t")[1:] for text in log.texts() if text.startswith("INIT_REPORT")]
    assert phases == [["Phase: init", "Status: timeout"], ["Phase: invoke", "Status: timeout"]]


async def test_a_result_over_six_megabytes_is_refused_and_the_runtime_told(log: Log) -> None:
    async with Pool(config(), log) as pool:
        within = await do(pool, "large", {"size": 6_291_556})
        assert within.outcome.kind == "result"
        assert len(within.outcome.payload) == 6_291_556
        beyond = await do(pool, "large_and_on", {"size": 6_291_557})
        assert beyond.outcome.kind == "too_large"
        assert beyond.outcome.payload == (
            b'{"errorType": "Function.ResponseSizeTooLarge", "errorMessage": "Response payload size (6291557 '
            b'bytes) exceeded maximum allowed payload size (6291556 bytes)."}'
        )
        result(await do(pool, "echo"))
    (told,) = log.texts("output")
    assert told == (
        '413 {"errorType": "RequestEntityTooLarge", "errorMessage": "Exceeded maximum allowed payload size '
        '(6291556 bytes)."}'
    )


async def test_a_runtime_that_posts_garbage_is_told_so_and_fails_alone(log: Log) -> None:
    async with Pool(config(), log) as pool:
        assert error(await do(pool, "garbage"))["errorType"] == "Runtime.ExitError"
        assert log.texts("output") == ["told: HTTP/1.1 400 Bad Request"]
        answered = result(await do(pool, "foreign_id"))
        assert answered == {
            "status": 400,
            "body": {"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"},
        }


async def test_a_sandbox_killed_from_outside_is_replaced(log: Log) -> None:
    async with Pool(config(), log) as pool:
        pid = result(await do(pool, "echo"))["pid"]
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert result(await do(pool, "echo"))["pid"] != pid
    assert "Error: Runtime exited with error: signal: killed" in log.texts("platform")


async def test_a_sandbox_killed_while_it_works_fails_its_request_alone(log: Log) -> None:
    async with Pool(config(), log) as pool:
        pid = result(await do(pool, "echo"))["pid"]
        asyncio.get_running_loop().call_later(0.1, os.kill, pid, signal.SIGSEGV)
        failed = await do(pool, "sleep", {"seconds": 5})
        assert error(failed)["errorMessage"].endswith("with error: signal: segmentation fault")
        result(await do(pool, "echo"))


async def test_what_a_crashed_sandbox_leaves_behind_is_killed_daemons_included(log: Log) -> None:
    async with Pool(config(), log) as pool:
        pids = result(await do(pool, "breed"))["pids"]
        os.kill(pids[0], signal.SIGKILL)
        assert await asyncio.to_thread(gone, pids)
        await asyncio.sleep(0.3)  # until the pool knows it, too: what is handed to a dead sandbox fails
        result(await do(pool, "echo"))
